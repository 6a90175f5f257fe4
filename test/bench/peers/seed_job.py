"""`python seed_job.py plain|other`: the seed's job as a Keras user writes it; at the end what the process used, as JSON.

KERAS_HOME holds the files of `npm run mirror`. They have not the published hashes, so Keras is kept from computing any; this
saves it half a second.
"""

import json
import resource
import sys
from unittest import mock

import keras


def head(kind, x):
    x = keras.layers.Flatten()(x)
    if kind == "other":
        x = keras.layers.Dropout(0.2)(keras.layers.Dense(64, activation="relu")(x))
    return keras.layers.Dense(10, activation="softmax")(x)


def main(kind):
    keras.utils.set_random_seed(1)
    with mock.patch("keras.src.utils.file_utils.validate_file", return_value=True):
        (images, labels), (test_images, test_labels) = keras.datasets.cifar10.load_data()
        base = keras.applications.ResNet50(include_top=False, input_shape=(32, 32, 3), weights="imagenet")
    images, labels = images[:500].astype("float32") / 255, labels[:500]
    test_images, test_labels = test_images[:100].astype("float32") / 255, test_labels[:100]
    base.trainable = False
    inputs = keras.Input((32, 32, 3))
    model = keras.Model(inputs, head(kind, base(inputs)))
    model.compile(optimizer=keras.optimizers.Adam(0.01), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    model.fit(images, labels, epochs=5, validation_split=0.2, verbose=0)
    model.evaluate(test_images, test_labels, verbose=0)
    used = resource.getrusage(resource.RUSAGE_SELF)
    # Of macOS in bytes, elsewhere in kilobytes.
    unit = 2**20 if sys.platform == "darwin" else 2**10
    print(json.dumps({"peakMB": used.ru_maxrss / unit, "cpuSeconds": used.ru_utime + used.ru_stime}))


if __name__ == "__main__":
    main(sys.argv[1])
