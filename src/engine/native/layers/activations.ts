import type { Value } from "../value.ts";
import { axisInMemory } from "../value.ts";
import { activate } from "./activation-functions.ts";
import { like, type LayerCall, type LayerRule } from "./layer-call.ts";

/** Layers that are a function of each value. */
export const activationRules: Readonly<Record<string, LayerRule>> = {
  Activation: (call) => activate(call, call.input, call.config["activation"]),

  /** Keras: 0 below the threshold (or the slope times the distance to it), max_value at most. */
  ReLU(call) {
    const slope = number(call, ["negative_slope"], 0);
    const threshold = number(call, ["threshold"], 0);
    const max = (call.config["max_value"] as number | null | undefined) ?? null;
    const { input } = call;
    if (threshold !== 0) return like(input, thresholded(call, input, threshold, slope, max));
    if (slope !== 0) {
      const leaky = call.add("LeakyRelu", [input.name], { alpha: { float: slope } });
      return like(input, max === null ? leaky : call.add("Min", [leaky, call.scalar(max)]));
    }
    if (max === null) return like(input, call.add("Relu", [input.name]));
    return like(input, call.add("Clip", [input.name, call.scalar(0), call.scalar(max)]));
  },

  LeakyReLU: (call) =>
    like(
      call.input,
      call.add("LeakyRelu", [call.input.name], {
        alpha: { float: number(call, ["negative_slope", "alpha"], 0.3) },
      }),
    ),

  ELU: (call) =>
    like(call.input, call.add("Elu", [call.input.name], { alpha: { float: number(call, ["alpha"], 1) } })),

  ThresholdedReLU(call) {
    const { input } = call;
    return like(input, thresholded(call, input, number(call, ["theta"], 1), 0, null));
  },

  Softmax(call) {
    const { input } = call;
    const axis = call.config["axis"] ?? -1;
    if (typeof axis !== "number") return call.unsupported("works along several axes.");
    const inMemory = axisInMemory(input, call.axis(input, axis));
    return like(input, call.add("Softmax", [input.name], { axis: { int: inMemory } }));
  },

  PReLU(call) {
    const input = call.layouts.asInKeras(call.input);
    return like(input, call.add("PRelu", [input.name, call.parameter("alpha").name]));
  },
};

function number(call: LayerCall, names: readonly string[], fallback: number): number {
  for (const name of names) {
    const given = call.config[name];
    if (typeof given === "number") return given;
    if (given !== undefined && given !== null) call.unsupported(`has ${name} ${JSON.stringify(given)}.`);
  }
  return fallback;
}

/** Values up to the threshold go down the slope or to 0; the others stay. */
function thresholded(
  call: LayerCall,
  { name }: Value,
  threshold: number,
  slope: number,
  max: number | null,
): string {
  const above = call.add("Greater", [name, call.scalar(threshold)]);
  const kept = max === null ? name : call.add("Min", [name, call.scalar(max)]);
  const below =
    slope === 0
      ? call.scalar(0)
      : call.add("Mul", [call.add("Sub", [name, call.scalar(threshold)]), call.scalar(slope)]);
  return call.add("Where", [above, kept, below]);
}
