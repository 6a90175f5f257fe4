import type { LayerRule } from "./layer-call.ts";

/** A vector for each whole number. */
const embedding: LayerRule = (call) => {
  if (call.config["mask_zero"] === true) call.unsupported("masks the index 0 for later layers.");
  const input = call.layouts.asInKeras(call.input);
  const table = call.weight("embeddings");
  const index = call.add("Cast", [input.name], { to: { int: 7 } });
  const name = call.add("Gather", [call.constant("embeddings", table.shape, () => table.values), index]);
  return { name, shape: [...input.shape, table.shape[1]!], channelsFirst: false };
};

export const embeddingRules: Readonly<Record<string, LayerRule>> = { Embedding: embedding };
