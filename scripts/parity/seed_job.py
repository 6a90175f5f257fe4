"""`python seed_job.py MIRROR FILE`: what Keras makes of examples/resnet_transfer.kspec.ts with the files of a made mirror.

The mirror is `npm run mirror`'s. 500 and 100 images times 1/255 (as step_rescale and Keras's Rescaling do it), a frozen
ResNet50 without its top, flatten, dense softmax, adam with 0.01, five epochs in batches of 32 in the order of the rows, the
last fifth for validation. The head begins with the formula's weights, so that nothing but outputs needs to be stored. Of each
image's features the norm and the product with the formula's numbers are kept, and of some images a sample.
"""

import json
import os
import pickle
import sys
import tarfile
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np

from formula import uniform, weight

TRAIN, TEST, CLASSES, EPOCHS = 500, 100, 10, 5
# kerasnip's default, and KSpec's.
LEARN_RATE = 0.01
SAMPLED = 8
SAMPLE = 64


def batch(archive, name, rows):
    """The first rows of a batch: pixels times 1/255 with channels last, and one-hot labels."""
    with tarfile.open(archive) as tar:
        content = pickle.load(tar.extractfile(f"cifar-10-batches-py/{name}"), encoding="bytes")
    pixels = content[b"data"][:rows].reshape(rows, 3, 32, 32).transpose(0, 2, 3, 1)
    return pixels.astype(np.float32) * np.float32(1 / 255), np.eye(CLASSES, dtype=np.float32)[content[b"labels"][:rows]]


def base(mirror):
    weights = mirror / "models/resnet50_weights_tf_dim_ordering_tf_kernels_notop.h5"
    network = keras.applications.ResNet50(include_top=False, weights=str(weights), input_shape=(32, 32, 3))
    network.trainable = False
    return network


def summary(features):
    """features: rows × 2048"""
    line = uniform("features", features.shape[1])
    wide = features.astype(np.float64)
    columns = np.linspace(0, features.shape[1] - 1, SAMPLE).round().astype(int)
    rows = np.linspace(0, len(features) - 1, SAMPLED).round().astype(int)
    short = lambda values: [float(f"{value:.8g}") for value in values]
    return {
        "largest": float(f"{np.abs(wide).max():.8g}"),
        "norms": short(np.linalg.norm(wide, axis=1)),
        "products": short(wide @ line),
        "sampled": [int(row) for row in rows],
        "sample": [short(wide[row, columns]) for row in rows],
    }


def history(network, images, labels):
    inputs = keras.Input((32, 32, 3))
    head = keras.layers.Dense(CLASSES, activation="softmax")
    model = keras.Model(inputs, head(keras.layers.Flatten()(network(inputs))))
    head.set_weights([weight("head", "Dense", place, shape, 1) for place, shape in enumerate([(2048, CLASSES), (CLASSES,)])])
    model.compile(optimizer=keras.optimizers.Adam(LEARN_RATE), loss="categorical_crossentropy", metrics=["accuracy"])
    fitted = model.fit(
        images, labels, batch_size=32, epochs=EPOCHS, shuffle=False, validation_split=0.2, verbose=0
    ).history
    return {name: [float(f"{value:.8g}") for value in values] for name, values in fitted.items()}


def main(mirror, target):
    archive = mirror / "datasets/cifar-10-batches-py-target_archive"
    images, labels = batch(archive, "data_batch_1", TRAIN)
    test_images, _ = batch(archive, "test_batch", TEST)
    network = base(mirror)
    features = [network.predict(part, batch_size=100, verbose=0).reshape(len(part), -1) for part in (images, test_images)]
    content = {
        "keras": keras.version(),
        "train": summary(features[0]),
        "test": summary(features[1]),
        "history": history(network, images, labels),
    }
    spread = float(features[0].std(axis=0).mean() / features[0].max())
    print(f"features {features[0].shape}, spread {spread:.3g}", content["history"])
    # Features that are much the same for every image could not tell a wrong network from a right one.
    assert np.isfinite(features[0]).all() and spread > 0.005
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(json.dumps(content) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
