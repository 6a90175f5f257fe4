import { cpSync, existsSync, mkdirSync, readdirSync } from "node:fs";
import path from "node:path";

/** Real images and weights, which are no part of the project; `KSPEC_TEST_ASSETS` says where they are. */
export const ASSETS = path.resolve(
  import.meta.dirname,
  "../..",
  process.env["KSPEC_TEST_ASSETS"] ?? "../shared/assets",
);

/** Whether they are there: weights of MobileNet, laid out like a Keras cache, and images of CIFAR-10 in class folders. */
export const HAS_ASSETS = existsSync(path.join(ASSETS, "models")) && existsSync(path.join(ASSETS, "cifar10"));

export const NO_ASSETS = `There are no test assets in ${ASSETS} (KSPEC_TEST_ASSETS).`;

/**
 * Copies images of CIFAR-10 into a folder, in folders of their classes.
 *
 * @param from how many images of the set are left out before the first one.
 * @param count how many are copied, in the set's own order, so that the classes are mixed.
 */
export function copyPhotos(set: "train" | "test", to: string, from: number, count: number): void {
  const source = path.join(ASSETS, "cifar10", set);
  const images = readdirSync(source)
    .flatMap((label) => readdirSync(path.join(source, label)).map((file) => ({ label, file })))
    .sort((a, b) => a.file.localeCompare(b.file));
  for (const { label, file } of images.slice(from, from + count)) {
    mkdirSync(path.join(to, label), { recursive: true });
    cpSync(path.join(source, label, file), path.join(to, label, file));
  }
}
