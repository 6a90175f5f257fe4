import { kerasClass, type KerasClass } from "../keras-object.ts";
import type { Layer } from "../layer.ts";
import { layerOptions, type LayerOptions } from "./layer-options.ts";

export interface RescalingOptions extends LayerOptions {
  /** Factor. */
  scale: number;
  /** Added after it. Default 0. */
  offset?: number;
}
export interface SizeOptions extends LayerOptions {
  /** Height of the result in pixels. */
  height: number;
  /** Width of the result in pixels. */
  width: number;
}
export interface ResizingOptions extends SizeOptions {
  /** Default "bilinear". */
  interpolation?: "bilinear" | "nearest";
  /** Cuts the image to the new proportions first instead of stretching it. Default false. */
  cropToAspectRatio?: boolean;
}
export interface CategoryEncodingOptions extends LayerOptions {
  /** Number of categories. */
  numTokens: number;
  /** One-hot for each value, or for all values together 0/1 or counts. Default "multiHot". */
  outputMode?: "oneHot" | "multiHot" | "count";
}
export interface RandomWidthOptions extends LayerOptions {
  /** Largest relative change, or [lower, upper]: 0.2 is from −20 % to +20 %. */
  factor: number | readonly [number, number];
  /** Default "bilinear". */
  interpolation?: "bilinear" | "nearest";
  /** Seeds this layer alone. Default: derived from the seed of the run. */
  seed?: number;
}

export interface PreprocessingLayers {
  /** value × scale + offset. */
  rescaling(options: RescalingOptions): Layer;
  /** Resizes images: `[h, w, channels]` becomes `[height, width, channels]`. */
  resizing(options: ResizingOptions): Layer;
  /** Cuts the middle out of images: `[h, w, channels]` becomes `[height, width, channels]`. */
  centerCrop(options: SizeOptions): Layer;
  /** Turns category numbers into columns: `[n]` becomes `[numTokens]`. */
  categoryEncoding(options: CategoryEncodingOptions): Layer;
  /** Stretches images to a random width while training. */
  randomWidth(options: RandomWidthOptions): Layer;
}

const size = { ...layerOptions, height: "required", width: "required" } as const;

export const preprocessingLayers: { readonly [Name in keyof PreprocessingLayers]: KerasClass } = {
  rescaling: kerasClass<RescalingOptions>("Rescaling", {
    ...layerOptions,
    scale: "required",
    offset: "optional",
  }),
  resizing: kerasClass<ResizingOptions>("Resizing", {
    ...size,
    interpolation: "optional",
    cropToAspectRatio: "optional",
  }),
  centerCrop: kerasClass<SizeOptions>("CenterCrop", size),
  categoryEncoding: kerasClass<CategoryEncodingOptions>("CategoryEncoding", {
    ...layerOptions,
    numTokens: "required",
    outputMode: "optional",
  }),
  randomWidth: kerasClass<RandomWidthOptions>("RandomWidth", {
    ...layerOptions,
    factor: "required",
    interpolation: "optional",
    seed: "optional",
  }),
};
