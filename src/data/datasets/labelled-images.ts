import { UserError } from "../../protocol/index.ts";
import type { SubsetOptions } from "../../kspec/description.ts";
import { pixelDigest } from "../fingerprint.ts";
import type { Image, Table } from "../table.ts";

/** Images of one size in one array, with their classes' numbers. */
export interface PackedImages {
  /** Begins the ids of its images: `mnist/train`. */
  readonly id: string;
  readonly height: number;
  readonly width: number;
  readonly channels: 1 | 3;
  /** Of each image, channels last. */
  readonly pixels: Uint8Array;
  readonly labels: ArrayLike<number>;
}

/** A table of columns `image` and `label`. */
export function labelledImages(packed: PackedImages, levels: readonly string[]): Table {
  const { id, height, width, channels, pixels, labels } = packed;
  const size = height * width * channels;
  const images = Array.from({ length: labels.length }, (_, row): Image => {
    const own = () => pixels.subarray(row * size, (row + 1) * size);
    return {
      id: `${id}/${String(row).padStart(5, "0")}`,
      height,
      width,
      channels,
      read: () => Promise.resolve(own()),
      digest: () => Promise.resolve(pixelDigest(own(), [height, width, channels])),
    };
  });
  return {
    rows: labels.length,
    columns: new Map([
      ["image", { kind: "image", images }],
      ["label", { kind: "nominal", levels, codes: Int32Array.from(labels) }],
    ]),
  };
}

/** How many rows are asked of an archive. @throws UserError where it has fewer, or the number is none. */
export function subsetSize(
  dataset: string,
  set: keyof SubsetOptions & string,
  options: SubsetOptions,
  available: number,
): number {
  const asked = options[set] ?? available;
  const least = set === "train" ? 1 : 0;
  if (!Number.isInteger(asked) || asked < least)
    throw new UserError(
      "subset",
      `datasets.${dataset}: ${set} is ${String(asked)}. Give a whole number of images, ${least} or more.`,
    );
  if (asked > available)
    throw new UserError(
      "subset",
      `datasets.${dataset} has ${available} ${set === "train" ? "training" : "test"} images, and ${asked} are asked for. Ask for ${available} or fewer.`,
    );
  return asked;
}
