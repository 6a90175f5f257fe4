"""`python onnx_bases.py FOLDER`: small models as other exporters write them, with what ONNX Runtime computes of them (expected.json).

Needs onnx and onnxruntime from PyPI.
"""

import json
import sys
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

from formula import uniform

FLOAT, FLOAT16, INT64 = TensorProto.FLOAT, TensorProto.FLOAT16, TensorProto.INT64


def weight(name, *shape, scale=0.5, type=np.float32):
    values = uniform(f"onnx/{name}", int(np.prod(shape))).reshape(shape) * scale
    return numpy_helper.from_array(values.astype(type), name)


def whole(name, *values):
    return numpy_helper.from_array(np.array(values, np.int64), name)


def value(name, type, shape):
    return helper.make_tensor_value_info(name, type, shape)


def node(op, inputs, output, **attributes):
    outputs = output.split()
    return helper.make_node(op, inputs.split(), outputs, name=f"{outputs[0]}_node", **attributes)


def model(nodes, inputs, outputs, weights, opset, **options):
    graph = helper.make_graph(nodes, "base", inputs, outputs, weights)
    imports = [helper.make_opsetid("", opset), *options.pop("imports", [])]
    made = helper.make_model(graph, opset_imports=imports, ir_version=8 if opset < 19 else 10, producer_name="KSpec's fixtures")
    onnx.checker.check_model(made)
    return made


def convolutions(batch="batch", sizes=(8, 8)):
    """As PyTorch exports a small convolutional network: channels first, normalised, a residual, global pooling."""
    nodes = [
        node("Conv", "image conv1.weight conv1.bias", "conv1", kernel_shape=[3, 3], pads=[1, 1, 1, 1], strides=[2, 2]),
        node("BatchNormalization", "conv1 bn.scale bn.shift bn.mean bn.variance", "bn", epsilon=1e-5),
        node("Relu", "bn", "relu1"),
        node("Conv", "relu1 conv2.weight", "conv2", kernel_shape=[3, 3], pads=[1, 1, 1, 1], group=2),
        node("Add", "conv2 relu1", "sum"),
        node("MaxPool", "sum", "pooled", kernel_shape=[2, 2], strides=[1, 1]),
        node("GlobalAveragePool", "pooled", "mean"),
        node("Flatten", "mean", "features", axis=1),
    ]
    variance = numpy_helper.from_array(np.abs(uniform("onnx/bn.variance", 4)).astype(np.float32) + 0.5, "bn.variance")
    weights = [
        weight("conv1.weight", 4, 3, 3, 3),
        weight("conv1.bias", 4),
        weight("conv2.weight", 4, 2, 3, 3),
        weight("bn.scale", 4),
        weight("bn.shift", 4),
        weight("bn.mean", 4),
        variance,
    ]
    return nodes, [value("image", FLOAT, [batch, 3, *sizes])], [value("features", FLOAT, [batch, 4])], weights


def nchw(opset):
    return model(*convolutions(), opset)


def any_size():
    """Height and width are left open, and the features keep them."""
    nodes, inputs, _, weights = convolutions(sizes=("height", "width"))
    outputs = [value("pooled", FLOAT, ["batch", 4, "h", "w"])]
    return model(nodes[:6], inputs, outputs, weights, 17)


def fixed_batch():
    """As PyTorch exports without dynamic_axes: a batch of one, also in the shape that it is flattened to."""
    nodes, inputs, outputs, weights = convolutions(batch=1)
    nodes[-1] = node("Reshape", "mean flat", "features")
    return model(nodes, inputs, outputs, [*weights, whole("flat", 1, 4)], 17)


def nhwc():
    """As tf2onnx exports from Keras: channels last at both ends, transposed within."""
    nodes = [
        node("Transpose", "image", "first", perm=[0, 3, 1, 2]),
        node("Conv", "first kernel bias", "conv", kernel_shape=[3, 3], auto_pad="SAME_UPPER", strides=[2, 2]),
        node("Relu", "conv", "relu"),
        node("Transpose", "relu", "features", perm=[0, 2, 3, 1]),
    ]
    inputs, outputs = [value("image", FLOAT, ["n", 8, 8, 3])], [value("features", FLOAT, ["n", 4, 4, 4])]
    return model(nodes, inputs, outputs, [weight("kernel", 4, 3, 3, 3), weight("bias", 4)], 15)


def opset9():
    """Operations as they were: axes, bounds, pads and sizes as attributes, softmax over all that follows, upsampling."""
    nodes = [
        node("Pad", "image", "padded", pads=[0, 0, 1, 0, 0, 0, 0, 1], value=0.25),
        node("Conv", "padded kernel", "conv", kernel_shape=[2, 2]),
        node("Clip", "conv", "clipped", min=-0.5, max=0.75),
        node("Upsample", "clipped scales", "larger", mode="nearest"),
        node("Slice", "larger", "part", axes=[2, 3], starts=[1, 2], ends=[9223372036854775807, -1]),
        node("ReduceMean", "part", "row", axes=[2], keepdims=0),
        node("Unsqueeze", "row", "four", axes=[2]),
        node("Softmax", "four", "soft", axis=1),
        node("Squeeze", "soft", "three", axes=[2]),
        node("Dropout", "three", "dropped", ratio=0.5),
        node("Split", "dropped", "left right", axis=2, split=[3, 10]),
        node("ReduceSum", "right", "sum", axes=[2], keepdims=0),
        node("ReduceMax", "left", "most", axes=[2], keepdims=0),
        node("Concat", "sum most", "features", axis=1),
    ]
    weights = [weight("kernel", 4, 1, 2, 2), numpy_helper.from_array(np.array([1, 1, 2, 2], np.float32), "scales")]
    inputs, outputs = [value("image", FLOAT, ["n", 1, 8, 8])], [value("features", FLOAT, ["n", 8])]
    return model(nodes, inputs, outputs, weights, 9)


def float16():
    """Weights, input and output of half precision; numbers listed one by one."""
    kernel = helper.make_tensor("kernel", FLOAT16, [3, 3, 1, 1], uniform("onnx/half", 9).astype(np.float16).tolist())
    nodes = [node("Conv", "image kernel", "conv", kernel_shape=[1, 1]), node("Sigmoid", "conv", "features")]
    inputs, outputs = [value("image", FLOAT16, ["n", 3, 4, 4])], [value("features", FLOAT16, ["n", 3, 4, 4])]
    return model(nodes, inputs, outputs, [kernel], 13)


def branches():
    """A graph within a node, which reads from around it; a value that nothing needs; a constant as a node."""
    inner = lambda name, op: helper.make_graph(
        [helper.make_node(op, ["halves", "one"], [f"{name}_out"])], name, [], [value(f"{name}_out", FLOAT, None)]
    )
    nodes = [
        node("Constant", "", "one", value=helper.make_tensor("one", FLOAT, [], [1.0])),
        node("Split", "x sizes", "halves rest", axis=1),
        node("ReduceSum", "kernel", "total", keepdims=0),
        node("Greater", "total one", "positive"),
        node("If", "positive", "chosen", then_branch=inner("yes", "Add"), else_branch=inner("no", "Sub")),
        node("MatMul", "chosen kernel", "product"),
        node("TopK", "product two", "features places", axis=1),
    ]
    weights = [whole("sizes", 3, 1), whole("two", 2), weight("kernel", 3, 5, scale=1)]
    return model(nodes, [value("x", FLOAT, ["n", 4])], [value("features", FLOAT, ["n", 2])], weights, 18)


def two_inputs():
    """Words by number beside numbers: a table, and two tensors that become one."""
    nodes = [
        node("Gather", "table words", "embedded"),
        node("ReduceMean", "embedded axes", "mean", keepdims=0),
        node("Concat", "mean numbers", "both", axis=1),
        node("Gemm", "both weight bias", "features", transB=1),
    ]
    weights = [weight("table", 10, 3), weight("weight", 4, 5), weight("bias", 4), whole("axes", 1)]
    inputs = [value("words", INT64, ["n", "steps"]), value("numbers", FLOAT, ["n", 2])]
    return model(nodes, inputs, [value("features", FLOAT, ["n", 4])], weights, 21)


def inputs_of(name, session):
    feeds = {}
    for one in session.get_inputs():
        extents = [extent if isinstance(extent, int) else 5 if one.name == "words" else 8 for extent in one.shape[1:]]
        rows = 1 if one.shape[0] == 1 else 2
        values = uniform(f"input/{name}/{one.name}", rows * int(np.prod(extents))).reshape(rows, *extents)
        if "int64" in one.type:
            feeds[one.name] = np.floor((values + 1) / 2 * 9.99).astype(np.int64)
        else:
            feeds[one.name] = values.astype(np.float16 if "float16" in one.type else np.float32)
    return feeds


def main(folder):
    folder.mkdir(parents=True, exist_ok=True)
    models = {
        "nchw": nchw(17),
        "nchw-opset21": nchw(21),
        "any-size": any_size(),
        "fixed-batch": fixed_batch(),
        "nhwc": nhwc(),
        "opset9": opset9(),
        "float16": float16(),
        "branches": branches(),
        "two-inputs": two_inputs(),
    }
    expected = {}
    for name, made in models.items():
        onnx.save(made, folder / f"{name}.onnx")
        session = onnxruntime.InferenceSession(made.SerializeToString())
        feeds = inputs_of(name, session)
        (output,) = session.run(None, feeds)
        expected[f"{name}.onnx"] = {
            "inputs": [{"shape": list(one.shape), "values": [float(v) for v in one.ravel()]} for one in feeds.values()],
            "output": {"shape": list(output.shape), "values": [float(f"{v:.8g}") for v in output.ravel()]},
        }
    onnx.save(models["nchw"], folder / "external.onnx", save_as_external_data=True, location="external.bin", size_threshold=64)
    (folder / "expected.json").write_text(json.dumps(expected) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
