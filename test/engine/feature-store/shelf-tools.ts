import { createHash } from "node:crypto";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { onTestFinished } from "vitest";
import type { Shelf } from "../../../src/engine/feature-store/index.ts";

export const KEY = "0123456789abcdef0123456789abcdef";
export const OTHER_KEY = "fedcba9876543210fedcba9876543210";

export function temporaryFolder(): string {
  const folder = fs.mkdtempSync(path.join(fs.realpathSync(os.tmpdir()), "kspec-features-"));
  onTestFinished(() => fs.rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));
  return folder;
}

export function digestOf(image: number | string): string {
  return createHash("sha256").update(String(image)).digest("hex").slice(0, 32);
}

/** Features that can be told from those of any other image: image + 1/2, image + 1/3, … */
export function featuresOf(images: readonly number[], length: number): Float32Array {
  return Float32Array.from(
    { length: images.length * length },
    (_, i) => images[Math.floor(i / length)]! + 1 / (2 + (i % length)),
  );
}

export function numbers(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, i) => from + i);
}

export async function keep(shelf: Shelf, images: readonly number[], length: number): Promise<void> {
  await shelf.write(images.map(digestOf), featuresOf(images, length));
}

/** Reads images; those that are there must have their features. Says which are there. */
export async function look(shelf: Shelf, images: readonly number[], length: number): Promise<number[]> {
  const into = new Float32Array(images.length * length).fill(-1);
  const found = await shelf.read(images.map(digestOf), into);
  for (const [i, image] of images.entries()) {
    if (!found[i]) continue;
    const expected = featuresOf([image], length);
    const actual = into.subarray(i * length, (i + 1) * length);
    if (!actual.every((value, k) => value === expected[k]))
      throw new Error(`The features of image ${image} are not its own.`);
  }
  return images.filter((_, i) => found[i]);
}

/** The files of a shelf with this ending. */
export function filesOf(store: string, ending: string, key = KEY): string[] {
  const folder = path.join(store, key);
  return fs
    .readdirSync(folder)
    .filter((file) => file.endsWith(ending))
    .map((file) => path.join(folder, file));
}
