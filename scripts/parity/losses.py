"""`python losses.py FILE`: every loss with options, its values and gradients as Keras computes them, on plain and on extreme numbers."""

import json
import os
import sys
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np
import tensorflow as tf

from formula import uniform

ROWS, COLUMNS = 6, 4


def table(name, low, high):
    u = uniform(name, ROWS * COLUMNS).reshape(ROWS, COLUMNS)
    return (low + (high - low) * (u + 1) / 2).astype(np.float32)


def softmax(x):
    e = np.exp(x - x.max(axis=-1, keepdims=True))
    return (e / e.sum(axis=-1, keepdims=True)).astype(np.float32)


def one_hot(*classes):
    return np.eye(COLUMNS, dtype=np.float32)[list(classes)]


CLASSES = one_hot(0, 3, 1, 2, 1, 0)
LABELS = (uniform("labels", ROWS * COLUMNS).reshape(ROWS, COLUMNS) > 0).astype(np.float32)
FAR = np.array([80, -80, 3, 0], dtype=np.float32)

# Name → truth and estimate. "extreme" are certain, wrong, equal, or far off.
DATA = {
    "numbers": (table("truth", -3, 3), table("estimate", -3, 3)),
    "extreme numbers": (
        np.array([[0, 1, -1, 0.5], [1e4, -1e4, 5, 0], [1e-8, 0, 0, 0], [2, 3, -2, 7], [0, 0, 0, 0], [3, 1, 2, 1]], np.float32),
        np.array([[0, 1, -1, 0.5], [-1e4, 1e4, 1e3, 40], [0, -1e-8, 0, 1], [2, 2, -2, 6], [0, 0, 0, 0], [3, 0, 5, -40]], np.float32),
    ),
    "counts": (np.floor(table("counts", 0, 9)), table("rates", 0.01, 9)),
    "extreme counts": (
        np.array([[0, 1, 0, 5], [1e4, 0, 5, 0], [1, 0, 0, 0], [2, 3, 2, 7], [0, 0, 0, 0], [3, 1, 2, 1]], np.float32),
        np.array([[0, 1, 1e-6, 1e3], [1, 1e4, 1e-3, 40], [0, 1e-8, 0, 1], [2, 2, 2, 6], [0, 0, 0, 0], [3, 1, 5, 40]], np.float32),
    ),
    "classes": (CLASSES, softmax(table("class estimates", -2, 2))),
    "extreme classes": (
        CLASSES,
        np.array(
            [[1, 0, 0, 0], [1, 0, 0, 0], [0.25] * 4, [0.5, 0.5, 0, 0], [1e-9, 1e-9, 1 - 2e-9, 0], [0.1, 0.2, 0.3, 0.1]], np.float32
        ),
    ),
    "labels": (LABELS, table("label estimates", 0.02, 0.98)),
    "extreme labels": (
        np.array([[0, 1, 0, 1], [1, 0, 1, 0], [0, 0, 0, 0], [1, 1, 1, 1], [0.5, 0.5, 0, 1], [1, 0, 0, 1]], np.float32),
        np.array(
            [[0, 1, 1, 0], [1, 0, 0, 1], [0, 1e-9, 0, 1e-6], [1, 0.9999999, 1, 0.999999], [0.5, 0, 0.5, 0.5], [0.3, 1e-9, 0, 1]],
            np.float32,
        ),
    ),
    # What activations are given.
    "class logits": (CLASSES, table("class logits", -4, 4)),
    "extreme class logits": (CLASSES, np.stack([np.roll(FAR, i) for i in range(ROWS)])),
    "label logits": (LABELS, table("label logits", -4, 4)),
    "extreme label logits": (LABELS, np.stack([np.roll(FAR, i) for i in range(ROWS)])),
    "signs": (2 * LABELS - 1, table("signed estimates", -2, 2)),
    "signs of zeros and ones": (LABELS, table("signed estimates", -2, 2)),
}

NUMBERS, COUNTS = ("numbers", "extreme numbers"), ("counts", "extreme counts")
CATEGORICAL, BINARY = ("classes", "extreme classes"), ("labels", "extreme labels")
CLASS_LOGITS = ("class logits", "extreme class logits")
LABEL_LOGITS = ("label logits", "extreme label logits")
MARGINS = ("signs", "signs of zeros and ones", "numbers")


def cases():
    """Keras's class, options, the activation in front, and names of data."""
    for name in ("MeanSquaredError", "MeanAbsoluteError", "MeanAbsolutePercentageError", "Huber", "LogCosh", "CosineSimilarity"):
        yield name, {}, None, NUMBERS
    yield "Huber", {"delta": 0.3}, None, NUMBERS
    yield "MeanSquaredLogarithmicError", {}, None, NUMBERS + COUNTS
    yield "Poisson", {}, None, COUNTS
    yield "KLDivergence", {}, None, CATEGORICAL + BINARY

    for name, data, logits, activation in (
        ("Binary", BINARY, LABEL_LOGITS, "sigmoid"),
        ("Categorical", CATEGORICAL, CLASS_LOGITS, "softmax"),
    ):
        yield f"{name}Crossentropy", {}, None, data
        yield f"{name}Crossentropy", {}, activation, logits
        yield f"{name}Crossentropy", {"from_logits": True}, None, logits
        yield f"{name}Crossentropy", {"label_smoothing": 0.2}, None, data
        yield f"{name}Crossentropy", {"label_smoothing": 0.2}, activation, logits
        focal = f"{name}FocalCrossentropy"
        yield focal, {}, None, data
        yield focal, {}, activation, logits
        yield focal, {"from_logits": True, "gamma": 1.0}, None, logits
        yield focal, {"gamma": 3.0, "alpha": 0.6, "label_smoothing": 0.1}, None, data
    yield "BinaryFocalCrossentropy", {"apply_class_balancing": True, "alpha": 0.4, "gamma": 1.5}, None, BINARY
    yield "CategoricalFocalCrossentropy", {"alpha": [0.1, 0.2, 0.3, 0.4], "gamma": 0.0}, None, CATEGORICAL
    yield "CategoricalGeneralizedCrossEntropy", {}, None, CATEGORICAL[:1]
    yield "CategoricalGeneralizedCrossEntropy", {"q": 0.9}, "softmax", CLASS_LOGITS[:1]

    for name in ("Hinge", "SquaredHinge"):
        yield name, {}, None, MARGINS
    yield "CategoricalHinge", {}, None, CLASS_LOGITS + CATEGORICAL

    for axis in (None, -1, 0):
        yield "Dice", {"axis": axis}, None, CATEGORICAL + BINARY
        yield "Tversky", {"axis": axis, "alpha": 0.3, "beta": 0.6}, None, CATEGORICAL + BINARY
    yield "Tversky", {}, "softmax", CLASS_LOGITS


def computed(name, options, activation, data):
    truth, estimate = DATA[data]
    loss = getattr(keras.losses, name)(**options)
    if name == "CategoricalGeneralizedCrossEntropy":
        # Keras takes the number of the class, KSpec its column.
        truth = truth.argmax(axis=-1)
    given = tf.constant(estimate)
    with tf.GradientTape() as tape:
        tape.watch(given)
        made = given if activation is None else keras.activations.get(activation)(given)
        rows = loss.call(tf.constant(truth), made)
        mean = loss(tf.constant(truth), made)
    return rows.numpy(), tape.gradient(mean, given).numpy()


def plain(values):
    """Numbers as JSON has them, with all digits that single precision has."""
    return [float(f"{float(value):.8g}") if np.isfinite(value) else str(float(value)) for value in np.ravel(values)]


def main():
    out = {"data": {}, "cases": []}
    for name, (truth, estimate) in DATA.items():
        out["data"][name] = {"truth": plain(truth), "estimate": plain(estimate)}
    for class_name, options, activation, names in cases():
        for data in names:
            rows, gradient = computed(class_name, options, activation, data)
            out["cases"].append(
                {
                    "class_name": class_name,
                    "options": options,
                    "activation": activation,
                    "data": data,
                    "rows": plain(rows),
                    "gradient": plain(gradient),
                }
            )
    lines = [
        '{\n"columns": ' + str(COLUMNS),
        '"data": {\n' + ",\n".join(f"{json.dumps(k)}: {json.dumps(v)}" for k, v in out["data"].items()) + "\n}",
        '"cases": [\n' + ",\n".join(json.dumps(one) for one in out["cases"]) + "\n]\n}\n",
    ]
    Path(sys.argv[1]).write_text(",\n".join(lines))


main()
