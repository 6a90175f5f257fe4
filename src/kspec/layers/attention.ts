import { kerasClass, type KerasClass } from "../keras-object.ts";
import type { Layer } from "../layer.ts";
import type { Constraint, ConstraintName } from "../constraints.ts";
import type { Initializer, InitializerName } from "../initializers.ts";
import type { Regularizer } from "../regularizers.ts";
import { layerOptions, type LayerOptions } from "./layer-options.ts";

/** What all attention takes. */
export interface AttentionLayerOptions extends LayerOptions {
  /** Share of the weights set to zero while training, 0 to 1. Default 0. */
  dropout?: number;
  /** No step looks at those behind it. Keras takes this where the layer is applied. Default false. */
  useCausalMask?: boolean;
}
export interface MultiHeadAttentionOptions extends AttentionLayerOptions {
  /** Number of heads, each of which looks in its own way. */
  numHeads: number;
  /** Size of each head's queries and keys. */
  keyDim: number;
  /** Size of each head's values. Default: `keyDim`. */
  valueDim?: number;
  /** Width of the result. Default: that of the query. */
  outputShape?: number;
  /** Adds a bias behind each of the four products. Default true. */
  useBias?: boolean;
  /** How the four kernels are filled before training. Default "glorotUniform". */
  kernelInitializer?: Initializer | InitializerName;
  /** Default "zeros". */
  biasInitializer?: Initializer | InitializerName;
  /** Penalty on the kernels. Default: none. */
  kernelRegularizer?: Regularizer;
  /** Penalty on the biases. Default: none. */
  biasRegularizer?: Regularizer;
  /** Rule for the kernels. Default: none. */
  kernelConstraint?: Constraint | ConstraintName;
  /** Rule for the biases. Default: none. */
  biasConstraint?: Constraint | ConstraintName;
}
export interface AttentionOptions extends AttentionLayerOptions {
  /** Multiplies the scores by a learnt number. Default false. */
  useScale?: boolean;
  /** "dot": products of query and key. "concat": a tanh of their sum. Default "dot". */
  scoreMode?: "dot" | "concat";
}
export interface AdditiveAttentionOptions extends AttentionLayerOptions {
  /** Multiplies the terms of each score by learnt numbers. Default true. */
  useScale?: boolean;
}

/**
 * Layers in which each step of a sequence reads the steps of another: `apply([query, value])`, or `apply([query, value, key])` where the
 * steps are found by something else than what they give. Self-attention is `apply([x, x])`.
 */
export interface AttentionLayers {
  /** Attention with several heads: `[steps, width]` stays, or becomes `[steps, outputShape]`. */
  multiHeadAttention(options: MultiHeadAttentionOptions): Layer;
  /** Attention by products, without weights: `[steps, n]` and `[others, m]` become `[steps, m]`. */
  attention(options?: AttentionOptions): Layer;
  /** Attention by a tanh of sums: `[steps, n]` and `[others, n]` become `[steps, n]`. */
  additiveAttention(options?: AdditiveAttentionOptions): Layer;
}

const attentionOptions = { ...layerOptions, dropout: "optional", useCausalMask: "optional" } as const;

export const attentionLayers: { readonly [Name in keyof AttentionLayers]: KerasClass } = {
  multiHeadAttention: kerasClass<MultiHeadAttentionOptions>("MultiHeadAttention", {
    ...attentionOptions,
    numHeads: "required",
    keyDim: "required",
    valueDim: "optional",
    outputShape: "optional",
    useBias: "optional",
    kernelInitializer: "optional",
    biasInitializer: "optional",
    kernelRegularizer: "optional",
    biasRegularizer: "optional",
    kernelConstraint: "optional",
    biasConstraint: "optional",
  }),
  attention: kerasClass<AttentionOptions>("Attention", {
    ...attentionOptions,
    useScale: "optional",
    scoreMode: "optional",
  }),
  additiveAttention: kerasClass<AdditiveAttentionOptions>("AdditiveAttention", {
    ...attentionOptions,
    useScale: "optional",
  }),
};
