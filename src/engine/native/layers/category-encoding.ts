import type { LayerRule } from "./layer-call.ts";

/**
 * Category numbers as columns: `one_hot` for each number, `multi_hot` whether it is there and `count` how often among those of the last
 * axis. A number that is no category, which Keras refuses, has no column.
 */
const categoryEncoding: LayerRule = (call) => {
  const input = call.layouts.asInKeras(call.input);
  const tokens = call.config["num_tokens"] as number;
  const mode = call.config["output_mode"] ?? "multi_hot";
  const among = call.whole("last but one", [-2]);
  const one = input.shape.at(-1) === 1;
  const indices = call.add("Cast", [input.name], { to: { int: 7 } });
  const depth = call.constant("categories", [], () => BigInt64Array.of(BigInt(tokens)));
  const values = call.constant("off and on", [2], () => Float32Array.of(0, 1));
  const hot = call.add("OneHot", [indices, depth, values]);
  const shape = [...input.shape.slice(0, -1), tokens];
  if (mode === "one_hot")
    return one
      ? { name: call.add("Squeeze", [hot, among]), shape, channelsFirst: false }
      : { name: hot, shape: [...input.shape, tokens], channelsFirst: false };
  if (mode !== "multi_hot" && mode !== "count") return call.unsupported(`has output_mode ${String(mode)}.`);
  const reduced = call.add(mode === "count" ? "ReduceSum" : "ReduceMax", [hot, among], {
    keepdims: { int: 0 },
  });
  return { name: reduced, shape, channelsFirst: false };
};

export const categoryEncodingRules: Readonly<Record<string, LayerRule>> = {
  CategoryEncoding: categoryEncoding,
};
