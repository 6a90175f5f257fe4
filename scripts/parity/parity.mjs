/**
 * `npm run parity`: computes what test/fixtures/parity holds anew, with Keras from PyPI in a venv of its own, and runs the tests
 * that compare KSpec with it on the fresh numbers, every case of every application included. The fixtures stay as they are.
 *
 *   npm run parity                      everything; a quarter of an hour of two processors
 *   npm run parity -- models …          these parts only (they are named below)
 *   npm run parity -- resnet50 …        of the applications these only
 *   npm run parity -- exported          models that KSpec exported as ONNX, on Python's onnxruntime
 *   npm run parity -- --write           and writes the fixtures anew
 */
import { spawn, spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import path from "node:path";
import { pythonVenv, TENSORFLOW } from "../python-venv.mjs";
import { compareExported } from "./exported.mjs";

const root = path.join(import.meta.dirname, "../..");
const fixtures = path.join(root, "test/fixtures/parity");
/** Laid out like the fixtures; the tests find it by KSPEC_PARITY. */
const fresh = path.join(root, ".tmp/parity/fresh");
const assets = path.resolve(root, process.env.KSPEC_TEST_ASSETS ?? "../shared/assets");

/**
 * A part: its place in the fixtures; the Python script of this folder that fills it, called with the place and then its other
 * arguments; the tests that read it.
 */
const PARTS = {
  applications: {
    place: "applications",
    // Two at once: building networks and weights by formula is work of one processor.
    calls: (place, names) => halves(names).map((some) => ["applications.py", place, ...some]),
    tests: ["test/model/applications/parity.test.ts"],
  },
  models: {
    place: "models",
    calls: (place) => [["models.py", place]],
    tests: ["test/model/weights/keras-model.test.ts"],
  },
  layers: {
    place: "layers.json",
    calls: (place) => [["layers.py", place]],
    tests: ["test/engine/native/keras-layers.test.ts"],
  },
  losses: {
    place: "losses.json",
    calls: (place) => [["losses.py", place]],
    tests: ["test/engine/losses/keras-losses.test.ts"],
  },
  "loss-histories": {
    place: "loss-histories.json",
    calls: (place) => [["loss_histories.py", place]],
    tests: ["test/engine/losses/keras-histories.test.ts"],
  },
  "epoch-metrics": {
    place: "epoch-metrics.json",
    calls: (place) => [["epoch_metrics.py", place]],
    tests: ["test/engine/losses/keras-metrics.test.ts"],
  },
  // With onnx and ONNX Runtime instead of Keras.
  onnx: {
    place: "onnx",
    calls: (place) => [["onnx_bases.py", place]],
    tests: ["test/engine/onnx-base/onnx-base.test.ts"],
  },
  augment: {
    place: "augment.json",
    calls: (place) => [["augment.py", place]],
    tests: ["test/data/augment.test.ts"],
  },
  optimizers: {
    place: "optimizers.json",
    calls: (place) => [["optimizers.py", place]],
    tests: ["test/engine/optimizers", "test/engine/penalties.test.ts"],
  },
  recurrent: {
    place: "recurrent.json",
    calls: (place) => [["recurrent.py", place]],
    tests: ["test/engine/native/training/keras-recurrent.test.ts"],
  },
  "layer-histories": {
    place: "layer-histories.json",
    calls: (place) => [["layer_histories.py", place]],
    tests: ["test/engine/native/training/keras-layers-trained.test.ts"],
  },
  callbacks: {
    place: "callbacks.json",
    calls: (place) => [["callbacks.py", place]],
    tests: ["test/engine/training/callbacks.test.ts", "test/engine/training/keras-callbacks.test.ts"],
  },
  // With scikit-learn, numpy and scipy instead of Keras.
  metrics: {
    place: "metrics/random.json",
    project: "unit",
    calls: (place) => [["metrics.py", place]],
    tests: ["test/metrics/scikit-learn.test.ts"],
  },
  // With scikit-learn and scipy.
  "gaussian-process": {
    place: "gaussian-process.json",
    project: "unit",
    calls: (place) => [["gaussian_process.py", place]],
    tests: ["test/tuning/searches/gaussian-process.test.ts"],
  },
  // With R alone, and jsonlite.
  races: {
    place: "races.json",
    project: "unit",
    needsR: true,
    calls: (place) => [["races.R", place]],
    tests: ["test/tuning/searches/race.test.ts"],
  },
  // With R: rsample and jsonlite.
  resamples: {
    place: "resamples.json",
    needsR: true,
    calls: (place) => [["resamples.R", place]],
    tests: ["test/data/resamples.test.ts", "test/data/split.test.ts"],
  },
  // With R: recipes, palmerpenguins and jsonlite, which are installed by whoever runs this.
  recipes: {
    place: "recipes.json",
    needsR: true,
    calls: (place) => [["recipes.R", place]],
    tests: ["test/data/recipe-parity.test.ts"],
  },
  "mobilenet-features": {
    place: "mobilenet-features.json",
    needsAssets: true,
    calls: (place) => [["mobilenet_features.py", assets, place]],
    tests: ["test/model/applications/mobilenet-weights.test.ts"],
  },
};

const write = process.argv.includes("--write");
const asked = process.argv.slice(2).filter((argument) => !argument.startsWith("-"));
const everyApplication = readdirSync(path.join(fixtures, "applications")).map((file) =>
  path.basename(file, ".json"),
);
/** A part that has no numbers of Keras's. */
const EXPORTED = "exported";
const known = [...Object.keys(PARTS), EXPORTED, ...everyApplication];
const strangers = asked.filter((name) => !known.includes(name));
if (strangers.length > 0) {
  console.error(`There is no part and no application named ${strangers.join(", ")}.`);
  console.error(
    `Parts: ${[...Object.keys(PARTS), EXPORTED].join(", ")}. Applications: ${everyApplication.join(", ")}.`,
  );
  process.exit(2);
}
const applications = asked.filter((name) => everyApplication.includes(name));
const names =
  asked.length === 0
    ? Object.keys(PARTS)
    : Object.keys(PARTS).filter(
        (name) => asked.includes(name) || (name === "applications" && applications.length > 0),
      );

const python =
  names.some((name) => !PARTS[name].needsR) &&
  pythonVenv(
    "parity",
    ["keras==3.15.1", TENSORFLOW, "pillow", "onnx", "onnxruntime", "scikit-learn==1.9.*", "scipy"],
    {
      alone: ["tf_keras==2.21.*"],
    },
  );

let failed = false;
rmSync(fresh, { recursive: true, force: true });
// What is not computed now is compared with what is kept.
cpSync(fixtures, fresh, { recursive: true });
for (const name of names) {
  const began = performance.now();
  const { place, calls, tests, needsAssets, needsR, project = "engine" } = PARTS[name];
  if (needsR && spawnSync("Rscript", ["--version"]).status !== 0) {
    console.log(`\n## ${name}: left out, because there is no R here (Rscript).`);
    continue;
  }
  if (needsAssets && !existsSync(assets)) {
    console.log(`\n## ${name}: left out, because the real weights and images are not there (${assets}).`);
    continue;
  }
  console.log(`\n## ${name}: what ${needsR ? "R" : "Keras"} computes`);
  const target = path.join(fresh, place);
  const some = name === "applications" && applications.length > 0 ? applications : everyApplication;
  if (name !== "applications") rmSync(target, { recursive: true, force: true });
  mkdirSync(path.dirname(target), { recursive: true });
  const codes = await Promise.all(
    calls(target, some).map(([script, ...args]) =>
      run(needsR ? "Rscript" : python, [path.join(import.meta.dirname, script), ...args]),
    ),
  );
  if (codes.some((code) => code !== 0)) {
    failed = true;
    continue;
  }
  console.log(`\n## ${name}: what KSpec computes (${needsR ? "R" : "Keras"} took ${seconds(began)})`);
  const vitest = path.join(root, "node_modules/vitest/vitest.mjs");
  const only = name === "applications" && applications.length > 0 ? ["-t", `(${some.join("|")}) `] : [];
  const code = await run(
    process.execPath,
    // The largest network takes WebAssembly its time.
    [vitest, "run", "--project", project, "--testTimeout", "600000", ...tests, ...only],
    { KSPEC_PARITY: fresh },
  );
  if (code !== 0) failed = true;
  else if (write) cpSync(target, path.join(fixtures, place), { recursive: true });
  console.log(`## ${name}: ${code === 0 ? "the same" : "DIFFERENT"}, after ${seconds(began)}`);
}
if (asked.length === 0 || asked.includes(EXPORTED)) {
  console.log(`\n## ${EXPORTED}: what Python's onnxruntime computes`);
  if (!(await compareExported())) failed = true;
}
process.exit(failed ? 1 : 0);

function halves(names) {
  return [0, 1].map((half) => names.filter((_, i) => i % 2 === half)).filter((some) => some.length > 0);
}

function seconds(began) {
  return `${Math.round((performance.now() - began) / 1000)} s`;
}

function run(command, args, env = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: root,
      stdio: "inherit",
      env: { ...process.env, PYTHONDONTWRITEBYTECODE: "1", TF_CPP_MIN_LOG_LEVEL: "3", ...env },
    });
    child.once("error", reject);
    child.once("close", (code) => resolve(code));
  });
}
