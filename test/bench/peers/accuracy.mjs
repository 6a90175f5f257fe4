/**
 * How good networks become that KSpec trains natively, and in Keras: the same rows, layers, optimizer, batches and epochs, test accuracy of
 * ten seeds each.
 *
 * - digits: the head of examples/digits_transfer.kspec.ts on its frozen base, whose features `kspec features` gives to Keras
 * - resnet: residual blocks with batch normalisation, from scratch
 * - lstm: an image read row by row
 * - fine-tuned: MobileNet 0.25 with its published weights at 96×96, first its head, then the base from conv_pw_11 on
 *
 * The last three learn 1,000 images of CIFAR-10 and are tested on 500.
 */
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { printTable } from "../interleaved.mjs";
import { fit, kspec } from "../kspec-process.mjs";
import { assetsFolder } from "../mobilenet-spec.mjs";
import { specs } from "./accuracy-specs.mjs";

export const about = "networks trained natively and in Keras, test accuracy of ten seeds";

/** Means may differ by so many standard errors of their difference. */
const NOISE = 3;

/** @param {{ root: string, python: string, folder: string, quick: boolean }} surroundings */
export function run({ root, python, folder, quick }) {
  const assets = assetsFolder();
  if (assets === undefined) return [];
  const seeds = quick ? 2 : 10;
  mkdirSync(folder, { recursive: true });
  const env = {
    KSPEC_MIRROR: assets,
    KERAS_HOME: path.join(folder, "keras"),
    KSPEC_CACHE: path.join(folder, "cache"),
  };
  const example = path.join(root, "examples/digits_transfer.kspec.ts");
  const features = path.join(folder, "digits.npz");
  kspec(["features", example, "--out", features], env);

  const rows = [];
  const missed = [];
  for (const [name, text] of Object.entries({ digits: readFileSync(example, "utf8"), ...specs(assets) })) {
    const own = [];
    for (let seed = 1; seed <= seeds; seed++) {
      const { accuracy, events } = fit({ text, folder: path.join(folder, name), seed, env });
      const trainer = events.findLast(({ type }) => type === "trainer_chosen").trainer;
      if (trainer.name !== "onnxruntime")
        throw new Error(`${name} is not trained natively: ${trainer.reason}`);
      own.push(accuracy);
    }
    const keras = inKeras(python, [name, name === "digits" ? features : assets, String(seeds)]);
    const noise = Math.sqrt((deviation(own) ** 2 + deviation(keras) ** 2) / seeds);
    const apart = Math.abs(mean(own) - mean(keras));
    if (apart > Math.max(NOISE * noise, 0.01))
      missed.push(`${name}: means are ${(apart * 100).toFixed(1)} points apart, which is no noise`);
    const cell = (all) => `${mean(all).toFixed(3)} ± ${deviation(all).toFixed(3)}`;
    rows.push([name, cell(own), cell(keras), (mean(own) - mean(keras)).toFixed(3), noise.toFixed(3)]);
  }
  printTable(["", "KSpec", "Keras", "difference of the means", "its standard error"], rows);
  console.log(`\nMean ± standard deviation of ${seeds} seeds.`);
  return missed;
}

function inKeras(python, args) {
  const { status, stdout, stderr } = spawnSync(
    python,
    [path.join(import.meta.dirname, "accuracy.py"), ...args],
    {
      encoding: "utf8",
      env: { ...process.env, TF_CPP_MIN_LOG_LEVEL: "3", PYTHONDONTWRITEBYTECODE: "1" },
    },
  );
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout.trim().split("\n").at(-1));
}

const mean = (all) => all.reduce((sum, one) => sum + one, 0) / all.length;
const deviation = (all) =>
  Math.sqrt(all.reduce((sum, one) => sum + (one - mean(all)) ** 2, 0) / (all.length - 1));
