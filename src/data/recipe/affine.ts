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
  const [lastColumn, lastRow, stride] = [width - 1, height - 1, width * channels];
  let at = 0;
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const column = reflected(ax * x + bx * y + cx, lastColumn);
      const row = reflected(ay * x + by * y + cy, lastRow);
      // Neither is negative.
      const left = column | 0;
      const top = row | 0;
      const across = column - left;
      const down = row - top;
      const right = left < lastColumn ? channels : 0;
      const below = top < lastRow ? stride : 0;
      let from = top * stride + left * channels;
      for (let channel = 0; channel < channels; channel++, from++) {
        const topLeft = pixels[from]!;
        const bottomLeft = pixels[from + below]!;
        const upper = topLeft + (pixels[from + right]! - topLeft) * across;
        const lower = bottomLeft + (pixels[from + below + right]! - bottomLeft) * across;
        moved[at++] = upper + (lower - upper) * down;
      }
    }
}

/** A place outside 0…last as the one inside that its reflection shows; between the edge pixel's centre and its rim, the edge pixel. */
function reflected(place: number, last: number): number {
  return place >= 0 && place <= last ? place : fromOutside(place, last);
}

function fromOutside(place: number, last: number): number {
  const length = last + 1;
  const period = 2 * length;
  // Rims lie half a pixel outside the centres of the first and the last pixel.
  const fromRim = (((place + 0.5) % period) + period) % period;
  const inside = (fromRim < length ? fromRim : period - fromRim) - 0.5;
  return Math.min(Math.max(inside, 0), last);
}
