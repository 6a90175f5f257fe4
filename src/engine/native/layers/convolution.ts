import type { WeightValues } from "../../../model/network.ts";
import type { Value } from "../value.ts";
import { activate } from "./activation-functions.ts";
import { images, perAxis } from "./images.ts";
import type { LayerCall, LayerRule } from "./layer-call.ts";
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
  const kernel = call.weight("kernel");
  const filters = kernel.shape.at(-1)!;
  const weights = call.constant("kernel", [filters, kernel.shape.at(-2)!, ...kernel.shape.slice(0, -2)], () =>
    channelsLeading(kernel),
  );
  const { attributes, spatial, dilations } = windowOf(call, dimensions, image.spatial);
  const output = call.add("Conv", [image.name, weights, ...bias(call)], {
    ...attributes,
    dilations: { ints: dilations },
    group: { int: groups },
  });
  return finish(call, image.result(output, spatial, filters));
}

/** Each channel by itself; TensorFlow and ONNX number the outputs alike: channel × multiplier + i. */
function depthwise(call: LayerCall, dimensions: number, withBias = true): Value {
  const image = images(call, dimensions);
  const kernel = call.weight("depthwise_kernel", "kernel");
  const [channels, multiplier] = kernel.shape.slice(-2) as [number, number];
  const weights = call.constant(
    "depthwise_kernel",
    [channels * multiplier, 1, ...kernel.shape.slice(0, -2)],
    () => windowsTrailing(kernel),
  );
  const { attributes, spatial, dilations } = windowOf(call, dimensions, image.spatial);
  const output = call.add("Conv", [image.name, weights, ...(withBias ? bias(call) : [])], {
    ...attributes,
    dilations: { ints: dilations },
    group: { int: channels },
  });
  return image.result(output, spatial, channels * multiplier);
}

function separable(call: LayerCall, dimensions: number): Value {
  const image = images(call, dimensions, depthwise(call, dimensions, false));
  const kernel = call.weight("pointwise_kernel");
  const filters = kernel.shape.at(-1)!;
  const ones = Array<number>(dimensions).fill(1);
  const weights = call.constant("pointwise_kernel", [filters, kernel.shape.at(-2)!, ...ones], () =>
    channelsLeading(kernel),
  );
  const output = call.add("Conv", [image.name, weights, ...bias(call)], {
    kernel_shape: { ints: ones },
    strides: { ints: ones },
    dilations: { ints: ones },
    group: { int: 1 },
  });
  return finish(call, image.result(output, image.spatial, filters));
}

function windowOf(call: LayerCall, dimensions: number, spatial: Value["shape"]) {
  const kernel = call.weight("kernel", "depthwise_kernel").shape.slice(0, dimensions);
  const dilations = perAxis(call, "dilation_rate", dimensions, 1);
  const strides = perAxis(call, "strides", dimensions, 1);
  const padding = String(call.config["padding"] ?? "valid");
  return { ...windows(spatial, kernel, strides, dilations, padding), dilations };
}

function bias(call: LayerCall): string[] {
  if (call.config["use_bias"] === false) return [];
  // Values are read when they are asked for, which for a base whose features are all known is never.
  const given = call.weight("bias");
  return [call.constant("bias", given.shape, () => given.values)];
}

function finish(call: LayerCall, value: Value): Value {
  return activate(call, value, call.config["activation"]);
}

/** `[…window, in, out]` → `[out, in, …window]` */
export function channelsLeading({ shape, values }: WeightValues): Float32Array {
  const [inputs, outputs] = shape.slice(-2) as [number, number];
  const places = values.length / (inputs * outputs);
  const result = new Float32Array(values.length);
  // In tiles: the millions of numbers of a large layer would else each be fetched from far away.
  const tile = 16;
  for (let firstInput = 0; firstInput < inputs; firstInput += tile)
    for (let firstOutput = 0; firstOutput < outputs; firstOutput += tile) {
      const inputsEnd = Math.min(inputs, firstInput + tile);
      const outputsEnd = Math.min(outputs, firstOutput + tile);
      for (let place = 0; place < places; place++)
        for (let i = firstInput; i < inputsEnd; i++)
          for (let o = firstOutput; o < outputsEnd; o++)
            result[(o * inputs + i) * places + place] = values[(place * inputs + i) * outputs + o]!;
    }
  return result;
}

/** `[…window, a, b]` → `[a, b, …window]` */
export function windowsTrailing({ shape, values }: WeightValues): Float32Array {
  const [a, b] = shape.slice(-2) as [number, number];
  const places = values.length / (a * b);
  const result = new Float32Array(values.length);
  for (let place = 0, from = 0; place < places; place++)
    for (let channel = 0; channel < a * b; channel++) result[channel * places + place] = values[from++]!;
  return result;
}
