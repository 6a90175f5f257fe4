"""`python exported.py FOLDER`: opens exported models with onnxruntime and compares with what `kspec predict` wrote (exported.mjs)."""

import csv
import json
import sys
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
from PIL import Image

ALLOWED = 1e-5


def feed(given, row, folder):
    """One raw row for an input of the graph: an image's pixels, a number, or text."""
    if given["kind"] == "image":
        image = Image.open(folder / row[given["name"]])
        pixels = np.asarray(image.convert("L" if given["shape"][3] == 1 else "RGB"), np.float32)
        return pixels.reshape(1, image.height, image.width, given["shape"][3])
    if given["kind"] == "nominal":
        return np.array([[row[given["name"]]]], object)
    return np.array([[row[given["name"]]]], np.float64)


def compare(case, folder):
    """The largest difference from what was predicted; classes must be the same."""
    onnx.checker.check_model(str(folder / case["onnx"]), full_check=True)
    session = onnxruntime.InferenceSession(folder / case["onnx"])
    metadata = session.get_modelmeta().custom_metadata_map
    inputs = json.loads(metadata["kspec.inputs"])
    outputs = json.loads(metadata["kspec.outputs"])
    assert [one["name"] for one in inputs] == [one.name for one in session.get_inputs()]
    several = len({one["outcome"] for one in outputs}) > 1
    with open(folder / case["predictions"], newline="", encoding="utf8") as file:
        rows = list(csv.DictReader(file))
    assert rows, f"{case['name']} has no predictions"
    largest = 0.0
    for row in rows:
        results = session.run(None, {one["name"]: feed(one, row, folder) for one in inputs})
        for output, result in zip(outputs, results, strict=True):
            of = f"_{output['outcome']}" if several else ""
            if output["kind"] == "class":
                assert result[0] == row[f".pred_class{of}"], (case["name"], row)
                continue
            names = [f".pred{of}_{level}" for level in output["levels"]] if "levels" in output else [f".pred{of}"]
            expected = np.array([float(row[name]) for name in names])
            scale = 1 if "levels" in output else max(1, np.abs(expected).max())
            largest = max(largest, float(np.abs(result[0] - expected).max() / scale))
    return len(rows), largest


folder = Path(sys.argv[1])
failed = False
print(f"onnxruntime {onnxruntime.__version__}, onnx {onnx.__version__}: the largest difference from kspec predict")
for case in json.loads((folder / "cases.json").read_text()):
    rows, largest = compare(case, folder)
    failed |= not largest <= ALLOWED
    size = (folder / case["onnx"]).stat().st_size
    print(f"  {case['name']:10} {rows:4} rows  {largest:.1e}  ({size / 1000:.0f} kB){'' if largest <= ALLOWED else '  TOO LARGE'}")
sys.exit(failed)
