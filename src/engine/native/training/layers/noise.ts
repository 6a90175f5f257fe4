import { noiseOf, type NoiseOptions } from "../../../noise.ts";
import { like, type LayerCall, type LayerRule } from "../../layers/layer-call.ts";

/** Dropouts and noises: what is drawn comes from outside of the graph. */
const noise: LayerRule = (call) => {
  const { input, variables } = call;
  if (variables?.training !== true) return input;
  const found = noiseOf(call.class_name, call.config as NoiseOptions);
  if (found === undefined) return input;
  const [rows, ...shape] = found.shape([null, ...input.shape]);
  if (shape.length !== input.shape.length)
    call.unsupported("draws noise that has other axes than its input.");
  if (shape.includes(null)) call.unsupported("is applied to a tensor of any extent.");
  if (rows !== null && rows !== 1) call.unsupported(`draws noise for batches of ${rows} rows.`);
  const drawn = variables.draw(call.name, found.draws, shape as number[]);
  const forBatch = rows === 1 ? firstRow(call, drawn) : drawn;
  return like(input, found.apply(variables.math, input.name, inLayout(call, forBatch, shape as number[])));
};

/** One drawing for all rows: the numbers that the first would have. */
function firstRow(call: LayerCall, drawn: string): string {
  return call.add("Slice", [drawn, call.whole("first", [0]), call.whole("end", [1])]);
}

/** What was drawn, with its axes as those of the input lie in memory. */
function inLayout(call: LayerCall, drawn: string, shape: readonly number[]): string {
  if (!call.input.channelsFirst) return drawn;
  const places = shape.slice(0, -1);
  if (places.some((extent) => extent !== 1))
    return call.layouts.channelsFirst({ name: drawn, shape, channelsFirst: false }).name;
  // The same numbers in the same order.
  return call.add("Reshape", [drawn, call.whole("channels", [-1, shape.at(-1)!, ...places])]);
}

export const noiseRules: Readonly<Record<string, LayerRule>> = Object.fromEntries(
  [
    ...["Dropout", "SpatialDropout1D", "SpatialDropout2D", "SpatialDropout3D"],
    ...["GaussianNoise", "GaussianDropout", "AlphaDropout"],
  ].map((class_name) => [class_name, noise]),
);
