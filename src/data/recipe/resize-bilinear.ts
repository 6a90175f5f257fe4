/**
 * Bilinear resizing of one image with half-pixel centres and no antialiasing: what `tf.image.resize` and Keras's
 * Resizing layer compute. Libraries that shrink by averaging give other pixels, and a base trained on these sees the difference.
 *
 * @param pixels height × width × channels.
 * @param into Where the result is written; without it, into a new array.
 * @returns newHeight × newWidth × channels; `pixels` itself where the size stays.
 */
export function resizeBilinear(
  pixels: Float32Array,
  [height, width, channels]: readonly [number, number, number],
  newHeight: number,
  newWidth: number,
  into?: Float32Array,
): Float32Array {
  if (height === newHeight && width === newWidth) return pixels;
  const rows = sources(height, newHeight);
  const columns = sources(width, newWidth);
  const resized = into ?? new Float32Array(newHeight * newWidth * channels);
  let at = 0;
  for (let y = 0; y < newHeight; y++) {
    const upper = rows.lower[y]! * width;
    const lower = rows.upper[y]! * width;
    const down = rows.share[y]!;
    for (let x = 0; x < newWidth; x++) {
      const left = columns.lower[x]!;
      const right = columns.upper[x]!;
      const across = columns.share[x]!;
      for (let channel = 0; channel < channels; channel++) {
        const topLeft = pixels[(upper + left) * channels + channel]!;
        const topRight = pixels[(upper + right) * channels + channel]!;
        const bottomLeft = pixels[(lower + left) * channels + channel]!;
        const bottomRight = pixels[(lower + right) * channels + channel]!;
        const top = topLeft + (topRight - topLeft) * across;
        const bottom = bottomLeft + (bottomRight - bottomLeft) * across;
        resized[at++] = top + (bottom - top) * down;
      }
    }
  }
  return resized;
}

/** For each new pixel the two old ones it lies between, and how far it is from the first, in float32 as TensorFlow has it. */
function sources(length: number, newLength: number) {
  const scale = Math.fround(length / newLength);
  const lower = new Int32Array(newLength);
  const upper = new Int32Array(newLength);
  const share = new Float32Array(newLength);
  for (let index = 0; index < newLength; index++) {
    const place = Math.fround(Math.fround(Math.fround(index + 0.5) * scale) - 0.5);
    const floor = Math.floor(place);
    lower[index] = Math.max(floor, 0);
    upper[index] = Math.min(Math.ceil(place), length - 1);
    share[index] = place - floor;
  }
  return { lower, upper, share };
}
