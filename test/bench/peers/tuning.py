"""`python tuning.py naive|careful JOB`: a grid of learning rates over the seed's job, as Keras users write it; at the end what it took, as JSON.

Naive: for each candidate and fold the whole model is built, fitted and used, of which JOB says how many times it is done here. Careful:
the base gives its features once, and every fit is that of a bare head. KERAS_HOME holds the files of `npm run mirror`, which have not the
published hashes, so Keras is kept from computing any; this saves it half a second.
"""

import json
import resource
import sys
import time
from unittest import mock

import keras
import numpy as np

# Of macOS in bytes, elsewhere in kilobytes.
UNIT = 2**20 if sys.platform == "darwin" else 2**10


def peak_mb():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / UNIT


def base_model():
    return keras.applications.ResNet50(include_top=False, input_shape=(32, 32, 3), weights="imagenet")


def compiled(model, rate):
    model.compile(optimizer=keras.optimizers.Adam(rate), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def whole_model(rate):
    base = base_model()
    base.trainable = False
    inputs = keras.Input((32, 32, 3))
    outputs = keras.layers.Dense(10, activation="softmax")(keras.layers.Flatten()(base(inputs, training=False)))
    return compiled(keras.Model(inputs, outputs), rate)


def head(shape, rate):
    inputs = keras.Input(shape)
    return compiled(
        keras.Model(inputs, keras.layers.Dense(10, activation="softmax")(keras.layers.Flatten()(inputs))), rate
    )


def accuracy(model, x, y, analysis, assessment):
    model.fit(x[analysis], y[analysis], epochs=5, verbose=0)
    return float(np.mean(np.argmax(model.predict(x[assessment], verbose=0), axis=1) == y[assessment]))


def main(kind, job):
    with open(job) as file:
        job = json.load(file)
    keras.utils.set_random_seed(1)
    with mock.patch("keras.src.utils.file_utils.validate_file", return_value=True):
        (images, labels), _ = keras.datasets.cifar10.load_data()
        x, y = images[:500].astype("float32") / 255, labels[:500, 0]
        parts = np.array_split(np.random.default_rng(1).permutation(500), job["folds"])
        folds = [(np.setdiff1d(np.arange(500), part), part) for part in parts]
        trials = [(rate, fold) for rate in job["rates"] for fold in folds]
        said = {}
        if kind == "naive":
            fits, cpu_fits, memory = [], [], []
            for rate, fold in trials[: job["fits"]]:
                began, cpu_began = time.perf_counter(), time.process_time()
                accuracy(whole_model(rate), x, y, *fold)
                fits.append(time.perf_counter() - began)
                cpu_fits.append(time.process_time() - cpu_began)
                memory.append(peak_mb())
            said = {
                "fits": fits,
                "cpuFits": cpu_fits,
                "cpuStart": time.process_time() - sum(cpu_fits),
                "grown": (memory[-1] - memory[0]) / (len(memory) - 1),
            }
        else:
            features = base_model().predict(x, verbose=0)
            for rate, fold in trials:
                accuracy(head(features.shape[1:], rate), features, y, *fold)
    print(json.dumps({"cpuSeconds": time.process_time(), **said, "peakMB": peak_mb()}))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
