"""`python mobilenet_features.py ASSETS FILE`: what Keras's MobileNet with its published weights makes of some CIFAR-10 images."""

import json
import os
import sys
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np
from PIL import Image

PICTURES = [("airplane", 3), ("dog", 0), ("horse", 0), ("truck", 0)]
SIZE = 96


def main(assets, target):
    model = keras.applications.MobileNet(
        alpha=0.25,
        include_top=False,
        input_shape=(SIZE, SIZE, 3),
        weights=str(assets / "models/mobilenet_2_5_224_tf_no_top.h5"),
    )
    files = [sorted((assets / "cifar10/test" / name).iterdir())[place] for name, place in PICTURES]
    images = np.stack([np.asarray(Image.open(file).convert("RGB"), dtype=np.float32) for file in files])
    large = np.asarray(keras.ops.image.resize(images, (SIZE, SIZE), interpolation="bilinear", antialias=False))
    features = np.asarray(model(keras.applications.mobilenet.preprocess_input(large.copy()), training=False))
    flat = features.reshape(-1).astype(np.float64)
    places = np.linspace(0, flat.size - 1, 200).round().astype(int)
    content = {
        "files": [str(file.relative_to(assets)) for file in files],
        "size": SIZE,
        "shape": list(features.shape),
        "largest": float(np.abs(flat).max()),
        "norm": float(np.linalg.norm(flat)),
        "sample": [float(f"{flat[place]:.8g}") for place in places],
    }
    target.write_text(json.dumps(content, indent=1) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
