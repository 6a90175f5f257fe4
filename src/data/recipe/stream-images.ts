import pMap from "p-map";
import { UserError } from "../../protocol/index.ts";
import type { StreamedColumn } from "../baked.ts";
import { fingerprint } from "../fingerprint.ts";
import type { Image } from "../table.ts";
import { shapeAfter, shapeOf, type PendingImages } from "./working-table.ts";

/** Another number once the pixels of a same file come out otherwise: what is kept under their digests is then made anew. */
const DECODING = 1;

/**
 * Images as a network's input: decoded and brought through their operations when they are read, and let go of then. All must have
 * one shape after their operations.
 */
export function streamImages({ images, operations }: PendingImages): StreamedColumn {
  const shape = shapeAfter(images[0]!, operations);
  const size = shape[0] * shape[1] * shape[2];
  const random = operations.find((operation) => operation.views !== undefined);
  const views = random?.views ?? 1;
  // The channels are told apart from the operations: a grey file is other pixels where it is read in colour.
  const done = [DECODING, images[0]!.channels, ...operations.map(({ key }) => key)];
  const among = atOnce(images);

  /** Some of an image's entries into their places of a chunk; it is decoded once for all of them. */
  async function readInto(image: Image, first: number, count: number, places: Float32Array): Promise<void> {
    const bytes = await image.read();
    const { height, width, channels } = image;
    if (bytes.length !== height * width * channels)
      throw new UserError(
        "image-changed",
        `${image.id} is not the size it was when it was listed. Run again when the files no longer change.`,
      );
    const digest = random && (await image.digest());
    for (let view = 0; view < count; view++) {
      const place = places.subarray(view * size, (view + 1) * size);
      bring(bytes, image, place, `${digest} ${first + view}`);
    }
  }

  /** Where sizes allow it, operations work in the chunk itself. */
  function bring(bytes: Uint8Array, image: Image, place: Float32Array, variant: string): void {
    let pixels: Float32Array | Uint8Array = bytes;
    let now = shapeOf(image);
    for (const operation of operations) {
      const next = operation.shape(now);
      const into = next[0] * next[1] * next[2] === size ? place : undefined;
      if (pixels instanceof Uint8Array && operation.applyToBytes)
        pixels = operation.applyToBytes(pixels, now, into);
      else {
        const whole: Float32Array = pixels instanceof Uint8Array ? floats(pixels, place) : pixels;
        pixels = operation.apply(whole, now, whole === place ? undefined : into, variant);
      }
      now = next;
    }
    if (pixels !== place) place.set(pixels);
  }

  return {
    kind: "streamed",
    shape,
    views,
    async read(from, to, signal) {
      const values = new Float32Array((to - from) * size);
      const firstRow = Math.floor(from / views);
      await pMap(
        images.slice(firstRow, Math.ceil(to / views)),
        (image, at) => {
          const own = (firstRow + at) * views;
          const start = Math.max(from, own);
          const end = Math.min(to, own + views);
          const places = values.subarray((start - from) * size, (end - from) * size);
          return readInto(image, start - own, end - start, places);
        },
        { concurrency: among, ...(signal ? { signal } : {}) },
      );
      return values;
    },
    async digests(from, to, signal) {
      const firstRow = Math.floor(from / views);
      const ofImages = await pMap(images.slice(firstRow, Math.ceil(to / views)), (image) => image.digest(), {
        concurrency: 8,
        ...(signal ? { signal } : {}),
      });
      return Array.from({ length: to - from }, (_, at) => {
        const entry = from + at;
        const digest = ofImages[Math.floor(entry / views) - firstRow]!;
        return random ? fingerprint(digest, done, String(entry % views)) : fingerprint(digest, done);
      });
    },
    ...(random
      ? {
          plain: streamImages({
            kind: "image",
            images,
            operations: operations.filter((one) => one !== random),
          }),
        }
      : {}),
  };
}

/** In the place, where they have the size of what will be there in the end. */
function floats(bytes: Uint8Array, place: Float32Array): Float32Array {
  if (bytes.length !== place.length) return new Float32Array(bytes);
  place.set(bytes);
  return place;
}

/** Decoded pixels that may wait to be made smaller. */
const DECODED = 128 * 2 ** 20;

/** How many images are decoded at once: fewer where one alone is large. */
function atOnce(images: readonly Image[]): number {
  let largest = 1;
  for (const { height, width, channels } of images) largest = Math.max(largest, height * width * channels);
  return Math.min(8, Math.max(1, Math.floor(DECODED / largest)));
}
