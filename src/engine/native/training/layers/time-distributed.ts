import { timeDistributedRules } from "../../layers/time-distributed.ts";
import type { LayerRule } from "../../layers/layer-call.ts";
import { noiseRules } from "./noise.ts";

/**
 * Steps become rows of one batch, as in prediction. What draws, or takes statistics of a batch, does so step by step in Keras, which
 * is another thing.
 */
const timeDistributed: LayerRule = (call) => {
  const inside = call.variables!.training ? changing(call.config["layer"]) : undefined;
  if (inside !== undefined) call.unsupported(`applies ${inside} to each step by itself.`);
  return timeDistributedRules["TimeDistributed"]!(call);
};

/** The first class in a configuration that does in training what it does not in prediction. */
function changing(config: unknown): string | undefined {
  if (typeof config !== "object" || config === null) return undefined;
  const { class_name } = config as { class_name?: unknown };
  if (typeof class_name === "string" && (class_name === "BatchNormalization" || class_name in noiseRules))
    return class_name;
  return Object.values(config)
    .map(changing)
    .find((found) => found !== undefined);
}

export const timeDistributedTrainingRules: Readonly<Record<string, LayerRule>> = {
  TimeDistributed: timeDistributed,
};
