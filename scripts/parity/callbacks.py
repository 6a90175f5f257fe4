"""Keras's callbacks on made logs: what they see after each epoch, and what they make of it.

    python callbacks.py OUT.json

Each case of `cases` has callbacks with options (Keras's names), the value of the log that they watch after each epoch, and what
Keras had after each: the learning rate of the epoch, whether the fit stopped, and which epoch is the best (from 1; null: none).
Each of `fits` is a whole fit with callbacks: what goes in, the weights it begins with and ends with, and Keras's history.
"""

import json
import os
import random
import sys

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np

RATE = 0.01


class Optimizer:
    """All of an optimizer that a callback touches; Keras keeps the rate in single precision."""

    def __init__(self):
        self._rate = np.float32(RATE)

    @property
    def learning_rate(self):
        return self._rate

    @learning_rate.setter
    def learning_rate(self, rate):
        self._rate = np.float32(rate)


class Model:
    """All of a model that a callback touches; its weights are the number of the epoch."""

    def __init__(self):
        self.optimizer = Optimizer()
        self.stop_training = False
        self.epoch = 0
        self.best = None
        self.metrics = []

    def get_weights(self):
        return self.epoch

    def set_weights(self, epoch):
        self.best = epoch

    def save(self, *_args, **_options):
        self.best = self.epoch


def run(name, options, values):
    model = Model()
    monitor = options.get("monitor", "val_loss")
    if name == "ModelCheckpoint":
        callback = keras.callbacks.ModelCheckpoint("unused.keras", save_best_only=True, **options)
        # Saved in memory, not as a file.
        callback._save_model = lambda epoch, batch, logs: (
            model.save() if callback._should_save_model(epoch, batch, logs, "") else None
        )
    else:
        callback = getattr(keras.callbacks, name)(**options)
    callback.set_model(model)
    callback.on_train_begin()
    if callback.mode == "auto" and monitor != "val_loss":
        # A metric of the model would say so.
        callback.monitor_op = keras.ops.greater
    after = []
    for epoch, value in enumerate(values):
        model.epoch = epoch + 1
        rate = float(model.optimizer.learning_rate)
        callback.on_epoch_begin(epoch)
        callback.on_epoch_end(epoch, {monitor: value})
        best = callback.best_epoch + 1 if name == "EarlyStopping" and callback.best is not None else model.best
        after.append({"rate": rate, "stop": bool(model.stop_training), "best": best})
        if model.stop_training:
            break
    return {"callback": name, "options": options, "values": values, "after": after}


def wander(rng, epochs, noise):
    """A loss that falls more and more slowly, with noise; rounded, so that ties are there."""
    return [round(1 / (1 + 0.3 * i) + rng.gauss(0, noise), 2) for i in range(epochs)]


def whole(name, callbacks, epochs):
    """A small network on a line with noise: its last rows are for validation, and rows come in their order."""
    keras.utils.set_random_seed(3)
    rng = np.random.default_rng(3)
    x = rng.uniform(-1, 1, (48, 2)).astype("float32")
    y = (2 * x[:, :1] - x[:, 1:] + rng.normal(0, 0.3, (48, 1))).astype("float32")
    model = keras.Sequential(
        [
            keras.layers.Input((2,)),
            keras.layers.Dense(4, activation="tanh", name="hidden"),
            keras.layers.Dense(1, name="output"),
        ]
    )
    model.compile(keras.optimizers.Adam(0.05), loss="mean_squared_error", metrics=["mean_absolute_error"])
    before = [weight.numpy().ravel().tolist() for weight in model.weights]
    history = model.fit(
        x, y, batch_size=8, epochs=epochs, validation_split=0.25, shuffle=False, callbacks=callbacks, verbose=0
    ).history
    return {
        "name": name,
        "epochs": epochs,
        "x": x.ravel().tolist(),
        "y": y.ravel().tolist(),
        "before": before,
        "after": [weight.numpy().ravel().tolist() for weight in model.weights],
        "history": {key: [float(value) for value in values] for key, values in history.items()},
    }


def fits():
    plateau = keras.callbacks.ReduceLROnPlateau(
        monitor="loss", factor=0.5, patience=1, cooldown=1, min_delta=0.02, min_lr=0.002
    )
    stopping = keras.callbacks.EarlyStopping(patience=4, min_delta=0.005, restore_best_weights=True)
    schedule = keras.callbacks.LearningRateScheduler(lambda epoch, rate: rate if epoch < 3 else rate * 0.6)
    return [
        whole("reduceLROnPlateau", [plateau], 14),
        whole("learningRateScheduler", [schedule], 8),
        whole("earlyStopping", [stopping], 60),
    ]


def main(out):
    rng = random.Random(5)
    cases = []
    for i in range(12):
        values = wander(rng, 30, 0.05)
        cases.append(run("EarlyStopping", {"patience": i % 4, "min_delta": [0, 0.02][i % 2]}, values))
        cases.append(
            run("EarlyStopping", {"patience": 2, "baseline": 0.4, "start_from_epoch": i % 3}, wander(rng, 30, 0.05))
        )
        cases.append(
            run(
                "ReduceLROnPlateau",
                {
                    "factor": [0.1, 0.5][i % 2],
                    "patience": 1 + i % 3,
                    "cooldown": i % 4,
                    "min_lr": [0, 0.001, 0.004][i % 3],
                    "min_delta": [1e-4, 0.05][i % 2],
                },
                wander(rng, 30, 0.05),
            )
        )
        cases.append(run("ModelCheckpoint", [{}, {"initial_value_threshold": 0.5}][i % 2], wander(rng, 15, 0.1)))
    rising = [round(1 - value, 2) for value in wander(rng, 20, 0.05)]
    for name, options in [
        ("EarlyStopping", {"monitor": "val_accuracy", "patience": 2}),
        ("EarlyStopping", {"monitor": "val_accuracy", "mode": "min", "patience": 2}),
        ("ReduceLROnPlateau", {"monitor": "val_accuracy", "patience": 2, "cooldown": 1}),
        ("ModelCheckpoint", {"monitor": "val_accuracy", "mode": "max"}),
    ]:
        cases.append(run(name, options, rising))
    with open(out, "w") as file:
        json.dump({"rate": RATE, "cases": cases, "fits": fits()}, file, indent=None, separators=(",", ":"))
        file.write("\n")


main(sys.argv[1])
