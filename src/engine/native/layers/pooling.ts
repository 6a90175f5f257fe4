import type { Value } from "../value.ts";
import { images, perAxis } from "./images.ts";
import type { LayerCall, LayerRule } from "./layer-call.ts";
import { windows } from "./window.ts";

/** The largest value or the mean of each window, or of all places. */
export const poolingRules: Readonly<Record<string, LayerRule>> = Object.fromEntries(
  [1, 2, 3].flatMap((dimensions): [string, LayerRule][] => [
    [`MaxPooling${dimensions}D`, (call) => pooling(call, dimensions, "MaxPool")],
    [`AveragePooling${dimensions}D`, (call) => pooling(call, dimensions, "AveragePool")],
    [`GlobalMaxPooling${dimensions}D`, (call) => globalPooling(call, dimensions, "GlobalMaxPool")],
    [`GlobalAveragePooling${dimensions}D`, (call) => globalPooling(call, dimensions, "GlobalAveragePool")],
  ]),
);

function pooling(call: LayerCall, dimensions: number, op: string): Value {
  const image = images(call, dimensions);
  const size = perAxis(call, "pool_size", dimensions, 2);
  const strides = call.config["strides"] == null ? size : perAxis(call, "strides", dimensions, 1);
  const ones = size.map(() => 1);
  const { attributes, spatial } = windows(
    image.spatial,
    size,
    strides,
    ones,
    String(call.config["padding"] ?? "valid"),
  );
  // A mean counts no padding, in Keras and in ONNX unless it is told to.
  return image.result(call.add(op, [image.name], attributes), spatial, image.channels);
}

function globalPooling(call: LayerCall, dimensions: number, op: string): Value {
  const image = images(call, dimensions);
  const pooled = call.add(op, [image.name]);
  const ones = image.spatial.map(() => 1);
  if (call.config["keepdims"] === true) return image.result(pooled, ones, image.channels);
  return {
    name: call.add("Flatten", [pooled], { axis: { int: 1 } }),
    shape: [image.channels],
    channelsFirst: false,
  };
}
