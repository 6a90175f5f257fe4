/**
 * A grid over the seed's job as whole processes: 30 learning rates on 5 folds of 500 images of CIFAR-10 at 32×32, a frozen ResNet50, flatten,
 * dense softmax, 5 epochs: 150 fits. `kspec tune` with one and with two processes, nothing in its cache and with features there, beside
 * two Keras scripts: the naive loop, which builds and fits the whole model for each candidate and fold, and the careful one, which computes
 * the base's features once and fits bare heads on them. Of the naive loop three fits are measured and the rest is extrapolated: what it does
 * before its first fit, and 150 times the median fit. Its fits get no slower here than they begin, which is in its favour.
 */
import { spawnSync } from "node:child_process";
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { median, printTable } from "../interleaved.mjs";
import { scratchFolder, tune } from "../kspec-process.mjs";

export const about = "30 candidates on 5 folds of the seed's job, whole processes";

const CANDIDATES = 30;
const FOLDS = 5;
const EXTRAPOLATED_FROM = 3;
const rates = Array.from({ length: CANDIDATES }, (_, i) =>
  Number((10 ** (-4 + (3 * i) / 29)).toPrecision(6)),
);

const SPEC = `
import { applications, create_keras_functional_spec, datasets, inp_spec, layers, metric_set, recipe, tune, tune_grid, vfold_cv, workflow,
  type Block, type InputBlock } from "kspec";
const input_block = ({ input_shape }: InputBlock) => layers.input({ shape: input_shape });
const resnet_base_block = ({ tensor }: Block) => {
  const base = applications.resnet50({ weights: "imagenet", includeTop: false });
  base.trainable = false;
  return base.apply(tensor);
};
const flatten_block = ({ tensor }: Block) => layers.flatten().apply(tensor);
const output_block = ({ tensor, num_classes }: Block<{ num_classes: number }>) =>
  layers.dense({ units: num_classes, activation: "softmax" }).apply(tensor);
const resnet_transfer = create_keras_functional_spec({
  model_name: "resnet_transfer",
  layer_blocks: {
    input: input_block,
    resnet_base: inp_spec(resnet_base_block, "input"),
    flatten: inp_spec(flatten_block, "resnet_base"),
    output: inp_spec(output_block, "flatten"),
  },
  mode: "classification",
});
export default tune_grid(
  workflow({
    data: datasets.cifar10({ train: 500, test: 100 }),
    recipe: recipe("label ~ image").step_rescale("image", { scale: 1 / 255 }),
    model: resnet_transfer({ fit_epochs: 5, learn_rate: tune() }),
    metrics: metric_set("accuracy"),
  }),
  { resamples: vfold_cv({ v: ${FOLDS} }), grid: ${JSON.stringify(rates.map((learn_rate) => ({ learn_rate })))} },
);
`;

/** @param {{ python: string, mirror: string, quick: boolean }} surroundings */
export async function run({ python, mirror, quick }) {
  const rounds = quick ? 1 : 5;
  const folder = scratchFolder();
  const kerasHome = path.join(folder, "keras");
  // Keras looks in its own cache: the same files.
  mkdirSync(path.join(kerasHome, "datasets"), { recursive: true });
  symlinkSync(path.join(mirror, "models"), path.join(kerasHome, "models"));
  const archive = "datasets/cifar-10-batches-py-target_archive";
  symlinkSync(path.join(mirror, archive), path.join(kerasHome, archive));
  const job = path.join(folder, "job.json");
  writeFileSync(job, JSON.stringify({ rates, folds: FOLDS, fits: EXTRAPOLATED_FROM }));

  const cache = path.join(folder, "cache");
  const env = { KSPEC_MIRROR: mirror, KERAS_HOME: path.join(folder, "nothing"), KSPEC_CACHE: cache };
  const kspec = (workers) => tune({ text: SPEC, folder, seed: 1, workers, env });
  const withoutFeatures = (workers) => {
    rmSync(path.join(cache, "features"), { recursive: true, force: true });
    return kspec(workers);
  };
  const ways = {
    "Keras, naive loop": () => keras(python, kerasHome, "naive", job),
    "Keras, features computed once": () => keras(python, kerasHome, "careful", job),
    "KSpec, no features in its cache, 2 processes": () => withoutFeatures(2),
    "KSpec, 1 process": () => kspec(1),
    "KSpec, 2 processes": () => kspec(2),
  };

  // Archives are unpacked the first time, and files come into the system's memory.
  for (const [name, way] of Object.entries(ways)) if (!name.startsWith("Keras")) await way();
  const done = Object.fromEntries(Object.keys(ways).map((name) => [name, []]));
  for (let round = 0; round < rounds; round++)
    for (const [name, way] of Object.entries(ways)) {
      // Four minutes of three fits tell as much as those of twenty would.
      if (name === "Keras, naive loop" && round > 0) continue;
      if (name === "Keras, features computed once" && round > 1) continue;
      done[name].push(await way());
    }

  const [naive, careful, cold, one, two] = Object.keys(ways);
  const seconds = (name) => median(done[name].map((each) => each.seconds));
  printTable(
    [
      "150 fits, whole process",
      "s",
      "least",
      "as fast as the naive loop",
      "as the careful one",
      "processor s",
      "peak MB",
    ],
    Object.keys(ways).map((name) => [
      name,
      seconds(name).toFixed(name === naive ? 0 : 2),
      Math.min(...done[name].map((each) => each.seconds)).toFixed(2),
      `${(seconds(naive) / seconds(name)).toFixed(name === naive ? 0 : 1)} ×`,
      `${(seconds(careful) / seconds(name)).toFixed(1)} ×`,
      median(done[name].map((each) => each.cpuSeconds)).toFixed(0),
      median(done[name].map((each) => each.peakMB)).toFixed(0),
    ]),
  );
  const [{ fits, start, grown }] = done[naive];
  console.log(
    `\nThe naive loop is extrapolated: ${start.toFixed(1)} s before its first fit, and ${CANDIDATES * FOLDS} × the median of ` +
      `${fits.map((fit) => fit.toFixed(1)).join(", ")} s; its memory grew by ${grown.toFixed(0)} MB with each fit after the first.`,
  );
  const trials = (name) => median(done[name].map((each) => each.trialSeconds));
  console.log(
    `\nFrom the first trial's beginning to the last one's end: ${trials(one).toFixed(2)} s with one process, ${trials(two).toFixed(2)} s with two.`,
  );
  const missed = [];
  const goal = (ok, text) => ok || missed.push(text);
  const times = (name, peer) => seconds(peer) / seconds(name);
  goal(
    times(cold, naive) >= 200,
    `150 fits are ${times(cold, naive).toFixed(0)} × as fast as the naive loop (goal: 200)`,
  );
  goal(
    times(two, careful) >= 20,
    `150 fits are ${times(two, careful).toFixed(1)} × as fast as on cached features (goal: 20)`,
  );
  goal(
    trials(one) / trials(two) >= 1.7,
    `two processes try the trials ${(trials(one) / trials(two)).toFixed(2)} × as fast as one (goal: 1.7)`,
  );
  return missed;
}

function keras(python, home, kind, job) {
  const began = performance.now();
  const { status, stdout, stderr } = spawnSync(
    python,
    [path.join(import.meta.dirname, "tuning.py"), kind, job],
    {
      encoding: "utf8",
      env: { ...process.env, KERAS_HOME: home, TF_CPP_MIN_LOG_LEVEL: "3", PYTHONDONTWRITEBYTECODE: "1" },
    },
  );
  const whole = (performance.now() - began) / 1000;
  if (status !== 0) throw new Error(stderr);
  const said = JSON.parse(stdout.trim().split("\n").at(-1));
  if (kind !== "naive") return { seconds: whole, ...said };
  const { fits } = said;
  const start = whole - fits.reduce((sum, fit) => sum + fit, 0);
  const cpuSeconds = said.cpuStart + CANDIDATES * FOLDS * median(said.cpuFits);
  return { ...said, start, cpuSeconds, seconds: start + CANDIDATES * FOLDS * median(fits) };
}
