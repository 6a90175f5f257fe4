"""`python optimizers.py FILE`: what Keras's optimizers, schedules, regularizers and constraints make of given numbers, as JSON."""

import json
import os
import sys
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np
import tensorflow as tf
from keras import constraints, layers, optimizers, regularizers

STEPS = 30
SHAPES = {"kernel": (3, 4), "bias": (4,)}
RANDOM = np.random.default_rng(5)

# Options are KSpec's, in camelCase; Keras's are the same in snake_case.
SCHEDULE = {"schedule": "CosineDecay", "options": {"initialLearningRate": 0.05, "decaySteps": 20, "alpha": 0.1}}
OPTIMIZERS = [
    ("SGD", {"learningRate": 0.01}),
    ("SGD", {"learningRate": 0.01, "momentum": 0.9}),
    ("SGD", {"learningRate": 0.01, "momentum": 0.9, "nesterov": True}),
    ("SGD", {"learningRate": 0.01, "momentum": 0.5, "weightDecay": 0.1}),
    ("SGD", {"learningRate": 0.1, "clipnorm": 1.0}),
    ("SGD", {"learningRate": 0.1, "globalClipnorm": 2.0}),
    ("SGD", {"learningRate": 0.1, "clipvalue": 0.5}),
    ("RMSprop", {"learningRate": 0.01}),
    ("RMSprop", {"learningRate": 0.01, "rho": 0.95, "momentum": 0.9, "epsilon": 1e-4}),
    ("RMSprop", {"learningRate": 0.01, "centered": True, "epsilon": 1e-3}),
    ("RMSprop", {"learningRate": 0.01, "rho": 0.8, "centered": True, "momentum": 0.5, "epsilon": 1e-3}),
    ("Adagrad", {"learningRate": 0.1}),
    ("Adagrad", {"learningRate": 0.1, "initialAccumulatorValue": 0.0, "epsilon": 1e-5}),
    ("Adadelta", {"learningRate": 1.0}),
    ("Adadelta", {"learningRate": 0.5, "rho": 0.8, "epsilon": 1e-5, "clipvalue": 100.0}),
    ("Adam", {"learningRate": 0.01}),
    ("Adam", {"learningRate": 0.01, "amsgrad": True}),
    ("Adam", {"learningRate": 0.01, "beta1": 0.8, "beta2": 0.95, "epsilon": 1e-3}),
    ("Adam", {"learningRate": 0.01, "weightDecay": 0.1, "clipnorm": 0.5}),
    ("Adam", {"learningRate": SCHEDULE}),
    ("Adam", {"learningRate": SCHEDULE, "weightDecay": 0.2, "globalClipnorm": 0.01}),
    ("AdamW", {"learningRate": 0.01}),
    ("AdamW", {"learningRate": 0.01, "weightDecay": 0.3, "amsgrad": True}),
    ("Adamax", {"learningRate": 0.01}),
    ("Adamax", {"learningRate": 0.01, "beta1": 0.8, "beta2": 0.95, "epsilon": 1e-4}),
    ("Nadam", {"learningRate": 0.01}),
    ("Nadam", {"learningRate": 0.01, "beta1": 0.8, "beta2": 0.95, "epsilon": 1e-4}),
    ("Lion", {"learningRate": 0.003}),
    ("Lion", {"learningRate": 0.003, "beta1": 0.95, "beta2": 0.98, "weightDecay": 0.5}),
    ("Ftrl", {"learningRate": 0.1}),
    (
        "Ftrl",
        {
            "learningRate": 0.1,
            "learningRatePower": -0.7,
            "initialAccumulatorValue": 0.5,
            "l1RegularizationStrength": 0.01,
            "l2RegularizationStrength": 0.02,
            "l2ShrinkageRegularizationStrength": 0.03,
            "beta": 0.1,
        },
    ),
]

SCHEDULES = [
    ("ExponentialDecay", {"initialLearningRate": 0.1, "decaySteps": 10, "decayRate": 0.9}),
    ("ExponentialDecay", {"initialLearningRate": 0.1, "decaySteps": 7, "decayRate": 0.5, "staircase": True}),
    ("InverseTimeDecay", {"initialLearningRate": 0.1, "decaySteps": 10, "decayRate": 0.5}),
    ("InverseTimeDecay", {"initialLearningRate": 0.1, "decaySteps": 7, "decayRate": 2, "staircase": True}),
    ("PiecewiseConstantDecay", {"boundaries": [5, 20], "values": [0.1, 0.05, 0.01]}),
    ("PiecewiseConstantDecay", {"boundaries": [0], "values": [0.1, 0.05]}),
    ("PolynomialDecay", {"initialLearningRate": 0.1, "decaySteps": 20}),
    ("PolynomialDecay", {"initialLearningRate": 0.1, "decaySteps": 15, "endLearningRate": 0.01, "power": 2}),
    ("PolynomialDecay", {"initialLearningRate": 0.1, "decaySteps": 9, "endLearningRate": 0.02, "power": 0.5, "cycle": True}),
    ("CosineDecay", {"initialLearningRate": 0.1, "decaySteps": 30}),
    ("CosineDecay", {"initialLearningRate": 0.01, "decaySteps": 20, "alpha": 0.2, "warmupTarget": 0.1, "warmupSteps": 6}),
    ("CosineDecayRestarts", {"initialLearningRate": 0.1, "firstDecaySteps": 5}),
    ("CosineDecayRestarts", {"initialLearningRate": 0.1, "firstDecaySteps": 6, "tMul": 1.5, "mMul": 0.8, "alpha": 0.05}),
    ("CosineDecayRestarts", {"initialLearningRate": 0.1, "firstDecaySteps": 8, "tMul": 1.0, "mMul": 0.5}),
]

REGULARIZERS = [
    ("L1", {}),
    ("L1", {"l1": 0.3}),
    ("L2", {"l2": 0.2}),
    ("L1L2", {"l1": 0.01, "l2": 0.02}),
    ("L1L2", {}),
    ("OrthogonalRegularizer", {}),
    ("OrthogonalRegularizer", {"factor": 0.5, "mode": "columns"}),
]

CONSTRAINTS = [
    ("NonNeg", {}, (4, 3)),
    ("MaxNorm", {}, (4, 3)),
    ("MaxNorm", {"max_value": 0.5, "axis": 1}, (4, 3)),
    ("MaxNorm", {"max_value": 0.8, "axis": [0, 1, 2]}, (2, 3, 2, 4)),
    ("UnitNorm", {"axis": -1}, (4, 3)),
    ("UnitNorm", {}, (5,)),
    ("MinMaxNorm", {"min_value": 0.9, "max_value": 1.1}, (4, 3)),
    ("MinMaxNorm", {"min_value": 0.2, "max_value": 0.7, "rate": 0.25, "axis": [0, 1, 2]}, (2, 3, 2, 4)),
]


def l2(factor):
    return regularizers.L2(factor)


def kernel_options(name="kernel", bias=True):
    options = {f"{name}_regularizer": l2(0.1), f"{name}_constraint": constraints.MaxNorm(0.7)}
    return {**options, "bias_regularizer": regularizers.L1(0.2), "bias_constraint": constraints.NonNeg()} if bias else options


RECURRENT = {
    **kernel_options(),
    "recurrent_regularizer": l2(0.3),
    "recurrent_constraint": constraints.UnitNorm(axis=1),
}
NORMALIZATION = {
    "beta_regularizer": l2(0.1),
    "gamma_regularizer": regularizers.L1(0.2),
    "beta_constraint": constraints.NonNeg(),
    "gamma_constraint": constraints.MaxNorm(0.5),
}
LAYERS = [
    (layers.Dense(3, **kernel_options()), (4,)),
    (layers.Conv1D(3, 2, **kernel_options()), (5, 2)),
    (layers.Conv2D(3, 2, **kernel_options()), (4, 5, 2)),
    (layers.Conv2DTranspose(3, 2, **kernel_options()), (3, 4, 2)),
    (layers.DepthwiseConv2D(2, depth_multiplier=2, **kernel_options("depthwise")), (4, 5, 2)),
    (
        layers.SeparableConv2D(
            3, 2, **kernel_options("depthwise"), **kernel_options("pointwise", bias=False)
        ),
        (4, 5, 2),
    ),
    (layers.SimpleRNN(3, **RECURRENT), (4, 2)),
    (layers.LSTM(3, **RECURRENT), (4, 2)),
    (layers.GRU(3, **RECURRENT), (4, 2)),
    (layers.Bidirectional(layers.LSTM(2, **RECURRENT)), (4, 2)),
    (layers.TimeDistributed(layers.Dense(3, **kernel_options())), (4, 2)),
    (layers.BatchNormalization(**NORMALIZATION), (4,)),
    (layers.LayerNormalization(**NORMALIZATION), (4,)),
    (layers.PReLU(alpha_regularizer=l2(0.1), alpha_constraint=constraints.NonNeg()), (4,)),
    (
        layers.Embedding(5, 3, embeddings_regularizer=l2(0.1), embeddings_constraint=constraints.UnitNorm(axis=1)),
        (4,),
    ),
    (layers.Dense(3, activation="relu", activity_regularizer=regularizers.L1L2(0.1, 0.2)), (4,)),
    (layers.Conv2D(3, 2, activity_regularizer=regularizers.L1(0.1)), (4, 5, 2)),
    (layers.ActivityRegularization(l1=0.1, l2=0.2), (4, 2)),
]
ROWS = 3


def single(array):
    return np.asarray(array, dtype="float32")


def flat(tensor):
    # Nine digits tell every number of single precision from all others.
    return [float(f"{value:.9g}") for value in np.asarray(tensor, dtype="float32").ravel()]


def snake(name):
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name).replace("beta1", "beta_1").replace("beta2", "beta_2")


def in_snake(options):
    return {snake(name): value for name, value in options.items()}


def schedule(name, options):
    return getattr(optimizers.schedules, name)(**in_snake(options))


def gradients():
    """Of sizes from 1e-8 to 1e3, each its own; some are 0 now and then, one is always."""
    size = {name: 10.0 ** RANDOM.uniform(-8, 3, shape) for name, shape in SHAPES.items()}
    steps = []
    for _ in range(STEPS):
        step = {name: single(size[name] * RANDOM.normal(size=shape)) for name, shape in SHAPES.items()}
        for values in step.values():
            values[RANDOM.random(values.shape) < 0.1] = 0
        step["bias"][0] = 0
        steps.append(step)
    return steps


def trajectory(name, options, start, steps):
    options = dict(options)
    rate = options["learningRate"]
    if isinstance(rate, dict):
        options["learningRate"] = schedule(rate["schedule"], rate["options"])
    optimizer = getattr(optimizers, name)(**in_snake(options))
    variables = {key: keras.Variable(value) for key, value in start.items()}
    kept = {}
    for number, step in enumerate(steps, 1):
        optimizer.apply([tf.constant(step[key]) for key in variables], list(variables.values()))
        if number in (1, 2, 10, STEPS):
            kept[number] = {key: flat(variable) for key, variable in variables.items()}
    return {"name": name, "options": options | {"learningRate": rate}, "after": kept}


def penalty(name, options, weight):
    regularizer = getattr(regularizers, name)(**options)
    with tf.GradientTape() as tape:
        variable = tf.constant(weight)
        tape.watch(variable)
        value = regularizer(variable)
    gradient = tape.gradient(value, variable)
    gradient = np.zeros_like(weight) if gradient is None else gradient
    return {"class_name": name, "config": options, "penalty": float(value), "gradient": flat(gradient)}


def constraint(name, options, shape):
    weight = single(RANDOM.normal(size=shape))
    # One vector is 0: norms are kept from it.
    weight[..., 0] = 0
    after = getattr(constraints, name)(**options)(weight)
    return {"class_name": name, "config": options, "shape": shape, "weight": flat(weight), "after": flat(after)}


def layer(one, shape):
    """A layer with something on each weight: what is added to the loss, and its weights behind one step of size 0."""
    one.build((None, *shape))
    indices = isinstance(one, layers.Embedding)
    values = RANDOM.integers(0, 5, (ROWS, *shape)) if indices else RANDOM.normal(size=(ROWS, *shape))
    weights = []
    for variable in one.trainable_variables:
        variable.assign(single(RANDOM.normal(size=variable.shape)))
        weights.append({"name": variable.path, "shape": list(variable.shape), "values": flat(variable)})
    one(single(values))
    losses = float(sum(float(loss) for loss in one.losses))
    for variable, described in zip(one.trainable_variables, weights):
        after = variable if variable.constraint is None else variable.constraint(variable)
        described["after"] = flat(after)
    serialized = keras.saving.serialize_keras_object(one)
    return {
        "class_name": serialized["class_name"],
        "config": serialized["config"],
        "input": {"shape": (ROWS, *shape), "values": flat(values)},
        "weights": weights,
        "losses": losses,
    }


def main(file):
    start = {name: single(RANDOM.uniform(-1, 1, shape)) for name, shape in SHAPES.items()}
    steps = gradients()
    matrix = single(RANDOM.normal(size=(4, 3)))
    matrix[2] = 0
    result = {
        "shapes": SHAPES,
        "start": {name: flat(value) for name, value in start.items()},
        "gradients": [{name: flat(value) for name, value in step.items()} for step in steps],
        "optimizers": [trajectory(name, options, start, steps) for name, options in OPTIMIZERS],
        "schedules": [
            {
                "name": name,
                "options": options,
                "rates": flat([schedule(name, options)(np.int64(step)) for step in range(60)]),
            }
            for name, options in SCHEDULES
        ],
        "matrix": {"shape": matrix.shape, "values": flat(matrix)},
        "regularizers": [penalty(name, options, matrix) for name, options in REGULARIZERS],
        "constraints": [constraint(*case) for case in CONSTRAINTS],
        "layers": [layer(*case) for case in LAYERS],
    }
    Path(file).write_text(json.dumps(result) + "\n")


if __name__ == "__main__":
    main(sys.argv[1])
