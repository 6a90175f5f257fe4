/**
 * Bilinear resizing of one image with half-pixel centres and no antialiasing: what `tf.image.resize` and Keras's
 * Resizing layer compute. Libraries that shrink by averaging give other pixels, and a base trained on these sees the difference.
 *
 * @param pixels height × width × channels.
 * @param into Where the result is written; without it, into a new array.
 * @returns newHeight × newWidth × channels; `pixels` itself where they are floats and the size stays.
 */
export function resizeBilinear(
  pixels: Float32Array | Uint8Array,
  [height, width, channels]: readonly [number, number, number],
  newHeight: number,
  newWidth: number,
  into?: Float32Array,
): Float32Array {
  if (height === newHeight && width === newWidth) return asFloats(pixels, into);
  const rows = sources(height, newHeight);
  const columns = sources(width, newWidth);
  const resized = into ?? new Float32Array(newHeight * newWidth * channels);
  if (newHeight > height) enlarge(pixels, width, channels, rows, columns, resized);
  else shrink(pixels, width, channels, rows, columns, resized);
  return resized;
}

function asFloats(pixels: Float32Array | Uint8Array, into?: Float32Array): Float32Array {
  if (pixels instanceof Float32Array) return pixels;
  if (into === undefined) return new Float32Array(pixels);
  into.set(pixels);
  return into;
}

/** Each old row is brought to the new width once, because several new rows lie beside it. */
function enlarge(
  pixels: Float32Array | Uint8Array,
  width: number,
  channels: number,
  rows: Sources,
  columns: Sources,
  resized: Float32Array,
): void {
  const length = columns.lower.length * channels;
  let upper = new Float32Array(length);
  let lower = new Float32Array(length);
  let inUpper = -1;
  let inLower = -1;
  for (let y = 0; y < rows.lower.length; y++) {
    const above = rows.lower[y]!;
    const below = rows.upper[y]!;
    if (above === inLower) {
      [upper, lower] = [lower, upper];
      [inUpper, inLower] = [inLower, inUpper];
    }
    if (above !== inUpper) stretch(pixels, above * width, channels, columns, upper);
    if (below !== inLower) stretch(pixels, below * width, channels, columns, lower);
    inUpper = above;
    inLower = below;
    blend(upper, lower, rows.share[y]!, resized, y * length);
  }
}

/** A row between two. It is a function of its own because engines compile it better so than within the loop above. */
function blend(
  upper: Float32Array,
  lower: Float32Array,
  share: number,
  resized: Float32Array,
  at: number,
): void {
  for (let i = 0; i < upper.length; i++) resized[at + i] = upper[i]! + (lower[i]! - upper[i]!) * share;
}

/** Pixel by pixel: most old rows are passed over. */
function shrink(
  pixels: Float32Array | Uint8Array,
  width: number,
  channels: number,
  rows: Sources,
  columns: Sources,
  resized: Float32Array,
): void {
  for (let y = 0, at = 0; y < rows.lower.length; y++) {
    const above = rows.lower[y]! * width;
    const below = rows.upper[y]! * width;
    const down = rows.share[y]!;
    for (let x = 0; x < columns.lower.length; x++) {
      const left = columns.lower[x]! * channels;
      const right = columns.upper[x]! * channels;
      const across = columns.share[x]!;
      for (let channel = 0; channel < channels; channel++) {
        const topLeft = pixels[above * channels + left + channel]!;
        const bottomLeft = pixels[below * channels + left + channel]!;
        const top = topLeft + (pixels[above * channels + right + channel]! - topLeft) * across;
        const bottom = bottomLeft + (pixels[below * channels + right + channel]! - bottomLeft) * across;
        resized[at++] = top + (bottom - top) * down;
      }
    }
  }
}

/** One row, which begins at a pixel's number, at its new width. */
function stretch(
  pixels: Float32Array | Uint8Array,
  start: number,
  channels: number,
  { lower, upper, share }: Sources,
  row: Float32Array,
): void {
  for (let x = 0, at = 0; x < lower.length; x++) {
    let left = (start + lower[x]!) * channels;
    let right = (start + upper[x]!) * channels;
    const across = share[x]!;
    for (let channel = 0; channel < channels; channel++, left++, right++)
      row[at++] = pixels[left]! + (pixels[right]! - pixels[left]!) * across;
  }
}

/** For each new pixel the two old ones it lies between, and how far it is from the first. */
interface Sources {
  readonly lower: Int32Array;
  readonly upper: Int32Array;
  readonly share: Float32Array;
}

/** Those of the last few sizes: a folder's images have few, and all become one. */
const known = new Map<string, Sources>();
const KNOWN = 64;

/** In float32, as TensorFlow has it. */
function sources(length: number, newLength: number): Sources {
  const name = `${length} ${newLength}`;
  const before = known.get(name);
  if (before) return before;
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
  const made = { lower, upper, share };
  if (known.size === KNOWN) known.clear();
  known.set(name, made);
  return made;
}
