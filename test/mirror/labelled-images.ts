import { existsSync, readdirSync } from "node:fs";
import path from "node:path";
import { decodeImage } from "../../src/data/decode-image.ts";
import { uniform } from "../model/applications/formula.ts";

export const CLASSES = [
  "airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck",
] as const; // prettier-ignore
export const SIDE = 32;

/** Images of CIFAR's size, in the archive's order. */
export interface LabelledImages {
  /** Index into the classes. */
  readonly labels: readonly number[];
  /** 3,072 bytes each, channels last. */
  readonly pixels: readonly Uint8Array[];
}

/**
 * The images of CIFAR-10 that lie in `ASSETS/cifar10/SET/CLASS/INDEX.png`, in the order of their indices; undefined where there are none.
 *
 * @throws Error where an index is missing: then the first images would not be CIFAR-10's first.
 */
export async function assetImages(
  assets: string,
  set: "train" | "test",
): Promise<LabelledImages | undefined> {
  const folder = path.join(assets, "cifar10", set);
  if (!existsSync(folder)) return undefined;
  const files = CLASSES.flatMap((name, label) =>
    readdirSync(path.join(folder, name))
      .filter((file) => file.endsWith(".png"))
      .map((file) => ({ index: Number.parseInt(file, 10), label, file: path.join(folder, name, file) })),
  ).sort((a, b) => a.index - b.index);
  const gap = files.findIndex(({ index }, place) => index !== place);
  if (gap >= 0) throw new Error(`${folder} has no image ${gap}.`);
  const pixels: Uint8Array[] = [];
  for (const { file } of files) pixels.push(await decodeImage(file, 3));
  return { labels: files.map(({ label }) => label), pixels };
}

/** Made images, for where no real ones are: waves in a direction and colour of the class, and noise. */
export function madeImages(count: number, set: "train" | "test"): LabelledImages {
  const labels: number[] = [];
  const pixels: Uint8Array[] = [];
  for (let image = 0; image < count; image++) {
    const noise = uniform(`${set}/${image}`, SIDE * SIDE * 3 + 1);
    const label = Math.floor(((noise(SIDE * SIDE * 3) + 1) / 2) * CLASSES.length);
    const values = new Uint8Array(SIDE * SIDE * 3);
    for (let at = 0; at < values.length; at++) {
      const [row, column, channel] = [Math.floor(at / 3 / SIDE), Math.floor(at / 3) % SIDE, at % 3];
      const wave = Math.sin((row * (label % 4) + column * (1 + Math.floor(label / 4))) / 3 + channel * label);
      values[at] = Math.round(128 + 80 * wave + 40 * noise(at));
    }
    labels.push(label);
    pixels.push(values);
  }
  return { labels, pixels };
}
