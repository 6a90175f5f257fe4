/**
 * Where the pixel at column x and row y of the result comes from: column `ax·x + bx·y + cx`, row `ay·x + by·y + cy`, pixels'
 * centres at whole numbers. The same six numbers as in Keras's `ops.image.affine_transform`.
 */
export type Affine = readonly [ax: number, bx: number, cx: number, ay: number, by: number, cy: number];

export const IDENTITY: Affine = [1, 0, 0, 0, 1, 0];

/** First `outer` on the image, then `inner` on what it gives: where a pixel comes from is asked in the other order. */
export function compose(outer: Affine, inner: Affine): Affine {
  const [a, b, c, d, e, f] = outer;
  const [p, q, r, s, t, u] = inner;
  return [a * p + b * s, a * q + b * t, a * r + b * u + c, d * p + e * s, d * q + e * t, d * r + e * u + f];
}

/**
 * Moves an image's pixels, bilinear between four of them. What comes from outside is reflected at the edge (`dcba|abcd|dcba`), as
 * TensorFlow's ImageProjectiveTransformV3 and so Keras's random layers fill by default.
 *
 * @param pixels height × width × channels.
 * @param moved As many, not overlapping.
 */
export function moveBilinear(
  pixels: Float32Array,
  [height, width, channels]: readonly [number, number, number],
  [ax, bx, cx, ay, by, cy]: Affine,
  moved: Float32Array,
): void {
  let at = 0;
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const column = reflected(ax * x + bx * y + cx, width);
      const row = reflected(ay * x + by * y + cy, height);
      const left = Math.floor(column);
      const top = Math.floor(row);
      const across = column - left;
      const down = row - top;
      const right = left + 1 < width ? channels : 0;
      const below = top + 1 < height ? width * channels : 0;
      const corner = (top * width + left) * channels;
      for (let from = corner; from < corner + channels; from++) {
        const upper = pixels[from]! + (pixels[from + right]! - pixels[from]!) * across;
        const lower =
          pixels[from + below]! + (pixels[from + below + right]! - pixels[from + below]!) * across;
        moved[at++] = upper + (lower - upper) * down;
      }
    }
}

/** A place outside as the one inside that its reflection shows; between the edge pixel's centre and its rim, the edge pixel. */
function reflected(place: number, length: number): number {
  if (place >= 0 && place <= length - 1) return place;
  const period = 2 * length;
  // Rims lie half a pixel outside the centres of the first and the last pixel.
  const fromRim = (((place + 0.5) % period) + period) % period;
  const inside = (fromRim < length ? fromRim : period - fromRim) - 0.5;
  return Math.min(Math.max(inside, 0), length - 1);
}
