import type { Constraint, ConstraintName } from "../constraints.ts";
import type { Initializer, InitializerName } from "../initializers.ts";
import { kerasClass, type KerasClass } from "../keras-object.ts";
import type { KnownOptions } from "../known-options.ts";
import type { Layer } from "../layer.ts";
import type { Regularizer } from "../regularizers.ts";
import { layerOptions, type LayerOptions } from "./layer-options.ts";

/** What normalising layers with weights take. */
export interface CenterAndScaleOptions extends LayerOptions {
  /** Added to the variance, against division by zero. Default 0.001. */
  epsilon?: number;
  /** Adds a learnt offset (beta). Default true. */
  center?: boolean;
  /** Multiplies by a learnt factor (gamma). Default true. */
  scale?: boolean;
  /** Default "zeros". */
  betaInitializer?: Initializer | InitializerName;
  /** Default "ones". */
  gammaInitializer?: Initializer | InitializerName;
  /** Penalty on the offsets. Default: none. */
  betaRegularizer?: Regularizer;
  /** Penalty on the factors. Default: none. */
  gammaRegularizer?: Regularizer;
}
export interface BatchNormalizationOptions extends CenterAndScaleOptions {
  /** The axis of the channels. Default −1, the last. */
  axis?: number;
  /** How slowly the moving mean and variance follow the batches. Default 0.99. */
  momentum?: number;
  /** Default "zeros". */
  movingMeanInitializer?: Initializer | InitializerName;
  /** Default "ones". */
  movingVarianceInitializer?: Initializer | InitializerName;
  /** Rule for the offsets. Default: none. */
  betaConstraint?: Constraint | ConstraintName;
  /** Rule for the factors. Default: none. */
  gammaConstraint?: Constraint | ConstraintName;
}
export interface LayerNormalizationOptions extends CenterAndScaleOptions {
  /** The axis or axes that are brought to mean 0 and variance 1. Default −1, the last. */
  axis?: number | readonly number[];
}
export interface GroupNormalizationOptions extends CenterAndScaleOptions {
  /** Number of groups of channels, each with statistics of its own; −1: one for each channel. Default 32. */
  groups?: number;
  /** The axis of the channels. Default −1, the last. */
  axis?: number;
  /** Rule for the offsets. Default: none. */
  betaConstraint?: Constraint | ConstraintName;
  /** Rule for the factors. Default: none. */
  gammaConstraint?: Constraint | ConstraintName;
}
export interface UnitNormalizationOptions extends LayerOptions {
  /** The axis or axes along which vectors get the length 1. Default −1, the last. */
  axis?: number | readonly number[];
}

export interface NormalizationLayers {
  /**
   * Brings each channel to mean 0 and variance 1: over the batch while training, by moving averages in
   * prediction and when the layer is frozen. The shape stays.
   */
  batchNormalization(options?: BatchNormalizationOptions): Layer;
  /** Brings each row to mean 0 and variance 1 along `axis`. The shape stays. */
  layerNormalization(options?: LayerNormalizationOptions): Layer;
  /** Brings each group of channels of each row to mean 0 and variance 1, whatever the batch. The shape stays. */
  groupNormalization(options?: GroupNormalizationOptions): Layer;
  /** Divides vectors by their length. The shape stays. */
  unitNormalization(options?: UnitNormalizationOptions): Layer;
}

const centerAndScale = {
  ...layerOptions,
  axis: "optional",
  epsilon: "optional",
  center: "optional",
  scale: "optional",
  betaInitializer: "optional",
  gammaInitializer: "optional",
  betaRegularizer: "optional",
  gammaRegularizer: "optional",
} as const satisfies KnownOptions<LayerNormalizationOptions>;

export const normalizationLayers: { readonly [Name in keyof NormalizationLayers]: KerasClass } = {
  batchNormalization: kerasClass<BatchNormalizationOptions>("BatchNormalization", {
    ...centerAndScale,
    momentum: "optional",
    movingMeanInitializer: "optional",
    movingVarianceInitializer: "optional",
    betaConstraint: "optional",
    gammaConstraint: "optional",
  }),
  layerNormalization: kerasClass<LayerNormalizationOptions>("LayerNormalization", centerAndScale),
  groupNormalization: kerasClass<GroupNormalizationOptions>("GroupNormalization", {
    ...centerAndScale,
    groups: "optional",
    betaConstraint: "optional",
    gammaConstraint: "optional",
  }),
  unitNormalization: kerasClass<UnitNormalizationOptions>("UnitNormalization", {
    ...layerOptions,
    axis: "optional",
  }),
};
