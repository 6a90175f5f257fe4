"""`python models.py FOLDER`: small models in each of Keras's file formats, with what Keras computes of them (expected.json)."""

import json
import os
import sys
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import h5py
import keras
import numpy as np
import tf_keras

from formula import uniform


def functional(k, nested=True):
    """Every kind of place where weights lie: normalisation, a depthwise convolution, a network within the network."""
    image = k.Input((8, 8, 3), name="image")
    x = k.layers.Conv2D(4, 3, padding="same", activation="relu", kernel_regularizer="l2", name="first")(image)
    x = k.layers.BatchNormalization(name="norm")(x)
    y = k.layers.DepthwiseConv2D(3, padding="same", use_bias=False, name="depthwise")(x)
    y = k.layers.ReLU(6.0, name="cut")(y)
    x = k.layers.Add(name="sum")([x, y])
    if nested:
        inner_input = k.Input((8, 8, 4), name="inner_input")
        z = k.layers.Conv2D(5, 1, name="inner_conv")(inner_input)
        z = k.layers.BatchNormalization(name="inner_norm")(z)
        z = k.layers.Activation("swish", name="inner_swish")(z)
        x = k.Model(inner_input, z, name="inner")(x)
    x = k.layers.GlobalAveragePooling2D(name="pool")(x)
    return k.Model(image, k.layers.Dense(3, activation="softmax", name="classes")(x), name="example")


def sequential(k):
    """Names that nobody gave, layers without weights between those with, a recurrent layer."""
    return k.Sequential(
        [
            k.Input((6, 4)),
            k.layers.Dropout(0.3),
            k.layers.Dense(5, activation="tanh"),
            k.layers.Dense(4, use_bias=False),
            k.layers.LSTM(3),
            k.layers.Dense(2),
        ]
    )


def recurrent(k):
    """GRU in both forms, one way and both ways, and an LSTM with the gates of its time."""
    steps = k.Input((6, 4), name="steps")
    x = k.layers.GRU(5, return_sequences=True, name="behind")(steps)
    x = k.layers.Bidirectional(k.layers.GRU(3, return_sequences=True, recurrent_dropout=0.2), name="ways")(x)
    x = k.layers.GRU(4, reset_after=False, return_sequences=True, recurrent_activation="hard_sigmoid", name="before")(x)
    x = k.layers.GRU(4, use_bias=False, return_sequences=True, go_backwards=True, name="unbiased")(x)
    x = k.layers.LSTM(3, recurrent_activation="hard_sigmoid", activation="hard_sigmoid", name="lstm")(x)
    return k.Model(steps, x, name="recurrent")


def options(k):
    """Convolutions in groups, causal ones, and a ReLU with all its options."""
    image = k.Input((7, 6, 4), name="image")
    x = k.layers.Conv2D(6, 3, groups=2, padding="same", name="groups")(image)
    x = k.layers.ReLU(negative_slope=0.2, name="leaky")(x)
    x = k.layers.Conv2D(12, 3, strides=2, groups=6, use_bias=False, activation="tanh", name="single")(x)
    x = k.layers.ReLU(max_value=0.5, negative_slope=0.1, threshold=0.1, name="bounded")(x)
    x = k.layers.Reshape((6, 12), name="steps")(x)
    x = k.layers.Conv1D(8, 3, groups=4, dilation_rate=2, padding="causal", activation="hard_sigmoid", name="causal")(x)
    x = k.layers.Conv1D(4, 2, strides=2, padding="causal", name="strided")(x)
    x = k.layers.Reshape((3, 2, 2, 1), name="volume")(x)
    x = k.layers.Conv3D(4, 2, padding="same", name="whole")(x)
    x = k.layers.Conv3D(4, (2, 1, 2), groups=2, name="volumes")(x)
    return k.Model(image, k.layers.Flatten(name="flat")(x), name="options")


def several(k):
    """Layers that people meet beside convolutions: activations with options, transposed and separable convolutions, resizing."""
    image = k.Input((6, 5, 3), name="image")
    x = k.layers.Rescaling(0.5, offset=-0.25, name="rescaled")(image)
    x = k.layers.Normalization(mean=[0.1, 0.2, 0.3], variance=[0.5, 1.5, 2.5], name="normalised")(x)
    x = k.layers.Conv2DTranspose(4, 3, strides=2, padding="same", name="transposed")(x)
    x = k.layers.LeakyReLU(0.15, name="leaky")(x)
    x = k.layers.SeparableConv2D(5, 3, padding="same", depth_multiplier=2, name="separable")(x)
    x = k.layers.PReLU(shared_axes=[1, 2], name="learnt")(x)
    x = k.layers.LayerNormalization(name="layer_norm")(x)
    x = k.layers.ELU(0.7, name="elu")(x)
    x = k.layers.UpSampling2D(2, interpolation="bilinear", name="larger")(x)
    x = k.layers.Cropping2D(((1, 2), (0, 1)), name="cropped")(x)
    x = k.layers.ZeroPadding2D(((0, 1), (2, 0)), name="padded")(x)
    x = k.layers.Resizing(7, 9, name="resized")(x)
    x = k.layers.AveragePooling2D(3, strides=2, padding="same", name="mean")(x)
    x = k.layers.Permute((2, 1, 3), name="turned")(x)
    x = k.layers.Reshape((20, 5), name="steps")(x)
    x = k.layers.TimeDistributed(k.layers.Dense(3, activation="gelu"), name="each")(x)
    x = k.layers.MaxPooling1D(2, name="largest")(x)
    x = k.layers.Softmax(axis=1, name="along")(x)
    y = k.layers.GlobalMaxPooling1D(name="most")(x)
    z = k.layers.GlobalAveragePooling1D(name="middle")(x)
    return k.Model(image, k.layers.Concatenate(name="both")([y, z]), name="several")


def attention(k):
    """Attention applied in all the ways that there are, and normalisation of groups."""
    steps = k.Input((5, 6), name="steps")
    x = k.layers.MultiHeadAttention(2, 3, name="self")(steps, steps, use_causal_mask=True)
    y = k.layers.Dense(6, activation="tanh", name="bent")(x)
    x = k.layers.MultiHeadAttention(2, 3, value_dim=2, name="named")(query=x, value=y, key=steps)
    x = k.layers.GroupNormalization(3, name="groups")(x)
    z = k.layers.Attention(use_scale=True, name="products")([x, y])
    z = k.layers.AdditiveAttention(name="sums")([z, y, x])
    z = k.layers.Attention(name="causal")([z, x], use_causal_mask=True)
    return k.Model(steps, k.layers.Flatten(name="flat")(z), name="attention")


def fill(model):
    for i, variable in enumerate(model.weights):
        shape = tuple(variable.shape)
        values = uniform(f"model/{i}", int(np.prod(shape))).reshape(shape) * 0.7
        variance = str(getattr(variable, "path", variable.name)).split(":")[0].endswith("moving_variance")
        variable.assign((1 + 0.5 * values if variance else values).astype(np.float32))


def inputs(model):
    shape = (2, *model.inputs[0].shape[1:])
    return uniform("input", int(np.prod(shape))).reshape(shape).astype(np.float32)


def keras1(path):
    """As Keras 1.2 wrote them: other names of layers and options, weights named `_W` and `_b`."""
    config = {
        "class_name": "Sequential",
        "config": [
            {"class_name": "Convolution2D", "config": {"name": "convolution2d_1", "nb_filter": 3, "nb_row": 2, "nb_col": 3, "border_mode": "valid", "subsample": [1, 1], "activation": "relu", "dim_ordering": "tf", "bias": True, "init": "glorot_uniform", "W_regularizer": None, "b_regularizer": None, "activity_regularizer": None, "W_constraint": None, "b_constraint": None, "trainable": True, "batch_input_shape": [None, 6, 6, 2], "input_dtype": "float32"}},
            {"class_name": "MaxPooling2D", "config": {"name": "maxpooling2d_1", "pool_size": [2, 2], "strides": [2, 2], "border_mode": "valid", "dim_ordering": "tf", "trainable": True}},
            {"class_name": "Flatten", "config": {"name": "flatten_1", "trainable": True}},
            {"class_name": "Dropout", "config": {"name": "dropout_1", "p": 0.5, "trainable": True}},
            {"class_name": "Dense", "config": {"name": "dense_1", "output_dim": 2, "init": "glorot_uniform", "activation": "softmax", "bias": True, "W_regularizer": None, "b_regularizer": None, "activity_regularizer": None, "W_constraint": None, "b_constraint": None, "input_dim": 12, "trainable": True}},
        ],
    }
    # The same network in today's Keras says what it computes.
    model = keras.Sequential(
        [
            keras.Input((6, 6, 2)),
            keras.layers.Conv2D(3, (2, 3), activation="relu"),
            keras.layers.MaxPooling2D(2),
            keras.layers.Flatten(),
            keras.layers.Dense(2, activation="softmax"),
        ]
    )
    fill(model)
    conv, dense = (model.layers[i].get_weights() for i in (0, 3))
    with h5py.File(path, "w") as file:
        file.attrs["keras_version"] = b"1.2.2"
        file.attrs["model_config"] = json.dumps(config).encode()
        group = file.create_group("model_weights")
        group.attrs["keras_version"] = b"1.2.2"
        group.attrs["layer_names"] = [layer["config"]["name"].encode() for layer in config["config"]]
        for layer in config["config"]:
            name = layer["config"]["name"]
            values = {"convolution2d_1": conv, "dense_1": dense}.get(name, [])
            names = [f"{name}_{kind}:0".encode() for kind in ("W", "b")[: len(values)]]
            inner = group.create_group(name)
            inner.attrs["weight_names"] = names
            for weight, value in zip(names, values):
                inner.create_dataset(weight.decode(), data=value)
    return model


def main(folder):
    folder.mkdir(parents=True, exist_ok=True)
    expected = {}

    def note(file, model):
        values = inputs(model)
        outputs = np.asarray(model(values, training=False))
        expected[file] = {"shape": list(values.shape), "outputs": [[float(f"{v:.8g}") for v in row] for row in outputs]}

    for k, version in ((keras, "keras3"), (tf_keras, "keras2")):
        for build in (functional, sequential, recurrent, options, several, attention):
            model = build(k)
            fill(model)
            if version == "keras3":
                # As fine-tuning leaves it: frozen layers are listed in another order.
                for layer in model.layers[:3]:
                    layer.trainable = False
            for extension in ("keras", "h5"):
                file = f"{version}-{build.__name__}.{extension}"
                model.save(folder / file)
                note(file, model)
    model = functional(keras)
    fill(model)
    model.save_weights(folder / "keras3-functional.weights.h5")
    expected["keras1-sequential.h5"] = None
    note("keras1-sequential.h5", keras1(folder / "keras1-sequential.h5"))
    (folder / "expected.json").write_text(json.dumps(expected, indent=1) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
