import { kerasClass, type KerasClass } from "../keras-object.ts";
import type { Layer } from "../layer.ts";
import type { Constraint, ConstraintName } from "../constraints.ts";
import type { Initializer, InitializerName } from "../initializers.ts";
import type { Regularizer } from "../regularizers.ts";
import {
  kernelOptions,
  layerOptions,
  type Activation,
  type KernelOptions,
  type LayerOptions,
} from "./layer-options.ts";

export interface DenseOptions extends KernelOptions {
  /** Number of outputs. */
  units: number;
}
export interface ActivationOptions extends LayerOptions {
  /** The function. */
  activation: Activation;
}
export interface DropoutOptions extends LayerOptions {
  /** Share of the values set to zero while training, 0 to 1. */
  rate: number;
  /** Shape of the mask, 1 where one draw is shared along an axis. Default: the shape of the input. */
  noiseShape?: readonly (number | null)[];
  /** Seeds this layer alone. Default: derived from the seed of the run. */
  seed?: number;
}
export interface SpatialDropout1dOptions extends LayerOptions {
  /** Share of the channels set to zero while training, 0 to 1. */
  rate: number;
  /** Seeds this layer alone. Default: derived from the seed of the run. */
  seed?: number;
}
export interface FlattenOptions extends LayerOptions {
  /** Order of the axes of the input. Default "channelsLast". */
  dataFormat?: "channelsLast" | "channelsFirst";
}
export interface ReshapeOptions extends LayerOptions {
  /** Shape of one row; one entry may be null, it takes what is left. */
  targetShape: readonly (number | null)[];
}
export interface PermuteOptions extends LayerOptions {
  /** The axes of one row in their new order, counted from 1: `[2, 1]` swaps two. */
  dims: readonly number[];
}
export interface RepeatVectorOptions extends LayerOptions {
  /** How often. */
  n: number;
}
export interface MaskingOptions extends LayerOptions {
  /** Steps in which all values equal it are passed over by later layers. Default 0. */
  maskValue?: number;
}
export interface EmbeddingOptions extends LayerOptions {
  /** Size of the vocabulary: the largest index plus 1. */
  inputDim: number;
  /** Length of each vector. */
  outputDim: number;
  /** Default "randomUniform". */
  embeddingsInitializer?: Initializer | InitializerName;
  /** Penalty on the vectors. Default: none. */
  embeddingsRegularizer?: Regularizer;
  /** Penalty on the layer's output. Default: none. */
  activityRegularizer?: Regularizer;
  /** Rule for the vectors. Default: none. */
  embeddingsConstraint?: Constraint | ConstraintName;
  /** Index 0 is padding that later layers pass over. Default false. */
  maskZero?: boolean;
  /** Length of the sequences when all have one. */
  inputLength?: number;
}

export interface CoreLayers {
  /**
   * A fully connected layer: activation(input · kernel + bias).
   * `[…, n]` becomes `[…, units]`.
   */
  dense(options: DenseOptions): Layer;
  /** Applies a function to each value; the shape stays. */
  activation(options: ActivationOptions): Layer;
  /** Sets a share of the values to zero while training and scales the others up; does nothing in prediction. */
  dropout(options: DropoutOptions): Layer;
  /** Dropout of whole channels of a sequence: `[steps, channels]` stays. */
  spatialDropout1d(options: SpatialDropout1dOptions): Layer;
  /** Makes one vector of each row: `[height, width, channels]` becomes `[height × width × channels]`. */
  flatten(options?: FlattenOptions): Layer;
  /** Gives each row another shape with as many values. */
  reshape(options: ReshapeOptions): Layer;
  /** Puts the axes of each row in another order. */
  permute(options: PermuteOptions): Layer;
  /** Repeats a vector: `[features]` becomes `[n, features]`. */
  repeatVector(options: RepeatVectorOptions): Layer;
  /** Marks the steps of a sequence that later layers pass over; the shape stays. */
  masking(options?: MaskingOptions): Layer;
  /** Turns whole numbers into learnt vectors: `[steps]` becomes `[steps, outputDim]`. */
  embedding(options: EmbeddingOptions): Layer;
}

export const coreLayers: { readonly [Name in keyof CoreLayers]: KerasClass } = {
  dense: kerasClass<DenseOptions>("Dense", { ...kernelOptions, units: "required" }),
  activation: kerasClass<ActivationOptions>("Activation", { ...layerOptions, activation: "required" }),
  dropout: kerasClass<DropoutOptions>("Dropout", {
    ...layerOptions,
    rate: "required",
    noiseShape: "optional",
    seed: "optional",
  }),
  spatialDropout1d: kerasClass<SpatialDropout1dOptions>("SpatialDropout1D", {
    ...layerOptions,
    rate: "required",
    seed: "optional",
  }),
  flatten: kerasClass<FlattenOptions>("Flatten", { ...layerOptions, dataFormat: "optional" }),
  reshape: kerasClass<ReshapeOptions>("Reshape", { ...layerOptions, targetShape: "required" }),
  permute: kerasClass<PermuteOptions>("Permute", { ...layerOptions, dims: "required" }),
  repeatVector: kerasClass<RepeatVectorOptions>("RepeatVector", { ...layerOptions, n: "required" }),
  masking: kerasClass<MaskingOptions>("Masking", { ...layerOptions, maskValue: "optional" }),
  embedding: kerasClass<EmbeddingOptions>("Embedding", {
    ...layerOptions,
    inputDim: "required",
    outputDim: "required",
    embeddingsInitializer: "optional",
    embeddingsRegularizer: "optional",
    activityRegularizer: "optional",
    embeddingsConstraint: "optional",
    maskZero: "optional",
    inputLength: "optional",
  }),
};
