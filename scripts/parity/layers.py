"""`python layers.py FILE`: every layer and activation that is written as ONNX, with options, as Keras computes it.

Weights and inputs are the formula's, so only configurations and outputs are stored.
"""

import json
import os
import sys
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np

from formula import uniform

L = keras.layers
VECTOR, SEQUENCE, IMAGE, VOLUME = (6,), (7, 4), (5, 6, 4), (3, 4, 3, 2)

ACTIVATIONS = (
    "linear relu relu6 leaky_relu elu selu gelu silu swish hard_silu hard_swish mish sigmoid hard_sigmoid log_sigmoid "
    "tanh hard_tanh softplus softsign exponential softmax log_softmax"
).split()


def cases():
    """Name → layer, and the shapes of one row of what it is applied to."""
    one = lambda layer, *shapes: (layer, [*shapes])
    for name in ACTIVATIONS:
        yield f"Activation {name}", *one(L.Activation(name), VECTOR)
    yield "ReLU", *one(L.ReLU(max_value=1.5, negative_slope=0.2, threshold=0.1), IMAGE)
    yield "ReLU at most", *one(L.ReLU(max_value=0.4), VECTOR)
    yield "LeakyReLU", *one(L.LeakyReLU(negative_slope=0.15), VECTOR)
    yield "ELU", *one(L.ELU(alpha=0.7), VECTOR)
    yield "PReLU", *one(L.PReLU(), SEQUENCE)
    yield "PReLU shared", *one(L.PReLU(shared_axes=[1, 2]), IMAGE)
    yield "Softmax", *one(L.Softmax(), SEQUENCE)
    yield "Softmax along", *one(L.Softmax(axis=1), SEQUENCE)

    yield "Dense", *one(L.Dense(5, activation="tanh"), VECTOR)
    yield "Dense of pixels", *one(L.Dense(3, use_bias=False), IMAGE)
    yield "Embedding", *one(L.Embedding(10, 3), (5,))
    for mode in ("one_hot", "multi_hot", "count"):
        yield f"CategoryEncoding {mode}", *one(L.CategoryEncoding(10, mode), (1 if mode == "one_hot" else 5,))
    yield "Conv1D", *one(L.Conv1D(3, 3, strides=2, padding="same"), SEQUENCE)
    yield "Conv1D causal", *one(L.Conv1D(3, 2, dilation_rate=2, padding="causal"), SEQUENCE)
    yield "Conv2D", *one(L.Conv2D(5, (3, 2), strides=2, padding="same", activation="relu"), IMAGE)
    yield "Conv2D groups", *one(L.Conv2D(6, 3, groups=2, dilation_rate=2), IMAGE)
    yield "Conv3D", *one(L.Conv3D(3, 2, strides=(2, 1, 1), padding="same"), VOLUME)
    yield "DepthwiseConv1D", *one(L.DepthwiseConv1D(3, depth_multiplier=2, padding="same"), SEQUENCE)
    yield "DepthwiseConv2D", *one(L.DepthwiseConv2D(3, strides=2, depth_multiplier=2, padding="same"), IMAGE)
    yield "SeparableConv1D", *one(L.SeparableConv1D(5, 3, depth_multiplier=2), SEQUENCE)
    yield "SeparableConv2D", *one(L.SeparableConv2D(5, 3, padding="same", activation="silu"), IMAGE)
    yield "Conv1DTranspose", *one(L.Conv1DTranspose(3, 3, strides=2, padding="same"), SEQUENCE)
    yield "Conv2DTranspose", *one(L.Conv2DTranspose(3, 4, strides=3), IMAGE)
    yield "Conv3DTranspose", *one(L.Conv3DTranspose(3, 2, strides=2, padding="same", use_bias=False), VOLUME)

    for kind in ("Max", "Average"):
        layer = lambda dimensions: getattr(L, f"{kind}Pooling{dimensions}D")
        whole = lambda dimensions: getattr(L, f"Global{kind}Pooling{dimensions}D")
        for dimensions, shape in ((1, SEQUENCE), (2, IMAGE), (3, VOLUME)):
            yield f"{kind}Pooling{dimensions}D", *one(layer(dimensions)(2, padding="same"), shape)
            yield f"Global{kind}Pooling{dimensions}D", *one(whole(dimensions)(), shape)
        yield f"{kind}Pooling2D steps", *one(layer(2)(3, strides=2), IMAGE)
        yield f"Global{kind}Pooling2D kept", *one(whole(2)(keepdims=True), IMAGE)

    yield "BatchNormalization", *one(L.BatchNormalization(), IMAGE)
    yield "BatchNormalization bare", *one(L.BatchNormalization(scale=False, center=False, epsilon=0.1), VECTOR)
    yield "LayerNormalization", *one(L.LayerNormalization(epsilon=0.01), SEQUENCE)
    yield "GroupNormalization", *one(L.GroupNormalization(2), IMAGE)
    yield "GroupNormalization of vectors", *one(L.GroupNormalization(-1, scale=False, epsilon=0.1), SEQUENCE)
    yield "UnitNormalization", *one(L.UnitNormalization(axis=[1, -1]), SEQUENCE)
    yield "Normalization", *one(L.Normalization(mean=[0.1, 0.2, 0.3, 0.4], variance=[0.5, 1, 2, 3]), IMAGE)
    yield "Normalization inverted", *one(L.Normalization(mean=0.2, variance=2.0, invert=True), VECTOR)
    yield "Rescaling", *one(L.Rescaling(0.5, offset=-1), IMAGE)
    yield "Rescaling channels", *one(L.Rescaling([0.5, 1, 2, 3], offset=[0, 1, 2, 3]), IMAGE)

    for name in ("Add", "Multiply", "Average", "Maximum", "Minimum", "Concatenate"):
        yield name, *one(getattr(L, name)(), IMAGE, IMAGE, IMAGE)
    yield "Subtract", *one(L.Subtract(), VECTOR, VECTOR)
    yield "Concatenate along", *one(L.Concatenate(axis=1), SEQUENCE, SEQUENCE)
    yield "Dot", *one(L.Dot(axes=2), SEQUENCE, SEQUENCE)
    yield "Dot normalised", *one(L.Dot(axes=1, normalize=True), VECTOR, VECTOR)

    yield "Flatten", *one(L.Flatten(), IMAGE)
    yield "Reshape", *one(L.Reshape((-1, 12)), IMAGE)
    yield "Permute", *one(L.Permute((3, 1, 2)), IMAGE)
    yield "RepeatVector", *one(L.RepeatVector(3), VECTOR)
    yield "ZeroPadding1D", *one(L.ZeroPadding1D((1, 2)), SEQUENCE)
    yield "ZeroPadding2D", *one(L.ZeroPadding2D(((0, 1), (2, 0))), IMAGE)
    yield "ZeroPadding3D", *one(L.ZeroPadding3D(((0, 1), (2, 0), (1, 1))), VOLUME)
    yield "Cropping1D", *one(L.Cropping1D((1, 2)), SEQUENCE)
    yield "Cropping2D", *one(L.Cropping2D(((0, 1), (2, 0))), IMAGE)
    yield "Cropping3D", *one(L.Cropping3D(((0, 1), (2, 0), (1, 1))), VOLUME)
    yield "CenterCrop", *one(L.CenterCrop(3, 4), IMAGE)
    yield "UpSampling1D", *one(L.UpSampling1D(2), SEQUENCE)
    yield "UpSampling2D", *one(L.UpSampling2D((2, 3)), IMAGE)
    yield "UpSampling2D bilinear", *one(L.UpSampling2D(2, interpolation="bilinear"), IMAGE)
    yield "UpSampling3D", *one(L.UpSampling3D(2), VOLUME)
    yield "Resizing", *one(L.Resizing(3, 9), IMAGE)
    yield "Resizing nearest", *one(L.Resizing(3, 9, interpolation="nearest"), IMAGE)

    yield "SimpleRNN", *one(L.SimpleRNN(3, activation="relu"), SEQUENCE)
    yield "GRU", *one(L.GRU(3, return_sequences=True), SEQUENCE)
    yield "GRU reset before", *one(L.GRU(3, reset_after=False, go_backwards=True), SEQUENCE)
    yield "LSTM", *one(L.LSTM(3), SEQUENCE)
    yield "LSTM hard", *one(
        L.LSTM(3, recurrent_activation="hard_sigmoid", activation="softsign", use_bias=False, return_sequences=True),
        SEQUENCE,
    )
    yield "RNN", *one(L.RNN([L.GRUCell(2), L.LSTMCell(3)], return_sequences=True), SEQUENCE)
    yield "Bidirectional", *one(L.Bidirectional(L.LSTM(3, return_sequences=True)), SEQUENCE)
    yield "Bidirectional sum", *one(L.Bidirectional(L.GRU(3), merge_mode="sum"), SEQUENCE)
    yield "TimeDistributed", *one(L.TimeDistributed(L.Conv1D(2, 2, activation="relu")), (3, 5, 2))
    # Index 0 is passed over, wherever it stands.
    behind = lambda *layers: keras.Sequential([keras.Input((24,)), L.Embedding(10, 3, mask_zero=True), *layers])
    yield "passed over LSTM", *one(behind(L.LSTM(3)), (24,))
    yield "passed over GRU", *one(behind(L.GRU(3, return_sequences=True, go_backwards=True)), (24,))
    yield "passed over in both directions", *one(behind(L.Bidirectional(L.LSTM(2, return_sequences=True))), (24,))
    yield "passed over twice", *one(behind(L.Bidirectional(L.GRU(2, return_sequences=True)), L.Dense(4), L.LSTM(3)), (24,))
    yield "passed over by value", *one(
        keras.Sequential([keras.Input(VECTOR), L.ReLU(), L.Reshape((6, 1)), L.Masking(), L.SimpleRNN(3)]), VECTOR
    )

    attend = lambda **options: L.MultiHeadAttention(2, 3, **options)
    yield "MultiHeadAttention", *one(attend(), SEQUENCE, (5, 3))
    yield "MultiHeadAttention of a key", *one(attend(value_dim=4, output_shape=6), SEQUENCE, (5, 3), (5, 2))
    yield "MultiHeadAttention bare", *one(attend(use_bias=False, dropout=0.5), (5, 3), (5, 3))
    yield "MultiHeadAttention causal", *one(attend(), SEQUENCE, SEQUENCE)
    yield "Attention", *one(L.Attention(), SEQUENCE, (5, 4))
    yield "Attention of a key", *one(L.Attention(use_scale=True), SEQUENCE, (5, 3), (5, 4))
    yield "Attention by sums", *one(L.Attention(use_scale=True, score_mode="concat"), SEQUENCE, (5, 4))
    yield "Attention causal", *one(L.Attention(), SEQUENCE, SEQUENCE)
    yield "AdditiveAttention", *one(L.AdditiveAttention(), SEQUENCE, (5, 4))
    yield "AdditiveAttention bare", *one(L.AdditiveAttention(use_scale=False, dropout=0.5), SEQUENCE, (5, 4))
    several = {"MultiHeadAttention": attend(), "MultiHeadAttention with dropout": attend(dropout=0.5)}
    for name, layer in {**several, "Attention": L.Attention()}.items():
        words = keras.Input((24,))
        query = L.Embedding(10, 3, mask_zero=True)(words)
        value = L.Dense(3)(query)
        read = layer(query, value) if name in several else layer([query, value])
        yield f"passed over {name}", *one(keras.Model(words, L.Dense(2)(read)), (24,))

    # Nothing in inference.
    yield "Dropout", *one(L.Dropout(0.5), VECTOR)
    yield "SpatialDropout1D", *one(L.SpatialDropout1D(0.5), SEQUENCE)
    yield "SpatialDropout2D", *one(L.SpatialDropout2D(0.5), IMAGE)
    yield "SpatialDropout3D", *one(L.SpatialDropout3D(0.5), VOLUME)
    yield "AlphaDropout", *one(L.AlphaDropout(0.5), VECTOR)
    yield "GaussianDropout", *one(L.GaussianDropout(0.5), VECTOR)
    yield "GaussianNoise", *one(L.GaussianNoise(0.5), VECTOR)
    yield "ActivityRegularization", *one(L.ActivityRegularization(0.1), VECTOR)
    yield "Identity", *one(L.Identity(), VECTOR)
    yield "RandomFlip", *one(L.RandomFlip(), IMAGE)
    yield "RandomRotation", *one(L.RandomRotation(0.2), IMAGE)
    yield "RandomTranslation", *one(L.RandomTranslation(0.2, 0.2), IMAGE)
    yield "RandomZoom", *one(L.RandomZoom(0.2), IMAGE)
    yield "RandomContrast", *one(L.RandomContrast(0.2), IMAGE)
    yield "RandomBrightness", *one(L.RandomBrightness(0.2), IMAGE)


ROWS = 2


def rows(name, i, shape, is_index):
    values = uniform(f"{name}/input {i}", ROWS * int(np.prod(shape))).reshape(ROWS, *shape) * 2
    return np.floor((values + 2) / 4 * 9.99).astype(np.float32) if is_index else values.astype(np.float32)


def result(name, layer, shapes):
    inputs = [keras.Input(shape) for shape in shapes]
    # Keras takes it where the layer is applied, KSpec as an option.
    options = {"use_causal_mask": True} if name.endswith(" causal") and "Attention" in name else {}
    given = inputs if isinstance(layer, L.MultiHeadAttention) else [inputs if len(inputs) > 1 else inputs[0]]
    model = keras.Model(inputs, layer(*given, **options))
    weights = []
    nested = isinstance(layer, keras.Model)
    names = [variable.name for variable in layer.variables]
    for i, variable in enumerate([*layer.trainable_variables, *layer.non_trainable_variables]):
        if "seed_generator" in variable.path:
            continue
        values = uniform(f"{name}/{i}", int(np.prod(variable.shape))).reshape(variable.shape) * 0.7
        variable.assign((1 + 0.5 * values if "variance" in variable.name else values).astype(variable.dtype))
        # Layers and cells that a layer holds have weights of the same names.
        path = variable.path if type(layer).__name__ == "Functional" else variable.path.split("/", 1)[1]
        weights.append({"name": path if nested or names.count(variable.name) > 1 else variable.name, "shape": list(variable.shape)})
    is_index = any(isinstance(one, (L.Embedding, L.CategoryEncoding)) for one in getattr(layer, "layers", [layer]))
    output = np.asarray(model([rows(name, i, shape, is_index) for i, shape in enumerate(shapes)], training=False))
    return {
        "class_name": type(layer).__name__,
        "config": {**keras.saving.serialize_keras_object(layer)["config"], **options},
        "inputs": [list(shape) for shape in shapes],
        "weights": weights,
        "output": {"shape": list(output.shape[1:]), "values": [float(f"{v:.6g}") for v in output.ravel()]},
    }


def main(file):
    found = {name: result(name, layer, shapes) for name, layer, shapes in cases()}
    lines = [f"{json.dumps(name)}: {json.dumps(one)}" for name, one in found.items()]
    file.write_text("{\n" + ",\n".join(lines) + "\n}\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
