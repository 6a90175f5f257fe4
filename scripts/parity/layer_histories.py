"""`python layer_histories.py FILE`: losses of 20 steps of training of every kind of layer, as Keras computes them.

Weights, rows and truths are the formula's and what is drawn at random is what KSpec draws, so only networks and what comes of
them are stored: the loss of each epoch, that of the validation rows, and the averages that BatchNormalization has moved. 11 rows
in batches of 8 in their order, ten epochs, mean squared error, Adam with 0.01; words by SGD with 0.1, since Keras's Adam on
TensorFlow squares each of the gradients that a word has in a batch, and not their sum. (Recurrent layers: recurrent.py.)
"""

import json
import os
import sys
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np
import tensorflow as tf

from drawn import Step, drawn_as_kspec_does
from formula import uniform

ROWS, HELD, EPOCHS, BATCH, WORDS, SEED = 11, 5, 10, 8, 6, 1
VECTOR, SEQUENCE, IMAGE, VOLUME = [6], [6, 4], [6, 5, 4], [4, 4, 3, 2]
ACTIVATIONS = (
    "linear relu relu6 leaky_relu elu selu gelu silu hard_silu mish sigmoid hard_sigmoid log_sigmoid tanh hard_tanh "
    "softplus softsign exponential softmax log_softmax"
).split()
SEVERAL = {"Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum", "Concatenate", "Dot"}
ATTENTION = {"Attention", "AdditiveAttention"}


def chain(*links):
    """Layers one behind the other, each (class, options, trainable = True)."""
    return [
        layer(f"layer_{i}", class_name, options, "x" if i == 0 else f"layer_{i - 1}", trainable=(*more, True)[0])
        for i, (class_name, options, *more) in enumerate(links)
    ]


def layer(name, class_name, options, *reads, trainable=True):
    return {"name": name, "class_name": class_name, "config": options, "reads": [list(reads)], "trainable": trainable}


def cases():
    """Name → shape of a row, and layers."""
    one = lambda shape, *links: (shape, chain(*links))
    dense = ("Dense", {"units": 4, "activation": "tanh"})
    # Something to learn before a layer that has no weights, from what it gives back.
    before = {1: ("Dense", {"units": 5}), 2: ("Conv1D", {"filters": 3, "kernel_size": 1})}
    before[3], before[4] = (("Conv2D", {"filters": 4, "kernel_size": 1}), ("Conv3D", {"filters": 2, "kernel_size": 1}))
    behind = lambda shape, *links: one(shape, before[len(shape)], *links)

    of_each = [layer(name, "Dense", {"units": 3, "activation": name}, "x") for name in ACTIVATIONS]
    yield "Dense with every activation", VECTOR, [*of_each, layer("all", "Concatenate", {}, *ACTIVATIONS)]
    yield "Dense of sequences", *one(SEQUENCE, dense, ("Dense", {"units": 3, "use_bias": False}))
    yield "Dense behind one that is held", *one(VECTOR, dense, (*dense, False), dense)
    yield "ReLU", *behind(IMAGE, ("ReLU", {"max_value": 1.5, "negative_slope": 0.2, "threshold": 0.1}))
    yield "LeakyReLU", *behind(VECTOR, ("LeakyReLU", {"alpha": 0.15}))
    yield "ELU", *behind(VECTOR, ("ELU", {"alpha": 0.7}))
    yield "PReLU", *behind(SEQUENCE, ("PReLU", {}))
    yield "PReLU shared", *behind(IMAGE, ("PReLU", {"shared_axes": [1, 2]}))
    yield "Softmax", *behind(SEQUENCE, ("Softmax", {"axis": 1}))
    yield "Embedding", *one([5], ("Embedding", {"input_dim": WORDS, "output_dim": 3}), dense)

    kernel = lambda size, filters=3, **more: {"filters": filters, "kernel_size": size, **more}
    yield "Conv1D", *one(SEQUENCE, ("Conv1D", kernel(3, strides=2, padding="same", activation="relu")))
    yield "Conv1D causal", *one(SEQUENCE, ("Conv1D", kernel(2, dilation_rate=2, padding="causal")))
    yield "Conv2D", *one(IMAGE, ("Conv2D", kernel([3, 2], activation="relu")), ("Conv2D", kernel(2)))
    yield "Conv2D same", *one(IMAGE, ("Conv2D", kernel(3, padding="same")), ("Conv2D", kernel(3, strides=2, padding="same")))
    yield "Conv2D with gaps", *behind(IMAGE, ("Conv2D", kernel(2, dilation_rate=2)))
    yield "Conv2D in groups", *behind(IMAGE, ("Conv2D", kernel(3, filters=6, groups=2)))
    yield "Conv3D", *one(VOLUME, ("Conv3D", kernel(2, activation="relu")), ("Conv3D", kernel(2, strides=2, padding="same")))
    yield "DepthwiseConv2D", *behind(IMAGE, ("DepthwiseConv2D", {"kernel_size": 3, "padding": "same", "depth_multiplier": 2}))
    yield "DepthwiseConv2D in steps", *behind(IMAGE, ("DepthwiseConv2D", {"kernel_size": 3, "strides": 2, "use_bias": False}))
    yield "SeparableConv2D", *behind(IMAGE, ("SeparableConv2D", kernel(3, padding="same", activation="silu")))
    yield "Conv2DTranspose", *behind(IMAGE, ("Conv2DTranspose", kernel(3)))
    yield "Conv2DTranspose in steps", *behind(IMAGE, ("Conv2DTranspose", kernel(3, strides=2, padding="same")))

    for kind in ("Max", "Average"):
        for dimensions, shape in ((1, SEQUENCE), (2, IMAGE), (3, VOLUME)):
            yield f"{kind}Pooling{dimensions}D", *behind(shape, (f"{kind}Pooling{dimensions}D", {"pool_size": 2}))
            yield f"Global{kind}Pooling{dimensions}D", *behind(shape, (f"Global{kind}Pooling{dimensions}D", {}))
        overlapping = {"pool_size": 3, "strides": 2, "padding": "same"}
        yield f"{kind}Pooling2D same", *behind(IMAGE, (f"{kind}Pooling2D", overlapping))

    bare = ("Dense", {"units": 4, "use_bias": False})
    yield "BatchNormalization", *one(VECTOR, bare, ("BatchNormalization", {"momentum": 0.8}))
    yield "BatchNormalization of images", *one(
        IMAGE, ("Conv2D", kernel(2, use_bias=False)), ("BatchNormalization", {}), ("ReLU", {})
    )
    yield "BatchNormalization bare", *one(
        SEQUENCE, bare, ("BatchNormalization", {"scale": False, "center": False, "epsilon": 0.1, "momentum": 0.5})
    )
    yield "BatchNormalization that is held", *one(VECTOR, dense, ("BatchNormalization", {}, False), dense)
    yield "LayerNormalization", *behind(SEQUENCE, ("LayerNormalization", {"epsilon": 0.01}))
    yield "GroupNormalization", *behind(IMAGE, ("GroupNormalization", {"groups": 2}))
    yield "UnitNormalization", *behind(SEQUENCE, ("UnitNormalization", {"axis": -1}))

    for class_name in sorted(SEVERAL):
        two = [layer(f"dense_{i}", "Dense", {"units": 4, "activation": "tanh"}, "x") for i in range(2)]
        options = {"axes": 2} if class_name == "Dot" else {}
        yield class_name, SEQUENCE, [*two, layer("merged", class_name, options, "dense_0", "dense_1")]
    yield "a layer that is applied to what it gives", VECTOR, [
        {**layer("twice", "Dense", {"units": 6, "activation": "tanh"}, "x"), "reads": [["x"], ["twice"]]},
        layer("sum", "Add", {}, "twice", "twice:1"),
    ]

    yield "Reshape", *behind(IMAGE, ("Reshape", {"target_shape": [15, 8]}), dense)
    yield "Permute", *behind(IMAGE, ("Permute", {"dims": [3, 1, 2]}), dense)
    yield "Flatten", *behind(IMAGE, ("Flatten", {}), dense)
    yield "RepeatVector", *behind(VECTOR, ("RepeatVector", {"n": 3}), dense)
    yield "ZeroPadding1D", *behind(SEQUENCE, ("ZeroPadding1D", {"padding": [1, 2]}), ("Conv1D", kernel(3)))
    yield "ZeroPadding2D", *behind(IMAGE, ("ZeroPadding2D", {"padding": [[0, 1], [2, 0]]}), ("Conv2D", kernel(3)))
    yield "Cropping1D", *behind(SEQUENCE, ("Cropping1D", {"cropping": [1, 2]}))
    yield "Cropping2D", *behind(IMAGE, ("Cropping2D", {"cropping": [[0, 1], [2, 0]]}))
    yield "UpSampling1D", *behind(SEQUENCE, ("UpSampling1D", {"size": 2}), ("Conv1D", kernel(2)))
    yield "UpSampling2D", *behind(IMAGE, ("UpSampling2D", {"size": [2, 3]}), ("Conv2D", kernel(2)))
    yield "UpSampling2D bilinear", *behind(
        IMAGE, ("UpSampling2D", {"size": [2, 2], "interpolation": "bilinear"}), ("Conv2D", kernel(2))
    )
    yield "TimeDistributed", *one(
        SEQUENCE, ("TimeDistributed", {"layer": {"class_name": "Dense", "config": {"units": 3, "activation": "tanh"}}})
    )

    heads = {"num_heads": 2, "key_dim": 3}
    attentions = {
        "MultiHeadAttention": ("MultiHeadAttention", heads),
        "MultiHeadAttention with dropout": ("MultiHeadAttention", {**heads, "dropout": 0.3}),
        "Attention": ("Attention", {"use_scale": True}),
        "Attention with dropout": ("Attention", {"dropout": 0.3}),
        "AdditiveAttention": ("AdditiveAttention", {}),
    }
    for name, (class_name, options) in attentions.items():
        two = [layer(f"dense_{i}", "Dense", {"units": 4}, "x") for i in range(2)]
        yield name, SEQUENCE, [*two, layer("attention", class_name, options, "dense_0", "dense_1")]

    yield "Dropout", *behind(VECTOR, ("Dropout", {"rate": 0.4}), dense)
    yield "Dropout alike along an axis", *behind(SEQUENCE, ("Dropout", {"rate": 0.4, "noise_shape": [None, 1, 3]}), dense)
    for dimensions, shape in ((1, SEQUENCE), (2, IMAGE), (3, VOLUME)):
        yield f"SpatialDropout{dimensions}D", *behind(shape, (f"SpatialDropout{dimensions}D", {"rate": 0.4}))
    yield "GaussianNoise", *behind(VECTOR, ("GaussianNoise", {"stddev": 0.3}), dense)
    yield "GaussianDropout", *behind(VECTOR, ("GaussianDropout", {"rate": 0.3}), dense)
    yield "AlphaDropout", *behind(VECTOR, ("AlphaDropout", {"rate": 0.3}), dense)


def built(name, class_name, options, trainable):
    made = dict(options)
    if "layer" in made:
        made["layer"] = getattr(keras.layers, made["layer"]["class_name"])(**made["layer"]["config"])
    if class_name == "LeakyReLU":
        made["negative_slope"] = made.pop("alpha")
    for key, value in made.items():
        if isinstance(value, list):
            made[key] = tuple(tuple(inner) if isinstance(inner, list) else inner for inner in value)
    one = getattr(keras.layers, class_name)(**made, name=name)
    one.trainable = trainable
    return one


def model_of(shape, described):
    """The network; behind it Flatten and a dense layer with two outputs."""
    x = keras.Input(shape)
    given = {"x": x}
    for one in described:
        applied = built(one["name"], one["class_name"], one["config"], one["trainable"])
        for call, reads in enumerate(one["reads"]):
            inputs = [given[name] for name in reads]
            together = one["class_name"] in SEVERAL | ATTENTION
            key = one["name"] if call == 0 else f"{one['name']}:{call}"
            given[key] = applied(inputs) if together else applied(*inputs)
    # The last application of the last layer is the last that was put there.
    flat = keras.layers.Flatten(name="flat")([*given.values()][-1])
    return keras.Model(x, keras.layers.Dense(2, name="result")(flat))


def weights_of(one):
    """In the order of both programs: those that are trained first."""
    of = [*one.trainable_variables, *one.non_trainable_variables]
    return [variable for variable in of if "seed_generator" not in variable.path]


def set_weights(model):
    for one in model.layers:
        for i, variable in enumerate(weights_of(one)):
            values = uniform(f"{one.name}/{i}", int(np.prod(variable.shape))).reshape(variable.shape)
            variable.assign((1 + 0.5 * values if "variance" in variable.name else 0.6 * values).astype(np.float32))


def rows(what, count, shape, words):
    values = uniform(what, count * int(np.prod(shape))).reshape(count, *shape)
    return (np.floor((values + 1) / 2 * WORDS) if words else values * 2).astype(np.float32)


def truths(what, count):
    return uniform(what, count * 2).reshape(count, 2).astype(np.float32)


def result(shape, described):
    model = model_of(shape, described)
    set_weights(model)
    words = described[0]["class_name"] == "Embedding"
    optimizer = keras.optimizers.SGD(0.1) if words else keras.optimizers.Adam(0.01)
    x, y = rows("rows", ROWS, shape, words), truths("truths", ROWS)
    held = rows("held rows", HELD, shape, words), truths("held truths", HELD)
    now, loss, val_loss = Step(), [], []
    # Not by fit, which takes five times as long for such small networks, and could not be told what is drawn in a step.
    with drawn_as_kspec_does(model.layers, SEED, now):
        for now.epoch in range(1, EPOCHS + 1):
            total = 0
            for now.step, start in enumerate(range(0, ROWS, BATCH)):
                batch = slice(start, start + BATCH)
                total += step(model, optimizer, x[batch], y[batch]) * len(x[batch])
            loss.append(total / ROWS)
            val_loss.append(float(error(held[1], model(held[0], training=False))))
    averages = {
        f"{one.name}/{variable.name}": digits(variable.numpy().ravel())
        for one in model.layers
        for variable in weights_of(one)
        if variable.name.startswith("moving_")
    }
    return {"shape": shape, "layers": described, "loss": digits(loss), "val_loss": digits(val_loss)} | (
        {"averages": averages} if averages else {}
    )


def error(truths, estimates):
    return keras.losses.MeanSquaredError()(truths, estimates)


def step(model, optimizer, x, y):
    """One step of training, and the loss before it."""
    with tf.GradientTape() as tape:
        loss = error(y, model(x, training=True))
    variables = model.trainable_variables
    optimizer.apply(tape.gradient(loss, variables), variables)
    return float(loss)


def digits(values):
    return [float(f"{value:.8g}") for value in values]


def main(target):
    content = {}
    for name, shape, described in cases():
        content[name] = result(shape, described)
        first, last = content[name]["loss"][0], content[name]["loss"][-1]
        # What learns nothing could not tell wrong gradients from right ones.
        assert last < 0.99 * first, (name, first, last)
    print(f"{len(content)} cases, Keras {keras.version()}")
    target.parent.mkdir(parents=True, exist_ok=True)
    lines = [f"{json.dumps(name)}: {json.dumps(one)}" for name, one in content.items()]
    target.write_text("{\n" + ",\n".join(lines) + "\n}\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
