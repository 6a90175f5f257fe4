import pMap from "p-map";
import { UserError } from "../../protocol/index.ts";
import type { StreamedColumn } from "../baked.ts";
import { fingerprint } from "../fingerprint.ts";
import type { Image } from "../table.ts";
import { shapeAfter, shapeOf, type PendingImages } from "./working-table.ts";

/**
 * Images as a network's input: decoded and brought through their operations when they are read, and let go of then. All must have
 * one shape after their operations.
 */
export function streamImages({ images, operations }: PendingImages): StreamedColumn {
  const shape = shapeAfter(images[0]!, operations);
  const size = shape[0] * shape[1] * shape[2];
  // The channels are told apart from the operations: a grey file is other pixels where it is read in colour.
  const done = [images[0]!.channels, ...operations.map(({ key }) => key)];
  const among = atOnce(images);

  /** One image's pixels into its place of a chunk. */
  async function readInto(image: Image, place: Float32Array): Promise<void> {
    const bytes = await image.read();
    let now = shapeOf(image);
    if (bytes.length !== now[0] * now[1] * now[2])
      throw new UserError(
        "image-changed",
        `${image.id} is not the size it was when it was listed. Run again when the files no longer change.`,
      );
    // Where no operation changes the size, all of them work in the chunk itself.
    let pixels: Float32Array = bytes.length === size ? place : new Float32Array(bytes.length);
    pixels.set(bytes);
    for (const operation of operations) {
      const next = operation.shape(now);
      const fits = pixels !== place && next[0] * next[1] * next[2] === size;
      pixels = fits ? operation.apply(pixels, now, place) : operation.apply(pixels, now);
      now = next;
    }
    if (pixels !== place) place.set(pixels);
  }

  return {
    kind: "streamed",
    shape,
    views: 1,
    async read(from, to, signal) {
      const values = new Float32Array((to - from) * size);
      await pMap(
        images.slice(from, to),
        (image, at) => readInto(image, values.subarray(at * size, (at + 1) * size)),
        { concurrency: among, ...(signal ? { signal } : {}) },
      );
      return values;
    },
    digests: (from, to, signal) =>
      pMap(images.slice(from, to), async (image) => fingerprint(await image.digest(), done), {
        concurrency: 8,
        ...(signal ? { signal } : {}),
      }),
  };
}

/** Decoded pixels that may wait to be made smaller. */
const DECODED = 128 * 2 ** 20;

/** How many images are decoded at once: fewer where one alone is large. */
function atOnce(images: readonly Image[]): number {
  let largest = 1;
  for (const { height, width, channels } of images) largest = Math.max(largest, height * width * channels);
  return Math.min(8, Math.max(1, Math.floor(DECODED / largest)));
}
