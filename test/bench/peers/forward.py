"""`python forward.py WAY FILE SIDE IMAGES BATCH`: ResNet50 without its top, by onnxruntime, Keras or PyTorch.

Says when it is ready, with the first features; then computes as many batches as each line says, and answers how long an image took.
"""

import json
import os
import sys
import time

import numpy as np


def images(file, side, batch):
    every = np.fromfile(file, dtype=np.float32)
    return np.resize(every, (batch, side, side, 3))


def onnxruntime_way(file, side, x):
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(file, options, providers=["CPUExecutionProvider"])
    name = session.get_inputs()[0].name
    return onnxruntime.__version__, lambda: session.run(None, {name: x})[0]


def keras_way(file, side, x):
    import keras
    import tensorflow as tf

    model = keras.applications.ResNet50(weights=file, include_top=False, input_shape=(side, side, 3))
    # Faster than model.predict, which prepares a dataset and callbacks for each call.
    compute = tf.function(lambda batch: model(batch, training=False))
    values = tf.constant(x)
    return f"{keras.__version__}, {tf.__version__}", lambda: compute(values).numpy()


def torch_way(file, side, x, channels_last=False):
    import torch

    from resnet50_torch import resnet50

    model = resnet50(file).eval()
    values = torch.from_numpy(np.ascontiguousarray(x.transpose(0, 3, 1, 2)))
    if channels_last:
        model = model.to(memory_format=torch.channels_last)
        values = values.to(memory_format=torch.channels_last)

    def compute():
        with torch.no_grad():
            return model(values).permute(0, 2, 3, 1).contiguous().numpy()

    return torch.__version__.split("+")[0], compute


WAYS = {
    "onnxruntime": onnxruntime_way,
    "keras": keras_way,
    "torch": torch_way,
    "torch-channels-last": lambda *args: torch_way(*args, channels_last=True),
}


def main(way, file, side, data, batch):
    version, compute = WAYS[way](file, int(side), images(data, int(side), int(batch)))
    sample = compute().reshape(-1)[:2048]
    print(json.dumps({"ready": True, "version": version, "sample": sample.astype(float).tolist()}), flush=True)
    for line in sys.stdin:
        began = time.perf_counter()
        for _ in range(int(line)):
            compute()
        spent = time.perf_counter() - began
        print(json.dumps({"ms": spent * 1000 / (int(line) * int(batch))}), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
