"""`python augment.py FILE`: what Keras's random layers make of one image when what they draw is given, as JSON."""

import json
import os
import sys
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np
from keras import layers

HEIGHT, WIDTH, CHANNELS = 5, 7, 3
IMAGE = (np.arange(HEIGHT * WIDTH * CHANNELS) * 37 + 11) % 256
IMAGE = IMAGE.reshape(1, HEIGHT, WIDTH, CHANNELS).astype("float32")


def one(value):
    return np.array([value], dtype="float32")


def rotation(turn):
    layer = layers.RandomRotation(0.5)
    matrix = layer._compute_affine_matrix(
        center_x=0.5,
        center_y=0.5,
        angle=keras.ops.convert_to_tensor(one(turn * 360)),
        translate_x=one(0),
        translate_y=one(0),
        scale=one(1),
        shear_x=one(0),
        shear_y=one(0),
        height=HEIGHT,
        width=WIDTH,
    )
    return layer._transform_images(IMAGE, {"rotation_matrix": matrix}, "bilinear")


def zoom(change):
    drawn = {"width_zoom": one([1 + change]), "height_zoom": one([1 + change])}
    return layers.RandomZoom(0.5)._zoom_inputs(IMAGE, drawn, "bilinear")


def translation(down, right):
    drawn = {"translations": one([right * WIDTH, down * HEIGHT])}
    return layers.RandomTranslation(0.5, 0.5)._translate_inputs(IMAGE, drawn, "bilinear")


def contrast(factor):
    drawn = {"contrast_factor": one(factor).reshape(1, 1, 1, 1)}
    return layers.RandomContrast(0.5).transform_images(IMAGE, drawn)


def brightness(share):
    drawn = {"rgb_delta": one(share * 255).reshape(1, 1, 1, 1)}
    return layers.RandomBrightness(0.5).transform_images(keras.ops.convert_to_tensor(IMAGE), drawn)


CASES = [
    (rotation, [[0.1], [-0.3], [0.25]]),
    (zoom, [[0.4], [-0.3], [1.0]]),
    (translation, [[0.25, -0.4], [-1.0, 0.9]]),
    (contrast, [[0.6], [1.7]]),
    (brightness, [[0.2], [-0.35]]),
]

results = [
    {
        "change": change.__name__,
        "drawn": drawn,
        "pixels": [round(float(value), 3) for value in np.asarray(change(*drawn)).ravel()],
    }
    for change, all_drawn in CASES
    for drawn in all_drawn
]
Path(sys.argv[1]).write_text(
    json.dumps({"keras": keras.__version__, "shape": [HEIGHT, WIDTH, CHANNELS], "results": results})
    + "\n"
)
