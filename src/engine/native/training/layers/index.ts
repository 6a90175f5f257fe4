import type { LayerRule } from "../../layers/layer-call.ts";
import { augmentationRules } from "./augmentation.ts";
import { noiseRules } from "./noise.ts";
import { normalizationTrainingRules } from "./normalization.ts";
import { recurrentTrainingRules } from "./recurrent.ts";
import { timeDistributedTrainingRules } from "./time-distributed.ts";

/** Keras's class name → how the layer is written while its network is trained, where that is not as in prediction. */
export const trainingRules: ReadonlyMap<string, LayerRule> = new Map(
  Object.entries({
    ...augmentationRules,
    ...normalizationTrainingRules,
    ...noiseRules,
    ...recurrentTrainingRules,
    ...timeDistributedTrainingRules,
  }),
);
