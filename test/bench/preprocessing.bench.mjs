/**
 * What a pretrained base loses when it is fed other images than it was trained with: test accuracy of a new head on a frozen MobileNet 0.25, from
 * 1,000 images of CIFAR-10, by size and preprocessing; ten seeds. The warnings "preprocessing-mismatch" and "images-too-small", and their
 * quick fixes, are about this.
 */
import path from "node:path";
import { median, printTable } from "./interleaved.mjs";
import { fit, scratchFolder } from "./kspec-process.mjs";
import { assetsFolder, mobilenetSpec } from "./mobilenet-spec.mjs";

const SEEDS = Number(process.env.KSPEC_BENCH_SEEDS ?? 10);
const RESCALE = '.step_rescale("image", { scale: 1 / 255 })';
const RESIZE = '.step_resize("image", { height: 96, width: 96 })';
const PREPROCESS = '.step_preprocess_input("image", "mobilenet")';
const WAYS = {
  "32×32, divided by 255": RESCALE,
  "32×32, as it was trained": PREPROCESS,
  "96×96, divided by 255": RESIZE + RESCALE,
  "96×96, as it was trained": RESIZE + PREPROCESS,
};

const assets = assetsFolder();
if (assets !== undefined) {
  const folder = scratchFolder();
  const env = {
    KSPEC_MIRROR: assets,
    KERAS_HOME: path.join(folder, "keras"),
    KSPEC_CACHE: path.join(folder, "cache"),
  };
  const rows = Object.entries(WAYS).map(([name, steps]) => {
    const accuracies = Array.from(
      { length: SEEDS },
      (_, i) => fit({ text: mobilenetSpec(assets, steps), folder, seed: i + 1, env }).accuracy,
    );
    const each = accuracies.map((one) => one.toFixed(3));
    return [name, median(accuracies).toFixed(3), `${each.toSorted()[0]}–${each.toSorted().at(-1)}`];
  });
  console.log(`MobileNet 0.25, frozen, new head; test accuracy over ${SEEDS} seeds\n`);
  printTable(["images", "median", "least and most"], rows);
}
