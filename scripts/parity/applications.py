"""`python applications.py FOLDER [APPLICATION…]`: what Keras computes with the formula's weights, one JSON file each.

Of the outputs a sample, the largest magnitude and the norm are kept; of the network its layers with their weights' shapes, as a
hash. `spread` is how much the two images' outputs differ, and `amplified` how much larger a small change of the images comes out
of the network: a case with little of the one, or much of the other, could not tell a wrong network from a right one.
"""

import hashlib
import json
import os
import sys
from pathlib import Path
from unittest import mock

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np

from cases import APPLICATIONS, cases, class_of, gain, preprocessing
from formula import images, weight

SAMPLE = 24
SNAKE = {
    "includeTop": "include_top",
    "inputShape": "input_shape",
    "classifierActivation": "classifier_activation",
    "depthMultiplier": "depth_multiplier",
}


def build(application, options):
    keras.backend.clear_session()
    arguments = {SNAKE.get(key, key): value for key, value in options.items()}
    if "input_shape" in arguments:
        arguments["input_shape"] = tuple(arguments["input_shape"])
    # With "imagenet" the network is built as for the published file, whose values the formula replaces.
    with mock.patch("keras.src.utils.file_utils.get_file", return_value="none"), mock.patch.object(
        keras.Model, "load_weights"
    ):
        return class_of(application)(**arguments)


def fill(model, factor):
    for layer in model.layers:
        variables = layer.trainable_weights + layer.non_trainable_weights
        for place, variable in enumerate(variables):
            values = weight(layer.name, type(layer).__name__, place, tuple(variable.shape), factor)
            variable.assign(values.astype(variable.dtype))
        # What loading a file does too: Normalization computes with copies of its weights.
        if variables and hasattr(layer, "finalize_state"):
            layer.finalize_state()


def described(model):
    """One line for each layer: name, class, shapes of weights, what it reads."""
    lines = []
    for layer in model.layers:
        variables = layer.trainable_weights + layer.non_trainable_weights
        shapes = json.dumps([list(v.shape) for v in variables], separators=(",", ":"))
        reads = [tensor._keras_history.operation.name for node in layer._inbound_nodes for tensor in node.input_tensors]
        lines.append(f"{layer.name} {type(layer).__name__} {shapes} {','.join(reads)}")
    return lines


def case(application, options):
    model = build(application, options)
    fill(model, gain(application))
    size = options.get("inputShape", [40])[0]
    inputs = images(size, preprocessing(application))
    outputs = np.asarray(model(inputs, training=False))
    flat = outputs.reshape(-1).astype(np.float64)
    places = np.linspace(0, flat.size - 1, SAMPLE).round().astype(int)
    lines = described(model)
    largest = float(np.abs(flat).max())
    signs = np.where(np.arange(inputs.size).reshape(inputs.shape) % 2, 1, -1)
    changed = np.asarray(model((inputs * (1 + 1e-5 * signs)).astype(np.float32), training=False))
    spread = float(np.abs(outputs[0] - outputs[1]).max() / largest)
    amplified = float(np.abs(changed - outputs).max() / largest / 1e-5)
    print(application, options, f"largest {largest:.3g} spread {spread:.3g} amplified {amplified:.3g}", flush=True)
    assert np.isfinite(outputs).all() and spread > 0.01 and amplified < 200, (application, options)
    return lines, {
        "options": options,
        "size": size,
        "name": model.name,
        "layers": {
            "count": len(lines),
            "parameters": model.count_params(),
            "sha256": hashlib.sha256("\n".join(lines).encode()).hexdigest(),
        },
        "shape": list(outputs.shape),
        "largest": float(f"{largest:.9g}"),
        "norm": float(f"{np.linalg.norm(flat):.9g}"),
        "spread": float(f"{spread:.3g}"),
        "amplified": float(f"{amplified:.3g}"),
        "sample": [float(f"{flat[place]:.9g}") for place in places],
    }


def main(folder, names):
    folder.mkdir(parents=True, exist_ok=True)
    for application in names or APPLICATIONS:
        results = []
        for options in cases(application):
            lines, result = case(application, options)
            results.append(result)
            if os.environ.get("KSPEC_PARITY_LAYERS"):
                (folder / f"{application}.layers.txt").write_text("\n".join(lines))
        content = {
            "keras": keras.version(),
            "gain": gain(application),
            "preprocessing": preprocessing(application),
            "cases": results,
        }
        (folder / f"{application}.json").write_text(json.dumps(content, indent=1) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
