import type { KerasClass } from "../keras-object.ts";
import { readOptions } from "../known-options.ts";
import { KerasLayer } from "../layer.ts";
import { activationLayers, type ActivationLayers } from "./activations.ts";
import { attentionLayers, type AttentionLayers } from "./attention.ts";
import { augmentationLayers, type AugmentationLayers } from "./augmentation.ts";
import { convolutionalLayers, type ConvolutionalLayers } from "./convolutional.ts";
import { coreLayers, type CoreLayers } from "./core.ts";
import { inputLayers, type InputLayers } from "./input.ts";
import { mergingLayers, type MergingLayers } from "./merging.ts";
import { noiseLayers, type NoiseLayers } from "./noise.ts";
import { normalizationLayers, type NormalizationLayers } from "./normalization.ts";
import { poolingLayers, type PoolingLayers } from "./pooling.ts";
import { preprocessingLayers, type PreprocessingLayers } from "./preprocessing.ts";
import { recurrentLayers, type RecurrentLayers } from "./recurrent.ts";

/** Keras's layers, under the names and options of TensorFlow.js 4.22, and some that it lacks, under names in its manner. */
export interface Layers
  extends
    InputLayers,
    CoreLayers,
    ConvolutionalLayers,
    PoolingLayers,
    NormalizationLayers,
    ActivationLayers,
    MergingLayers,
    NoiseLayers,
    RecurrentLayers,
    AttentionLayers,
    PreprocessingLayers,
    AugmentationLayers {}

type FromTable = Omit<Layers, keyof InputLayers>;

/** Function name → Keras's class and its options. */
const classes: { readonly [Name in keyof FromTable]: KerasClass } = {
  ...coreLayers,
  ...convolutionalLayers,
  ...poolingLayers,
  ...normalizationLayers,
  ...activationLayers,
  ...mergingLayers,
  ...noiseLayers,
  ...recurrentLayers,
  ...attentionLayers,
  ...preprocessingLayers,
  ...augmentationLayers,
};

/**
 * Keras's layers. Each makes a layer that is applied to tensors:
 *
 * ```ts
 * layers.dense({ units: 10, activation: "softmax" }).apply(tensor)
 * ```
 */
export const layers: Layers = Object.freeze({
  ...inputLayers,
  ...(Object.fromEntries(
    Object.entries<KerasClass>(classes).map(([name, { class_name, options, normalise }]) => [
      name,
      (given?: unknown) => new KerasLayer(class_name, read(`layers.${name}`, options, given, normalise)),
    ]),
  ) as unknown as FromTable),
});

function read(
  where: string,
  options: KerasClass["options"],
  given: unknown,
  normalise: KerasClass["normalise"],
): Readonly<Record<string, unknown>> {
  const config = readOptions(where, options, given);
  return normalise === undefined ? config : normalise(config);
}
