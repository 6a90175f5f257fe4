import { activationRules } from "./activations.ts";
import { attentionRules } from "./attention.ts";
import { categoryEncodingRules } from "./category-encoding.ts";
import { convolutionRules } from "./convolution.ts";
import { denseRules } from "./dense.ts";
import { edgeRules } from "./edges.ts";
import { embeddingRules } from "./embedding.ts";
import { identityRules } from "./identity.ts";
import type { LayerRule } from "./layer-call.ts";
import { maskRules } from "./masks.ts";
import { mergingRules } from "./merging.ts";
import { normalizationRules } from "./normalization.ts";
import { onnxModelRules } from "./onnx-model.ts";
import { poolingRules } from "./pooling.ts";
import { recurrentRules } from "./recurrent.ts";
import { rescalingRules } from "./rescaling.ts";
import { resizingRules } from "./resizing.ts";
import { shapeRules } from "./shape.ts";
import { timeDistributedRules } from "./time-distributed.ts";
import { transposedConvolutionRules } from "./transposed-convolution.ts";

/** Keras's class name → how the layer is written in ONNX. */
export const layerRules: ReadonlyMap<string, LayerRule> = new Map(
  Object.entries({
    ...denseRules,
    ...convolutionRules,
    ...transposedConvolutionRules,
    ...poolingRules,
    ...normalizationRules,
    ...activationRules,
    ...mergingRules,
    ...shapeRules,
    ...edgeRules,
    ...resizingRules,
    ...rescalingRules,
    ...embeddingRules,
    ...categoryEncodingRules,
    ...recurrentRules,
    ...attentionRules,
    ...timeDistributedRules,
    ...maskRules,
    ...identityRules,
    ...onnxModelRules,
  }),
);
