import type { Placement } from "../training/operations/placement.ts";
import { convolvedAsProduct, depthwiseAsProduct } from "../training/small-convolutions.ts";
import type { Shape, Value } from "../value.ts";
import { activate } from "./activation-functions.ts";
import { images, perAxis } from "./images.ts";
import type { LayerCall, LayerRule } from "./layer-call.ts";
import { windows, type Windows } from "./window.ts";

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
  return finish(call, convolved(call, dimensions, call.input, "kernel", groups));
}

function separable(call: LayerCall, dimensions: number): Value {
  const channels = depthwise(call, dimensions, false);
  return finish(call, convolved(call, dimensions, channels, "pointwise_kernel", 1));
}

/** With a kernel `[…window, in, out]`; that of single points, the second of a separable convolution, has neither steps nor gaps. */
function convolved(
  call: LayerCall,
  dimensions: number,
  input: Value,
  name: "kernel" | "pointwise_kernel",
  groups: number,
): Value {
  const image = images(call, dimensions, input);
  const { shape } = call.weight(name);
  const filters = shape.at(-1)!;
  const placed = name === "kernel" ? windowOf(call, shape, dimensions, image.spatial) : points(image.spatial);
  const placement = groups === 1 ? placementOf(placed) : undefined;
  const product =
    placement &&
    convolvedAsProduct(call, { input, placement, along: placed.spatial }, name, () => bias(call));
  if (product !== undefined) return product;
  const kernel = call.parameter(name, channelsLeading(dimensions));
  const output = call.add("Conv", [image.name, kernel.name, ...bias(call)], {
    ...placed.attributes,
    dilations: { ints: placed.dilations },
    group: { int: groups },
  });
  return image.result(output, placed.spatial, filters);
}

/** Each channel by itself; TensorFlow and ONNX number the outputs alike: channel × multiplier + i. */
function depthwise(call: LayerCall, dimensions: number, withBias = true): Value {
  const { input } = call;
  const image = images(call, dimensions);
  const names = ["depthwise_kernel", "kernel"];
  // Keras: […window, channel, multiplier].
  const { shape } = call.weight(...names);
  const [channels, multiplier] = shape.slice(-2) as [number, number];
  const window = shape.slice(0, -2);
  const placed = windowOf(call, shape, dimensions, image.spatial);
  const biases = () => (withBias ? bias(call) : []);
  const placement = placementOf(placed);
  const product =
    placement && depthwiseAsProduct(call, { input, placement, along: placed.spatial }, names, biases);
  if (product !== undefined) return product;
  const kernel = call.parameter(
    names,
    [dimensions, dimensions + 1, ...window.map((_, axis) => axis)],
    [channels * multiplier, 1, ...window],
  );
  const output = call.add("Conv", [image.name, kernel.name, ...biases()], {
    ...placed.attributes,
    dilations: { ints: placed.dilations },
    group: { int: channels },
  });
  return image.result(output, placed.spatial, channels * multiplier);
}

interface Placed extends Windows {
  readonly dilations: readonly number[];
}

function windowOf(call: LayerCall, shape: readonly number[], dimensions: number, spatial: Shape): Placed {
  const dilations = perAxis(call, "dilation_rate", dimensions, 1);
  const strides = perAxis(call, "strides", dimensions, 1);
  const padding = String(call.config["padding"] ?? "valid");
  return { ...windows(spatial, shape.slice(0, dimensions), strides, dilations, padding), dilations };
}

function points(spatial: Shape): Placed {
  const ones = spatial.map(() => 1);
  return { ...windows(spatial, ones, ones, ones, "valid"), dilations: ones };
}

/** Undefined where only a run tells the padding. */
function placementOf({ attributes, dilations }: Placed): Placement | undefined {
  const { kernel_shape, strides, pads } = attributes as Record<string, { readonly ints: readonly number[] }>;
  const size = kernel_shape!.ints;
  if (attributes["auto_pad"] !== undefined) return undefined;
  const around = pads?.ints ?? [...size, ...size].fill(0);
  const [before, after] = [around.slice(0, size.length), around.slice(size.length)];
  return { size, strides: strides!.ints, dilations, before, after };
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
