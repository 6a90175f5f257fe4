"""`python epoch_metrics.py FILE`: Keras's metrics with options after two batches of unequal size, as JSON."""

import json
import os
import sys
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np

from formula import uniform

ROWS, FIRST, COLUMNS = 40, 25, 4


def table(name, low, high, columns=COLUMNS):
    u = uniform(name, ROWS * columns).reshape(ROWS, columns)
    return (low + (high - low) * (u + 1) / 2).astype(np.float32)


def softmax(x):
    e = np.exp(x - x.max(axis=-1, keepdims=True))
    return (e / e.sum(axis=-1, keepdims=True)).astype(np.float32)


classes = np.eye(COLUMNS, dtype=np.float32)[np.argmax(table("class", -1, 1), axis=-1)]
# Certain, undecided, and at thresholds themselves.
edges = np.concatenate([np.arange(0, 200, 7) / 199, [0, 1, 0.5, 0.25, 1 / 3, 0.1, 0.9, 1e-9, 0.9999999, 0.5, 0.5]])
edges = edges.astype(np.float32)[:ROWS]

# Name → truth and estimate.
DATA = {
    "classes": (classes, softmax(table("logits", -2, 2) + 2 * classes)),
    "undecided classes": (classes, np.round(softmax(table("logits", -2, 2) + classes) * 4).astype(np.float32) / 4),
    "labels": ((table("labels", -1, 1) > 0).astype(np.float32), table("label estimates", 0, 1)),
    "one label": ((table("label", -1, 1, 1) > 0).astype(np.float32), table("label estimate", 0, 1, 1)),
    "edges": ((table("label", -1, 1, 1) > 0).astype(np.float32), edges.reshape(ROWS, 1)),
    "numbers": (table("truth", 2, 5), table("estimate", 2, 5)),
    "one number": (table("truth", 2, 5, 1), table("truth", 2, 5, 1) + table("noise", -0.3, 0.3, 1)),
}
CATEGORICAL, BINARY = ("classes", "undecided classes"), ("labels", "one label", "edges")


def cases():
    yield "BinaryAccuracy", {}, BINARY
    yield "BinaryAccuracy", {"threshold": 0.3}, BINARY
    yield "CategoricalAccuracy", {}, CATEGORICAL
    yield "TopKCategoricalAccuracy", {"k": 2}, CATEGORICAL
    yield "TopKCategoricalAccuracy", {}, ("classes",)
    for name in ("TruePositives", "FalsePositives", "TrueNegatives", "FalseNegatives"):
        yield name, {}, CATEGORICAL + BINARY
        yield name, {"thresholds": 0.25}, CATEGORICAL + BINARY
    for name in ("Precision", "Recall"):
        yield name, {}, CATEGORICAL + BINARY
        yield name, {"thresholds": 0.7}, CATEGORICAL + BINARY
        yield name, {"class_id": 2}, CATEGORICAL + ("labels",)
        yield name, {"top_k": 2}, CATEGORICAL
        yield name, {"top_k": 2, "class_id": 1, "thresholds": 0.2}, CATEGORICAL
    for curve in ("ROC", "PR", "PRGAIN"):
        yield "AUC", {"curve": curve}, CATEGORICAL + BINARY
        yield "AUC", {"curve": curve, "summation_method": "minoring", "num_thresholds": 50}, CATEGORICAL + BINARY
        yield "AUC", {"curve": curve, "summation_method": "majoring"}, CATEGORICAL + BINARY
    yield "SensitivityAtSpecificity", {"specificity": 0.6}, CATEGORICAL + BINARY
    yield "SpecificityAtSensitivity", {"sensitivity": 0.7}, CATEGORICAL + BINARY
    yield "PrecisionAtRecall", {"recall": 0.5}, CATEGORICAL + BINARY
    yield "RecallAtPrecision", {"precision": 0.6, "class_id": 1, "num_thresholds": 100}, CATEGORICAL + ("labels",)
    for average in ("micro", "macro", "weighted"):
        yield "F1Score", {"average": average}, CATEGORICAL + ("labels",)
        yield "FBetaScore", {"average": average, "beta": 0.5, "threshold": 0.4}, CATEGORICAL + BINARY
    yield "BinaryIoU", {}, BINARY
    yield "BinaryIoU", {"threshold": 0.25, "target_class_ids": [1]}, BINARY
    yield "OneHotIoU", {"target_class_ids": [0, 2]}, CATEGORICAL
    yield "OneHotMeanIoU", {}, CATEGORICAL
    for name in ("RootMeanSquaredError", "CosineSimilarity", "MeanSquaredError", "LogCoshError", "Poisson"):
        yield name, {}, ("numbers", "one number")
    yield "R2Score", {}, ("numbers", "one number")
    yield "R2Score", {"class_aggregation": "variance_weighted_average"}, ("numbers",)
    yield "PearsonCorrelation", {}, ("numbers",)
    yield "ConcordanceCorrelation", {}, ("numbers", "one number")
    yield "KLDivergence", {}, CATEGORICAL
    yield "CategoricalCrossentropy", {}, CATEGORICAL
    yield "BinaryCrossentropy", {}, BINARY
    yield "CategoricalHinge", {}, CATEGORICAL


def computed(name, options, data):
    truth, estimate = DATA[data]
    if name in ("OneHotIoU", "OneHotMeanIoU"):
        options = {**options, "num_classes": COLUMNS}
    metric = getattr(keras.metrics, name)(**options)
    if name == "BinaryIoU":
        # Keras takes one column of labels.
        truth, estimate = truth.reshape(-1, 1), estimate.reshape(-1, 1)
    first = FIRST * len(truth) // ROWS
    for rows in (slice(0, first), slice(first, None)):
        metric.update_state(truth[rows], estimate[rows])
    return float(metric.result())


def directions():
    """Which way each metric of the cases is better, by its name in the log, where Keras says it."""
    found = {}
    for name, options, _ in cases():
        options = {**options, "num_classes": COLUMNS} if name.startswith("OneHot") else options
        metric = getattr(keras.metrics, name)(**options)
        if getattr(metric, "_direction", None) is not None:
            found[keras.src.utils.naming.to_snake_case(name)] = metric._direction
    return found


def main():
    data = {
        name: {"columns": truth.shape[1], "truth": plain(truth), "estimate": plain(estimate)}
        for name, (truth, estimate) in DATA.items()
    }
    lines = [
        json.dumps({"class_name": name, "options": options, "data": given, "result": computed(name, options, given)})
        for name, options, names in cases()
        for given in names
    ]
    tables = ",\n".join(f"{json.dumps(name)}: {json.dumps(value)}" for name, value in data.items())
    text = f'{{\n"first": {FIRST},\n"directions": {json.dumps(directions())},\n"data": {{\n{tables}\n}},\n"cases": [\n' + ",\n".join(lines) + "\n]\n}\n"
    Path(sys.argv[1]).write_text(text)


def plain(values):
    return [float(f"{float(value):.8g}") for value in np.ravel(values)]


main()
