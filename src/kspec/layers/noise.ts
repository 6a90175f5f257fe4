import { kerasClass, type KerasClass } from "../keras-object.ts";
import type { Layer } from "../layer.ts";
import { layerOptions, type DataFormat, type LayerOptions } from "./layer-options.ts";

export interface GaussianNoiseOptions extends LayerOptions {
  /** Standard deviation of the noise. */
  stddev: number;
}
export interface GaussianDropoutOptions extends LayerOptions {
  /** As a dropout rate, 0 to 1: the standard deviation of the factors is √(rate / (1 − rate)). */
  rate: number;
}
export interface AlphaDropoutOptions extends LayerOptions {
  /** Share of the values replaced, 0 to 1. */
  rate: number;
  /** Shape of the mask, 1 where one draw is shared along an axis. Default: the shape of the input. */
  noiseShape?: readonly (number | null)[];
}
export interface SpatialDropoutOptions extends LayerOptions {
  /** Share of the channels set to zero while training, 0 to 1. */
  rate: number;
  /** Order of the axes. Default "channelsLast". */
  dataFormat?: DataFormat;
}
export interface ActivityRegularizationOptions extends LayerOptions {
  /** Factor of the absolute values of what passes. Default 0. */
  l1?: number;
  /** Factor of their squares. Default 0. */
  l2?: number;
}

/** Layers that work while training only. */
export interface NoiseLayers {
  /** Adds normal noise with mean 0. */
  gaussianNoise(options: GaussianNoiseOptions): Layer;
  /** Multiplies by normal noise with mean 1. */
  gaussianDropout(options: GaussianDropoutOptions): Layer;
  /** Dropout that keeps mean and variance, for `selu` networks. */
  alphaDropout(options: AlphaDropoutOptions): Layer;
  /** Dropout of whole channels of images. */
  spatialDropout2d(options: SpatialDropoutOptions): Layer;
  /** Dropout of whole channels of volumes. */
  spatialDropout3d(options: SpatialDropoutOptions): Layer;
  /** Adds a penalty on what passes to the loss; the values stay. */
  activityRegularization(options?: ActivityRegularizationOptions): Layer;
}

const spatialDropout = { ...layerOptions, rate: "required", dataFormat: "optional" } as const;

export const noiseLayers: { readonly [Name in keyof NoiseLayers]: KerasClass } = {
  gaussianNoise: kerasClass<GaussianNoiseOptions>("GaussianNoise", { ...layerOptions, stddev: "required" }),
  gaussianDropout: kerasClass<GaussianDropoutOptions>("GaussianDropout", {
    ...layerOptions,
    rate: "required",
  }),
  alphaDropout: kerasClass<AlphaDropoutOptions>("AlphaDropout", {
    ...layerOptions,
    rate: "required",
    noiseShape: "optional",
  }),
  spatialDropout2d: kerasClass<SpatialDropoutOptions>("SpatialDropout2D", spatialDropout),
  spatialDropout3d: kerasClass<SpatialDropoutOptions>("SpatialDropout3D", spatialDropout),
  activityRegularization: kerasClass<ActivityRegularizationOptions>("ActivityRegularization", {
    ...layerOptions,
    l1: "optional",
    l2: "optional",
  }),
};
