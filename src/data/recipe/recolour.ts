import type { Range } from "./draw-view.ts";
import type { ImageShape } from "./working-table.ts";

/**
 * Keras's RandomContrast once its factor is drawn: every pixel's distance from its channel's mean times the factor, then clipped.
 * Changes `pixels`, height × width × channels.
 */
export function changeContrast(
  pixels: Float32Array,
  [, , channels]: ImageShape,
  factor: number,
  [least, most]: Range,
): void {
  for (let channel = 0; channel < channels; channel++) {
    let sum = 0;
    for (let at = channel; at < pixels.length; at += channels) sum += pixels[at]!;
    const mean = sum / (pixels.length / channels);
    for (let at = channel; at < pixels.length; at += channels)
      pixels[at] = Math.min(Math.max((pixels[at]! - mean) * factor + mean, least), most);
  }
}

/**
 * Keras's RandomBrightness once its share is drawn: that share of the range is added to every pixel, then they are clipped. Changes
 * `pixels`.
 */
export function changeBrightness(pixels: Float32Array, share: number, [least, most]: Range): void {
  const added = share * (most - least);
  for (let at = 0; at < pixels.length; at++)
    pixels[at] = Math.min(Math.max(pixels[at]! + added, least), most);
}
