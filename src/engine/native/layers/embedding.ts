import type { Value } from "../value.ts";
import type { LayerRule } from "./layer-call.ts";

/** A vector for each whole number; with `mask_zero` later layers pass over the steps that are 0. */
const embedding: LayerRule = (call) => {
  const input = call.layouts.asInKeras(call.input);
  const table = call.parameter("embeddings");
  const index = call.add("Cast", [input.name], { to: { int: 7 } });
  const name = call.add("Gather", [table.name, index]);
  const output: Value = { name, shape: [...input.shape, table.shape[1]!], channelsFirst: false };
  if (call.config["mask_zero"] !== true) return output;
  return {
    ...output,
    mask: call.add("Cast", [call.add("Cast", [index], { to: { int: 9 } })], { to: { int: 1 } }),
  };
};

export const embeddingRules: Readonly<Record<string, LayerRule>> = { Embedding: embedding };
