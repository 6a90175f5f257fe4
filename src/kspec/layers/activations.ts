import type { Constraint, ConstraintName } from "../constraints.ts";
import type { Initializer, InitializerName } from "../initializers.ts";
import { kerasClass, type KerasClass } from "../keras-object.ts";
import type { Layer } from "../layer.ts";
import type { Regularizer } from "../regularizers.ts";
import { layerOptions, type LayerOptions } from "./layer-options.ts";

export interface ReluOptions extends LayerOptions {
  /** Larger values are cut to it. Default: no limit. */
  maxValue?: number;
}
export interface LeakyReluOptions extends LayerOptions {
  /** Slope for negative values. Default 0.3. */
  alpha?: number;
}
export interface PreluOptions extends LayerOptions {
  /** Default "zeros". */
  alphaInitializer?: Initializer | InitializerName;
  /** Penalty on the slopes. Default: none. */
  alphaRegularizer?: Regularizer;
  /** Rule for the slopes. Default: none. */
  alphaConstraint?: Constraint | ConstraintName;
  /** Axes along which one slope is shared, counted from 1: `[1, 2]` is one a channel of an image. */
  sharedAxes?: number | readonly number[];
}
export interface EluOptions extends LayerOptions {
  /** What large negative values come to, with a minus. TensorFlow.js supports 1 only. Default 1. */
  alpha?: number;
}
export interface ThresholdedReluOptions extends LayerOptions {
  /** Values up to it become 0. Default 1. */
  theta?: number;
}
export interface SoftmaxOptions extends LayerOptions {
  /** The axis that adds up to 1. Default −1, the last. */
  axis?: number;
}

export interface ActivationLayers {
  /** max(0, x), each value by itself. */
  reLU(options?: ReluOptions): Layer;
  /** x, and alpha × x where x is negative. */
  leakyReLU(options?: LeakyReluOptions): Layer;
  /** Leaky ReLU with slopes that are learnt. */
  prelu(options?: PreluOptions): Layer;
  /** x, and alpha × (eˣ − 1) where x is negative. */
  elu(options?: EluOptions): Layer;
  /** x where it is larger than theta, else 0. */
  thresholdedReLU(options?: ThresholdedReluOptions): Layer;
  /** Positive values that add up to 1 along an axis. */
  softmax(options?: SoftmaxOptions): Layer;
}

export const activationLayers: { readonly [Name in keyof ActivationLayers]: KerasClass } = {
  reLU: kerasClass<ReluOptions>("ReLU", { ...layerOptions, maxValue: "optional" }),
  leakyReLU: kerasClass<LeakyReluOptions>("LeakyReLU", { ...layerOptions, alpha: "optional" }),
  prelu: kerasClass<PreluOptions>("PReLU", {
    ...layerOptions,
    alphaInitializer: "optional",
    alphaRegularizer: "optional",
    alphaConstraint: "optional",
    sharedAxes: "optional",
  }),
  elu: kerasClass<EluOptions>("ELU", { ...layerOptions, alpha: "optional" }),
  thresholdedReLU: kerasClass<ThresholdedReluOptions>("ThresholdedReLU", {
    ...layerOptions,
    theta: "optional",
  }),
  softmax: kerasClass<SoftmaxOptions>("Softmax", { ...layerOptions, axis: "optional" }),
};
