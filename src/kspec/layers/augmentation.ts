import { kerasClass, type KerasClass } from "../keras-object.ts";
import type { Layer } from "../layer.ts";
import { layerOptions, type LayerOptions } from "./layer-options.ts";

/** As much to both sides, or the least and the most. */
export type Factor = number | readonly [number, number];

export interface RandomFlipOptions extends LayerOptions {
  /** Default "horizontalAndVertical": in both directions at once. */
  mode?: "horizontal" | "vertical" | "horizontalAndVertical";
}
/** What layers take that move pixels. */
export interface MovingOptions extends LayerOptions {
  /** What comes from outside: the image reflected at its edge, its nearest pixel, or `fillValue`. Default "reflect". */
  fillMode?: "reflect" | "nearest" | "constant";
  /** Of a constant filling. Default 0. */
  fillValue?: number;
  /** Default "bilinear". */
  interpolation?: "bilinear" | "nearest";
}
export interface RandomRotationOptions extends MovingOptions {
  /** Shares of a whole turn: 0.1 is up to 36° to either side. */
  factor: Factor;
}
export interface RandomTranslationOptions extends MovingOptions {
  /** Shares of the height; above 0 down. */
  heightFactor: Factor;
  /** Shares of the width; above 0 to the right. */
  widthFactor: Factor;
}
export interface RandomZoomOptions extends MovingOptions {
  /** Shares of the height; above 0 things become smaller, below 0 larger. */
  heightFactor: Factor;
  /** The same of the width. Default: as the height, which keeps proportions. */
  widthFactor?: Factor;
}
export interface RecolouringOptions extends LayerOptions {
  /** Least and largest value of a pixel. Default [0, 255]. */
  valueRange?: readonly [number, number];
}
export interface RandomContrastOptions extends RecolouringOptions {
  /** Factors of a pixel's distance from its channel's mean lie between 1 and 1 + factor, or 1 − the first and 1 + the second. */
  factor: Factor;
}
export interface RandomBrightnessOptions extends RecolouringOptions {
  /** What is added, as shares of the range of values. */
  factor: Factor;
}

/**
 * Layers that change images while training, each row in its own way, and do nothing in prediction. In front of a frozen base
 * `step_augment` is quicker: its views go through the base once.
 */
export interface AugmentationLayers {
  /** Mirrors half of the images. */
  randomFlip(options?: RandomFlipOptions): Layer;
  /** Turns images about their centres. */
  randomRotation(options: RandomRotationOptions): Layer;
  /** Moves images. */
  randomTranslation(options: RandomTranslationOptions): Layer;
  /** Enlarges or shrinks images about their centres. */
  randomZoom(options: RandomZoomOptions): Layer;
  /** Changes how far pixels are from the mean of their channel. */
  randomContrast(options: RandomContrastOptions): Layer;
  /** Makes images lighter or darker. */
  randomBrightness(options: RandomBrightnessOptions): Layer;
}

const moving = {
  ...layerOptions,
  fillMode: "optional",
  fillValue: "optional",
  interpolation: "optional",
} as const;
const recolouring = { ...layerOptions, valueRange: "optional", factor: "required" } as const;

export const augmentationLayers: { readonly [Name in keyof AugmentationLayers]: KerasClass } = {
  randomFlip: kerasClass<RandomFlipOptions>("RandomFlip", { ...layerOptions, mode: "optional" }),
  randomRotation: kerasClass<RandomRotationOptions>("RandomRotation", { ...moving, factor: "required" }),
  randomTranslation: kerasClass<RandomTranslationOptions>("RandomTranslation", {
    ...moving,
    heightFactor: "required",
    widthFactor: "required",
  }),
  randomZoom: kerasClass<RandomZoomOptions>("RandomZoom", {
    ...moving,
    heightFactor: "required",
    widthFactor: "optional",
  }),
  randomContrast: kerasClass<RandomContrastOptions>("RandomContrast", recolouring),
  randomBrightness: kerasClass<RandomBrightnessOptions>("RandomBrightness", recolouring),
};
