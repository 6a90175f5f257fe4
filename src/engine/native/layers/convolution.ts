import type { Value } from "../value.ts";
import { activate } from "./activation-functions.ts";
import { images, perAxis } from "./images.ts";
import type { LayerCall, LayerRule, Parameter } from "./layer-call.ts";
import { windows } from "./window.ts";

/** Convolutions of one, two and three dimensions. */
export const convolutionRules: Readonly<Record<string, LayerRule>> = {
  Conv1D: (call) => convolution(call, 1),
  Conv2D: (call) => convolution(call, 2),
  Conv3D: (call) => convolution(call, 3),
  DepthwiseConv1D: (call) => finish(call, depthwise(call, 1)),
  DepthwiseConv2D: (call) => finish(call, depthwise(call, 2)),
  SeparableConv1D: (call) => separable(call, 1),
  SeparableConv2D: (call) => separable(call, 2),
};

function convolution(call: LayerCall, dimensions: number): Value {
  const groups = (call.config["groups"] as number | undefined) ?? 1;
  const image = images(call, dimensions);
  const kernel = call.parameter("kernel", channelsLeading(dimensions));
  const filters = kernel.shape.at(-1)!;
  const { attributes, spatial, dilations } = windowOf(call, kernel, dimensions, image.spatial);
  const output = call.add("Conv", [image.name, kernel.name, ...bias(call)], {
    ...attributes,
    dilations: { ints: dilations },
    group: { int: groups },
  });
  return finish(call, image.result(output, spatial, filters));
}

/** Each channel by itself; TensorFlow and ONNX number the outputs alike: channel × multiplier + i. */
function depthwise(call: LayerCall, dimensions: number, withBias = true): Value {
  const image = images(call, dimensions);
  // Keras: […window, channel, multiplier].
  const { shape } = call.weight("depthwise_kernel", "kernel");
  const [channels, multiplier] = shape.slice(-2) as [number, number];
  const window = shape.slice(0, -2);
  const kernel = call.parameter(
    ["depthwise_kernel", "kernel"],
    [dimensions, dimensions + 1, ...window.map((_, axis) => axis)],
    [channels * multiplier, 1, ...window],
  );
  const { attributes, spatial, dilations } = windowOf(call, kernel, dimensions, image.spatial);
  const output = call.add("Conv", [image.name, kernel.name, ...(withBias ? bias(call) : [])], {
    ...attributes,
    dilations: { ints: dilations },
    group: { int: channels },
  });
  return image.result(output, spatial, channels * multiplier);
}

function separable(call: LayerCall, dimensions: number): Value {
  const image = images(call, dimensions, depthwise(call, dimensions, false));
  const kernel = call.parameter("pointwise_kernel", channelsLeading(dimensions));
  const filters = kernel.shape.at(-1)!;
  const ones = Array<number>(dimensions).fill(1);
  const output = call.add("Conv", [image.name, kernel.name, ...bias(call)], {
    kernel_shape: { ints: ones },
    strides: { ints: ones },
    dilations: { ints: ones },
    group: { int: 1 },
  });
  return finish(call, image.result(output, image.spatial, filters));
}

function windowOf(call: LayerCall, { shape }: Parameter, dimensions: number, spatial: Value["shape"]) {
  const dilations = perAxis(call, "dilation_rate", dimensions, 1);
  const strides = perAxis(call, "strides", dimensions, 1);
  const padding = String(call.config["padding"] ?? "valid");
  return { ...windows(spatial, shape.slice(0, dimensions), strides, dilations, padding), dilations };
}

function bias(call: LayerCall): string[] {
  return call.config["use_bias"] === false ? [] : [call.parameter("bias").name];
}

function finish(call: LayerCall, value: Value): Value {
  return activate(call, value, call.config["activation"]);
}

/** Keras's `[…window, in, out]` as `[out, in, …window]`; of a transposed convolution, `[…window, out, in]` as `[in, out, …window]`. */
export function channelsLeading(dimensions: number): number[] {
  return [dimensions + 1, dimensions, ...Array.from({ length: dimensions }, (_, axis) => axis)];
}
