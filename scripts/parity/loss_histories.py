"""`python loss_histories.py FILE`: histories of small fits with every loss, with weights of rows, classes and outputs, as Keras has them.

A dense layer that begins as the identity learns for 20 steps; rows are the formula's, so only histories are stored.
"""

import json
import os
import sys
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np

from formula import uniform

ROWS, COLUMNS = 30, 4
X = uniform("predictors", ROWS * COLUMNS).reshape(ROWS, COLUMNS).astype(np.float32)
CODES = np.floor((uniform("classes", ROWS) + 1) * 2).astype(int)
Y = uniform("numbers", ROWS * COLUMNS).reshape(ROWS, COLUMNS).astype(np.float32)
WEIGHTS = (uniform("weights", ROWS) + 1).astype(np.float32)
TRUTHS = {"classes": np.eye(COLUMNS, dtype=np.float32)[CODES], "numbers": Y, "counts": np.floor(4 * (Y + 1))}
RATE, EPOCHS, BATCH, SPLIT = 0.1, 5, 6, 0.2

LOSSES = (
    [("numbers", "linear", name, {}) for name in "MeanSquaredError MeanAbsoluteError Huber LogCosh CosineSimilarity".split()]
    + [("counts", "softplus", name, {}) for name in "MeanAbsolutePercentageError MeanSquaredLogarithmicError Poisson".split()]
    + [("classes", "softmax", name, {}) for name in ("CategoricalCrossentropy", "KLDivergence", "CategoricalFocalCrossentropy")]
    + [("classes", "sigmoid", name, {}) for name in ("BinaryCrossentropy", "BinaryFocalCrossentropy")]
    + [("classes", "tanh", name, {}) for name in ("Hinge", "SquaredHinge", "CategoricalHinge")]
    + [
        ("classes", "softmax", "CategoricalGeneralizedCrossEntropy", {}),
        ("classes", "softmax", "Dice", {}),
        ("classes", "softmax", "Tversky", {"alpha": 0.3, "beta": 0.7}),
        ("classes", "softmax", "Dice", {"axis": -1}),
        ("classes", "linear", "CategoricalCrossentropy", {"from_logits": True, "label_smoothing": 0.1}),
        ("classes", "linear", "BinaryCrossentropy", {"from_logits": True, "label_smoothing": 0.1}),
        ("classes", "sigmoid", "BinaryFocalCrossentropy", {"apply_class_balancing": True, "gamma": 1.5}),
    ]
)
OF_BATCH = ("Dice", "Tversky")


def dense(activation, name="output"):
    return keras.layers.Dense(COLUMNS, activation=activation, kernel_initializer="identity", name=name)


def truth(kind, loss):
    # Keras takes the number of the class, KSpec its column.
    return CODES if loss == "CategoricalGeneralizedCrossEntropy" else TRUTHS[kind]


def history(model, y, losses, weights=None, **rest):
    model.compile(optimizer=keras.optimizers.SGD(RATE), loss=losses, **rest)
    fitting = {"epochs": EPOCHS, "batch_size": BATCH, "shuffle": False, "verbose": 0, "validation_split": SPLIT}
    if isinstance(weights, dict):
        # Keras cannot split rows off beside class weights.
        kept = int(ROWS * (1 - SPLIT))
        fitting |= {"validation_split": 0, "validation_data": (X[kept:], y[kept:]), "class_weight": weights}
        logs = model.fit(X[:kept], y[:kept], **fitting).history
    else:
        logs = model.fit(X, y, sample_weight=weights, **fitting).history
    return {name: [float(f"{value:.8g}") for value in values] for name, values in logs.items()}


def one(kind, activation, loss, options, how):
    weights = {None: None, "rows": WEIGHTS, "classes": {0: 2.0, 2: 0.5}}[how]
    model = keras.Sequential([keras.Input((COLUMNS,)), dense(activation)])
    given = getattr(keras.losses, loss)(**options)
    return {
        "truth": kind,
        "activation": activation,
        "class_name": loss,
        "options": options,
        "weights": how,
        "history": history(model, truth(kind, loss), given, weights),
    }


def cases():
    for kind, activation, loss, options in LOSSES:
        yield one(kind, activation, loss, options, None)
        if loss not in OF_BATCH or options.get("axis") == -1:
            yield one(kind, activation, loss, options, "rows")
    yield one("classes", "softmax", "CategoricalCrossentropy", {}, "classes")


def several():
    """Two outputs behind one layer, with weights."""
    inputs = keras.Input((COLUMNS,))
    hidden = dense("tanh", "hidden")(inputs)
    outputs = [dense("softmax", "label")(hidden), keras.layers.Dense(1, kernel_initializer="ones", name="size")(hidden)]
    model = keras.Model(inputs, outputs)
    y = [TRUTHS["classes"], Y[:, :1]]
    names = ["categorical_crossentropy", "mean_squared_error"]
    return history(model, y, names, WEIGHTS, loss_weights=[0.3, 2.0])


def main():
    lines = ",\n".join(json.dumps(case) for case in cases())
    Path(sys.argv[1]).write_text(f'{{\n"several": {json.dumps(several())},\n"cases": [\n{lines}\n]\n}}\n')


main()
