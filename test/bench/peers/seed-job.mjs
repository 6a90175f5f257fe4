/**
 * The seed's job as whole processes: examples/resnet_transfer.kspec.ts, 500 and 100 images of CIFAR-10 at 32×32, a frozen ResNet50,
 * flatten, dense softmax, 5 epochs, a fifth for validation, evaluation on the test images. KSpec beside a Keras script that does the same,
 * first with nothing in KSpec's cache, then without features in it (Keras, too, has unpacked its archive before), then with another head
 * and the features of the first fit. KSpec's process also writes the run:
 * the whole model after each epoch, predictions, metrics; Keras's script writes nothing.
 */
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import path from "node:path";
import { median, printTable } from "../interleaved.mjs";
import { fit, scratchFolder } from "../kspec-process.mjs";

export const about = "the seed's job, whole processes";

const FLATTEN = "layers.flatten().apply(tensor)";
const OTHER_HEAD = `layers.dropout({ rate: 0.2 }).apply(layers.dense({ units: 64, activation: "relu" }).apply(${FLATTEN}))`;

/** @param {{ root: string, python: string, mirror: string, quick: boolean }} surroundings */
export function run({ root, python, mirror, quick }) {
  const rounds = quick ? 1 : 7;
  const folder = scratchFolder();
  const kerasHome = path.join(folder, "keras");
  // Keras looks in its own cache: the same files.
  mkdirSync(kerasHome);
  mkdirSync(path.join(kerasHome, "datasets"));
  symlinkSync(path.join(mirror, "models"), path.join(kerasHome, "models"));
  const archive = "datasets/cifar-10-batches-py-target_archive";
  symlinkSync(path.join(mirror, archive), path.join(kerasHome, archive));

  const text = readFileSync(path.join(root, "examples/resnet_transfer.kspec.ts"), "utf8");
  const other = text.replace(FLATTEN, OTHER_HEAD);
  if (other === text) throw new Error("The example has no flatten block any more.");
  const cache = path.join(folder, "cache");
  const env = { KSPEC_MIRROR: mirror, KERAS_HOME: path.join(folder, "nothing"), KSPEC_CACHE: cache };
  const ways = {
    Keras: () => keras(python, kerasHome, "plain"),
    "KSpec, nothing in its cache": () => {
      rmSync(cache, { recursive: true, force: true });
      return fit({ text, folder, seed: 1, env });
    },
    "KSpec, no features in its cache": () => {
      rmSync(path.join(cache, "features"), { recursive: true, force: true });
      return fit({ text, folder, seed: 1, env });
    },
    "Keras, another head": () => keras(python, kerasHome, "other"),
    "KSpec, another head, features in its cache": () => fit({ text: other, folder, seed: 1, env }),
  };

  // Keras unpacks the archive the first time, and the files come into the system's memory.
  for (const way of Object.values(ways)) way();
  const done = Object.fromEntries(Object.keys(ways).map((name) => [name, []]));
  for (let round = 0; round < rounds; round++)
    for (const [name, way] of Object.entries(ways)) done[name].push(way());

  const middle = (name, what) => median(done[name].map((one) => one[what]));
  const names = Object.keys(ways);
  const ratio = (name, peer) => middle(name, "seconds") / middle(peer, "seconds");
  const [plainKeras, nothing, withoutFeatures, otherKeras, withFeatures] = names;
  const ratios = {
    [nothing]: ratio(nothing, plainKeras),
    [withoutFeatures]: ratio(withoutFeatures, plainKeras),
    [withFeatures]: ratio(withFeatures, otherKeras),
  };
  const [cold, warm] = [ratios[withoutFeatures], ratios[withFeatures]];
  printTable(
    ["whole process", "s, median", "least", "ratio to Keras", "processor s", "peak MB"],
    names.map((name) => [
      name,
      middle(name, "seconds").toFixed(2),
      Math.min(...done[name].map(({ seconds }) => seconds)).toFixed(2),
      ratios[name]?.toFixed(3) ?? "1",
      middle(name, "cpuSeconds").toFixed(1),
      middle(name, "peakMB").toFixed(0),
    ]),
  );
  for (const name of [nothing, withoutFeatures, withFeatures]) {
    const phases = Object.keys(done[name][0].phases);
    const seconds = phases.map(
      (phase) => `${phase} ${median(done[name].map((one) => one.phases[phase] ?? 0)).toFixed(2)}`,
    );
    console.log(`\n${name}: ${seconds.join(", ")} s; the rest is starting, the spec and ending.`);
  }
  return [
    ...(cold > 1 / 4 ? [`the seed's job takes ${cold.toFixed(2)} of Keras's time (goal: 0.25 at most)`] : []),
    ...(warm > 1 / 10 ? [`another head takes ${warm.toFixed(3)} of Keras's time (goal: 0.1 at most)`] : []),
  ];
}

function keras(python, home, head) {
  const began = performance.now();
  const { status, stdout, stderr } = spawnSync(
    python,
    [path.join(import.meta.dirname, "seed_job.py"), head],
    {
      encoding: "utf8",
      env: { ...process.env, KERAS_HOME: home, TF_CPP_MIN_LOG_LEVEL: "3", PYTHONDONTWRITEBYTECODE: "1" },
    },
  );
  const seconds = (performance.now() - began) / 1000;
  if (status !== 0) throw new Error(stderr);
  return { seconds, ...JSON.parse(stdout.trim().split("\n").at(-1)) };
}
