/**
 * From which size on the weights of a pretrained base are of use: test accuracy of a new head on a frozen MobileNet 0.25, from 1,000
 * images of CIFAR-10 that are resized and preprocessed as it was trained. `worksFrom` in `src/spec/trained-with.ts`, which the warning
 * "images-too-small" goes by, is read off this.
 */
import path from "node:path";
import { median, printTable } from "./interleaved.mjs";
import { fit, scratchFolder } from "./kspec-process.mjs";
import { assetsFolder, mobilenetSpec } from "./mobilenet-spec.mjs";

const SEEDS = Number(process.env.KSPEC_BENCH_SEEDS ?? 5);
const SIZES = [32, 48, 64, 80, 96, 128, 160];

const assets = assetsFolder();
if (assets !== undefined) {
  const folder = scratchFolder();
  const env = {
    KSPEC_MIRROR: assets,
    KERAS_HOME: path.join(folder, "keras"),
    KSPEC_CACHE: path.join(folder, "cache"),
  };
  const rows = SIZES.map((size) => {
    const steps = `.step_resize("image", { height: ${size}, width: ${size} }).step_preprocess_input("mobilenet")`;
    const text = mobilenetSpec(assets, steps);
    const accuracies = Array.from(
      { length: SEEDS },
      (_, i) => fit({ text, folder, seed: i + 1, env }).accuracy,
    );
    const map = Math.ceil(size / 32);
    const each = accuracies.map((one) => one.toFixed(3)).toSorted();
    return [`${size}×${size}`, `${map}×${map}`, median(accuracies).toFixed(3), `${each[0]}–${each.at(-1)}`];
  });
  console.log(`MobileNet 0.25, frozen, new head; test accuracy over ${SEEDS} seeds\n`);
  printTable(["images", "last map", "median", "range"], rows);
}
