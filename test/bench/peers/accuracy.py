"""`python accuracy.py NAME DATA SEEDS`: test accuracies of a network in Keras, as a JSON list, for seeds 1, 2, …

DATA is the folder with the real weights and images, or for `digits` the archive of features that `kspec features` wrote.
"""

import json
import sys
from pathlib import Path

import keras
import numpy as np

from mobilenet_head import rows
from training import Inference

layers = keras.layers
SIZE = 96


def digits(archive):
    data = np.load(archive)
    train, test = (data["train_x"], data["train_y"]), (data["test_x"], data["test_y"])
    # As in the spec: the last fifth is held back.
    learnt = int(len(train[0]) * 0.8)

    def build():
        inputs = keras.Input(train[0].shape[1:])
        outputs = layers.Dense(5, activation="softmax")(layers.Flatten()(inputs))
        return keras.Model(inputs, outputs)

    return [(build, None, 0.01, 5)], (train[0][:learnt], train[1][:learnt]), test


def images(assets):
    train, labels = rows(assets / "cifar10/train")
    test, test_labels = rows(assets / "cifar10/test")
    return (train, labels), (test, test_labels)


def small(assets):
    (train, labels), (test, test_labels) = images(assets)
    return (train / 255, labels), (test / 255, test_labels)


def resnet(assets):
    def build():
        def norm():
            return layers.BatchNormalization(momentum=0.9)

        def convolution(filters, strides=1):
            return layers.Conv2D(filters, 3, strides=strides, padding="same", use_bias=False)

        inputs = keras.Input((32, 32, 3))
        x = layers.ReLU()(norm()(convolution(16)(inputs)))
        for filters in (32, 64):
            y = layers.ReLU()(norm()(convolution(filters, 2)(x)))
            y = norm()(convolution(filters)(y))
            short = layers.Conv2D(filters, 1, strides=2, use_bias=False)(x)
            x = layers.ReLU()(layers.add([y, short]))
        x = layers.Dropout(0.2)(layers.GlobalAveragePooling2D()(x))
        return keras.Model(inputs, layers.Dense(10, activation="softmax")(x))

    return [(build, None, 0.001, 12)], *small(assets)


def lstm(assets):
    def build():
        inputs = keras.Input((32, 32, 3))
        x = layers.LSTM(48)(layers.Reshape((32, 96))(inputs))
        return keras.Model(inputs, layers.Dense(10, activation="softmax")(x))

    return [(build, None, 0.002, 15)], *small(assets)


def fine_tuned(assets):
    """Keras's guide as it is meant: the head on the frozen base, then the base from a layer on, in inference mode throughout."""

    def large(images):
        resized = keras.ops.image.resize(images, (SIZE, SIZE), interpolation="bilinear", antialias=False)
        # preprocess_input works in place.
        return keras.applications.mobilenet.preprocess_input(np.asarray(resized).copy())

    (train, labels), (test, test_labels) = images(assets)

    def build():
        base = keras.applications.MobileNet(
            alpha=0.25,
            include_top=False,
            input_shape=(SIZE, SIZE, 3),
            weights=str(assets / "models/mobilenet_2_5_224_tf_no_top.h5"),
        )
        base.trainable = False
        inputs = keras.Input((SIZE, SIZE, 3))
        x = layers.GlobalAveragePooling2D()(Inference(base)(inputs))
        model = keras.Model(inputs, layers.Dense(10, activation="softmax")(x))
        model.base = base
        return model

    def release(model):
        model.base.trainable = True
        for layer in model.base.layers:
            if layer.name == "conv_pw_11":
                break
            layer.trainable = False

    stages = [(build, None, 0.001, 10), (None, release, 0.0001, 4)]
    return stages, (large(train), labels), (large(test), test_labels)


def main(name, data, seeds):
    stages, train, test = {"digits": digits, "resnet": resnet, "lstm": lstm, "fine-tuned": fine_tuned}[name](data)
    accuracies = []
    for seed in range(1, seeds + 1):
        keras.utils.set_random_seed(seed)
        model = None
        for build, change, rate, epochs in stages:
            if build is not None:
                model = build()
            if change is not None:
                change(model)
            model.compile(
                optimizer=keras.optimizers.Adam(rate), loss="sparse_categorical_crossentropy", metrics=["accuracy"]
            )
            model.fit(*train, batch_size=32, epochs=epochs, verbose=0)
        accuracies.append(float(model.evaluate(*test, verbose=0)[1]))
        keras.backend.clear_session()
    print(json.dumps(accuracies))


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]))
