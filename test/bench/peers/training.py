"""`python training.py FOLDER [ASSETS]`: trains in Keras what `training-works.mjs` has written into FOLDER.

Each line names a work, with `new ` before it where the model is to be built and compiled anew, as a loop over candidates does; else the
model of the last time is trained once more from the same weights. Answers how long it took in milliseconds (`ms`), and the last loss.
"""

import json
import sys
import time
from pathlib import Path

import keras
import numpy as np


def read(folder, name, shape):
    return np.fromfile(folder / name, dtype=np.float32).reshape(shape)


def chain(x, described):
    for class_name, config in described:
        x = getattr(keras.layers, class_name)(**config)(x)
    return x


class Inference(keras.layers.Layer):
    """A network in inference mode, also while it is trained.

    The guide applies it with `training=False`, which Keras 3.15 forgets again in `fit`: a functional model hands its own mode on to all
    of its layers, and batch normalisation that is trained takes the batch's statistics.
    """

    def __init__(self, network):
        super().__init__()
        self.network = network

    def call(self, x):
        return self.network(x, training=False)


def build(work, assets):
    inputs = keras.Input(work["shape"])
    x = inputs
    if "base" in work:
        # As Keras's guide means it: the base in inference mode, and frozen up to the named layer.
        weights = None if assets is None else str(assets / "models/mobilenet_2_5_224_tf_no_top.h5")
        base = keras.applications.MobileNet(
            alpha=work["base"]["alpha"], include_top=False, input_shape=tuple(work["shape"]), weights=weights
        )
        for layer in base.layers:
            if layer.name == work["base"]["from"]:
                break
            layer.trainable = False
        x = Inference(base)(inputs)
    model = keras.Model(inputs, chain(x, work["layers"]))
    model.compile(optimizer=keras.optimizers.Adam(work["rate"]), loss="categorical_crossentropy", metrics=["accuracy"])
    return model


def main(folder, assets=None):
    works = json.loads((folder / "works.json").read_text())
    models, data = {}, {}
    print(json.dumps({"ready": True, "version": keras.__version__}), flush=True)
    for line in sys.stdin:
        anew, name = line.startswith("new "), line.strip().removeprefix("new ")
        work = works[name]
        if name not in data:
            x = read(folder, f"{name}.x.f32", [work["rows"], *work["shape"]])
            data[name] = x, read(folder, f"{name}.y.f32", [work["rows"], -1])
        if anew:
            keras.utils.set_random_seed(1)
        else:
            model, first = models[name]
            model.set_weights(first)
        began = time.perf_counter()
        if anew:
            model = build(work, assets)
            models[name] = model, model.get_weights()
        history = model.fit(*data[name], batch_size=work["batch"], epochs=work["epochs"], verbose=0)
        spent = time.perf_counter() - began
        print(json.dumps({"ms": spent * 1000, "loss": history.history["loss"][-1]}), flush=True)


if __name__ == "__main__":
    main(*(Path(argument) for argument in sys.argv[1:] if argument))
