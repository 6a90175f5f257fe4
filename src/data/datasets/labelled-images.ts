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
  const { labels } = packed;
  const images = Array.from({ length: labels.length }, (_, row) => new PackedImage(packed, row));
  return {
    rows: labels.length,
    columns: new Map([
      ["image", { kind: "image", images }],
      ["label", { kind: "nominal", levels, codes: Int32Array.from(labels) }],
    ]),
  };
}

/** One of them: MNIST has 70,000, so each holds no more than where its pixels are. */
class PackedImage implements Image {
  readonly id: string;
  readonly height: number;
  readonly width: number;
  readonly channels: 1 | 3;
  readonly #pixels: Uint8Array;
  readonly #row: number;

  constructor({ id, height, width, channels, pixels }: PackedImages, row: number) {
    this.id = `${id}/${String(row).padStart(5, "0")}`;
    this.height = height;
    this.width = width;
    this.channels = channels;
    this.#pixels = pixels;
    this.#row = row;
  }

  read(): Promise<Uint8Array> {
    return Promise.resolve(this.#own());
  }

  digest(): Promise<string> {
    return Promise.resolve(pixelDigest(this.#own(), [this.height, this.width, this.channels]));
  }

  #own(): Uint8Array {
    const size = this.height * this.width * this.channels;
    return this.#pixels.subarray(this.#row * size, (this.#row + 1) * size);
  }
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
