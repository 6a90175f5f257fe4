"""`python mobilenet_head.py ASSETS SEEDS`: test accuracies of a head on Keras's frozen MobileNet 0.25, as a JSON list, for seeds 1, 2, …

The base is frozen and has no randomness, so its features are computed once and the head is trained on them.
"""

import json
import sys
from pathlib import Path

import keras
import numpy as np
from PIL import Image

SIZE = 96


def rows(folder):
    """Images and class numbers in the order of the classes' names."""
    classes = sorted(path.name for path in folder.iterdir())
    files = [(file, number) for number, name in enumerate(classes) for file in sorted((folder / name).iterdir())]
    images = np.stack([np.asarray(Image.open(file).convert("RGB"), dtype=np.float32) for file, _ in files])
    return images, np.array([number for _, number in files])


def main(assets, seeds):
    base = keras.applications.MobileNet(
        alpha=0.25,
        include_top=False,
        input_shape=(SIZE, SIZE, 3),
        weights=str(assets / "models/mobilenet_2_5_224_tf_no_top.h5"),
    )
    base.trainable = False

    def features(images):
        large = np.asarray(keras.ops.image.resize(images, (SIZE, SIZE), interpolation="bilinear", antialias=False))
        # preprocess_input works in place.
        return base.predict(keras.applications.mobilenet.preprocess_input(large.copy()), verbose=0)

    images, labels = rows(assets / "cifar10/train")
    test_images, test_labels = rows(assets / "cifar10/test")
    train, test = features(images), features(test_images)
    accuracies = []
    for seed in range(1, seeds + 1):
        keras.utils.set_random_seed(seed)
        inputs = keras.Input(train.shape[1:])
        outputs = keras.layers.Dense(10, activation="softmax")(keras.layers.GlobalAveragePooling2D()(inputs))
        model = keras.Model(inputs, outputs)
        model.compile(optimizer=keras.optimizers.Adam(1e-3), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
        model.fit(train, labels, batch_size=32, epochs=20, verbose=0)
        accuracies.append(float(model.evaluate(test, test_labels, verbose=0)[1]))
    print(json.dumps(accuracies))


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
