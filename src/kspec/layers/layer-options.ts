import type { Constraint, ConstraintName } from "../constraints.ts";
import type { Initializer, InitializerName } from "../initializers.ts";
import type { KnownOptions } from "../known-options.ts";
import type { Regularizer } from "../regularizers.ts";

/** What every layer takes. */
export interface LayerOptions {
  /** Name of the layer in the model. Default: the block's name, numbered. */
  name?: string;
  /** False freezes the layer's weights. Default true. */
  trainable?: boolean;
  /** Shape of one row, for the first layer of a `sequential` model. */
  inputShape?: readonly (number | null)[];
  /** Type of the values. Default "float32". */
  dtype?: "float32" | "int32" | "bool";
}

/** Functions that are applied to each value. */
export type Activation =
  | "linear"
  | "relu"
  | "relu6"
  | "elu"
  | "selu"
  | "gelu"
  | "swish"
  | "mish"
  | "sigmoid"
  | "hardSigmoid"
  | "softmax"
  | "logSoftmax"
  | "softplus"
  | "softsign"
  | "tanh";

/** Order of the axes of images: `[height, width, channels]` or `[channels, height, width]`. */
export type DataFormat = "channelsLast" | "channelsFirst";

/** "valid": no padding. "same": zeros around, so that strides of 1 keep the size. */
export type Padding = "valid" | "same";

/** Options of layers with a kernel and a bias. */
export interface KernelOptions extends LayerOptions {
  /** Applied to the output. Default: none. */
  activation?: Activation;
  /** Adds a bias to each output. Default true. */
  useBias?: boolean;
  /** How the kernel is filled before training. */
  kernelInitializer?: Initializer | InitializerName;
  /** Default "zeros". */
  biasInitializer?: Initializer | InitializerName;
  /** Penalty on the kernel. Default: none. */
  kernelRegularizer?: Regularizer;
  /** Penalty on the bias. Default: none. */
  biasRegularizer?: Regularizer;
  /** Penalty on the layer's output. Default: none. */
  activityRegularizer?: Regularizer;
  /** Rule for the kernel. Default: none. */
  kernelConstraint?: Constraint | ConstraintName;
  /** Rule for the bias. Default: none. */
  biasConstraint?: Constraint | ConstraintName;
}

export const layerOptions = {
  name: "optional",
  trainable: "optional",
  inputShape: "optional",
  dtype: "optional",
} as const satisfies KnownOptions<LayerOptions>;

export const kernelOptions = {
  ...layerOptions,
  activation: "optional",
  useBias: "optional",
  kernelInitializer: "optional",
  biasInitializer: "optional",
  kernelRegularizer: "optional",
  biasRegularizer: "optional",
  activityRegularizer: "optional",
  kernelConstraint: "optional",
  biasConstraint: "optional",
} as const satisfies KnownOptions<KernelOptions>;
