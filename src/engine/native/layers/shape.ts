import { sizeOf, type Value } from "../value.ts";
import { like, type LayerCall, type LayerRule } from "./layer-call.ts";

/** Layers that put the values of a row into another shape. They see them in Keras's order. */
export const shapeRules: Readonly<Record<string, LayerRule>> = {
  Flatten(call) {
    const value = call.config["data_format"] === "channels_first" ? channelsToTheEnd(call) : asInKeras(call);
    const size = sizeOf(value.shape);
    return like(value, call.add("Flatten", [value.name], { axis: { int: 1 } }), [size]);
  },

  Reshape(call) {
    const value = asInKeras(call);
    const target = (call.config["target_shape"] as readonly (number | null)[]).map((extent) => extent ?? -1);
    const name = call.add("Reshape", [value.name, call.whole("shape", [0, ...target])]);
    const size = sizeOf(value.shape);
    const known = target.filter((extent) => extent !== -1).reduce((a, b) => a * b, 1);
    return like(
      value,
      name,
      target.map((extent) => (extent !== -1 ? extent : size === null ? null : size / known)),
    );
  },

  Permute(call) {
    const value = asInKeras(call);
    const dims = call.config["dims"] as readonly number[];
    const name = call.add("Transpose", [value.name], { perm: { ints: [0, ...dims] } });
    return like(
      value,
      name,
      dims.map((axis) => value.shape[axis - 1] ?? null),
    );
  },

  RepeatVector(call) {
    const value = asInKeras(call);
    const times = call.config["n"] as number;
    const single = call.add("Unsqueeze", [value.name, call.whole("axes", [1])]);
    const name = call.add("Tile", [single, call.whole("repeats", [1, times, 1])]);
    return like(value, name, [times, ...value.shape]);
  },
};

function asInKeras(call: LayerCall): Value {
  return call.layouts.asInKeras(call.input);
}

/** Keras flattens `[channels, height, width]` as though the channels came last. */
function channelsToTheEnd(call: LayerCall): Value {
  const value = asInKeras(call);
  const [channels, ...spatial] = value.shape;
  if (spatial.length === 0) return value;
  const order = [0, ...spatial.map((_, i) => i + 2), 1];
  const name = call.add("Transpose", [value.name], { perm: { ints: order } });
  return like(value, name, [...spatial, channels ?? null]);
}
