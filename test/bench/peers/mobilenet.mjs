/**
 * How good a head on a frozen MobileNet 0.25 becomes, in KSpec and in Keras: 1,000 training and 500 test images of CIFAR-10 at 96×96,
 * preprocessed to ±1, global average pooling, dense softmax, adam 1e-3, batches of 32, 20 epochs; ten seeds each. Keras computes
 * the base once as well: it is frozen, so the head sees the same features in every epoch.
 */
import { spawnSync } from "node:child_process";
import path from "node:path";
import { printTable } from "../interleaved.mjs";
import { fit, scratchFolder } from "../kspec-process.mjs";
import { assetsFolder, mobilenetSpec } from "../mobilenet-spec.mjs";

export const about = "a head on the real MobileNet 0.25, test accuracy by seed";

/** Means over the seeds may differ by so much. */
const TOLERANCE = 0.015;

/** @param {{ python: string, quick: boolean }} surroundings */
export function run({ python, quick }) {
  const assets = assetsFolder();
  if (assets === undefined) return [];
  const seeds = quick ? 2 : 10;
  const folder = scratchFolder();
  const env = {
    KSPEC_MIRROR: assets,
    KERAS_HOME: path.join(folder, "keras"),
    KSPEC_CACHE: path.join(folder, "cache"),
  };
  const text = mobilenetSpec(
    assets,
    '.step_resize("image", { height: 96, width: 96 }).step_preprocess_input("image", "mobilenet")',
  );
  const own = Array.from({ length: seeds }, (_, i) => fit({ text, folder, seed: i + 1, env }).accuracy);
  const { status, stdout, stderr } = spawnSync(
    python,
    [path.join(import.meta.dirname, "mobilenet_head.py"), assets, String(seeds)],
    { encoding: "utf8", env: { ...process.env, TF_CPP_MIN_LOG_LEVEL: "3", PYTHONDONTWRITEBYTECODE: "1" } },
  );
  if (status !== 0) throw new Error(stderr);
  const keras = JSON.parse(stdout.trim().split("\n").at(-1));
  const cells = (name, all) => [
    name,
    mean(all).toFixed(3),
    deviation(all).toFixed(3),
    all.map((one) => one.toFixed(3)).join(", "),
  ];
  printTable(["", "mean", "standard deviation", "each seed"], [cells("KSpec", own), cells("Keras", keras)]);
  const apart = Math.abs(mean(own) - mean(keras));
  return apart > TOLERANCE ? [`means are ${(apart * 100).toFixed(1)} points apart (goal: 1.5 at most)`] : [];
}

const mean = (all) => all.reduce((sum, one) => sum + one, 0) / all.length;
const deviation = (all) =>
  Math.sqrt(all.reduce((sum, one) => sum + (one - mean(all)) ** 2, 0) / (all.length - 1));
