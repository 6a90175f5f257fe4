/**
 * A grid over a head on a frozen base, as whole processes: examples/digits_tune.kspec.ts, 30 candidates of dense units, dropout and learning rate
 * on 5 folds, 150 fits of 15 epochs, by one process and by two. Then 300 trials in one process, with another number of units in
 * each of 30 candidates, and what memory it has after each fifty: what a trial leaves behind would be seen there.
 */
import { readFileSync } from "node:fs";
import path from "node:path";
import { bundleEngine } from "../../scripts/bundle-engine.mjs";
import { median, printTable } from "./interleaved.mjs";
import { scratchFolder, tune } from "./kspec-process.mjs";
import { machine } from "./machine.mjs";

const ROUNDS = 3;
const root = path.join(import.meta.dirname, "../..");
const text = readFileSync(path.join(root, "examples/digits_tune.kspec.ts"), "utf8");
const folder = scratchFolder();
const env = { KSPEC_CACHE: path.join(folder, "cache") };
const by = (workers) => tune({ text, folder, seed: 1, workers, more: ["--export", "results"], env });

await by(2);
const done = { 1: [], 2: [] };
for (let round = 0; round < ROUNDS; round++)
  for (const workers of [1, 2]) done[workers].push(await by(workers));
const middle = (workers, what) => median(done[workers].map((one) => one[what]));
printTable(
  ["150 fits", "whole process, s", "first trial to last, s", "of one process", "peak MB, all processes"],
  [1, 2].map((workers) => [
    workers === 1 ? "1 process" : `${workers} processes`,
    middle(workers, "seconds").toFixed(2),
    middle(workers, "trialSeconds").toFixed(2),
    `${(middle(1, "trialSeconds") / middle(workers, "trialSeconds")).toFixed(2)} ×`,
    middle(workers, "peakMB").toFixed(0),
  ]),
);

const kspec = await bundleEngine(`
  export { openTrialBench } from "./src/engine/index.ts";
  export { tf } from "./src/engine/tensorflow/index.ts";
  export { layers } from "./src/kspec/layers/index.ts";
`);
const { layers } = kspec;
const block = (fn, ...names) =>
  Object.assign(fn, {
    block_arguments: names.map((name) => ({
      name,
      optional: false,
      type: name === "tensor" ? "tensor" : "number",
    })),
  });
const wired = (fn, upstream) => ({ kind: "wired_block", block: fn, upstream });
const layer_blocks = {
  input: block(({ input_shape }) => layers.input({ shape: input_shape }), "input_shape"),
  hidden: wired(
    block(
      ({ tensor, units, rate }) =>
        layers.dropout({ rate }).apply(layers.dense({ units, activation: "relu" }).apply(tensor)),
      ...["tensor", "units", "rate"],
    ),
    "input",
  ),
  output: wired(
    block(
      ({ tensor, num_classes }) => layers.dense({ units: num_classes, activation: "softmax" }).apply(tensor),
      ...["tensor", "num_classes"],
    ),
    "hidden",
  ),
};
const [ROWS, WIDTH, CLASSES, FOLDS] = [500, 1024, 5, 5];
let state = 1;
const random = () => (state = (state * 48271) % 2147483647) / 2147483647;
const rows = (count) => ({
  rows: count,
  inputs: new Map([
    ["x", { kind: "tensor", shape: [WIDTH], values: Float32Array.from({ length: count * WIDTH }, random) }],
  ]),
  outcomes: new Map([
    [
      "label",
      {
        kind: "nominal",
        levels: [..."abcde"],
        codes: Int32Array.from({ length: count }, (_, i) => i % CLASSES),
      },
    ],
  ]),
});
const folds = Array.from({ length: FOLDS }, () => ({
  analysis: rows((ROWS * (FOLDS - 1)) / FOLDS),
  assessment: rows(ROWS / FOLDS),
}));

console.log("");
const table = [];
for (const engine of ["auto", "wasm"]) {
  const bench = kspec.openTrialBench({ specFolder: folder, store: null, memory: 50e6 });
  const trials = engine === "auto" ? 300 : 60;
  for (let i = 0; i < trials; i++) {
    const candidate = Math.floor(i / FOLDS) % 30;
    await bench.fit({
      model: {
        kind: "model",
        spec: { kind: "spec", api: "functional", model_name: "head", layer_blocks, mode: "classification" },
        arguments: { hidden_units: 8 + 4 * candidate, hidden_rate: 0.2, learn_rate: 0.001, fit_epochs: 5 },
        engine,
      },
      ...folds[i % FOLDS],
      seed: i % FOLDS,
    });
    if ((i + 1) % (trials / 6) !== 0) continue;
    const { rss, heapUsed } = process.memoryUsage();
    table.push([
      engine === "auto" ? "ONNX Runtime" : "TensorFlow.js",
      i + 1,
      (rss / 2 ** 20).toFixed(0),
      (heapUsed / 2 ** 20).toFixed(0),
      kspec.tf.memory().numTensors,
    ]);
  }
  await bench.dispose();
}
printTable(["trained by", "trials", "process, MB", "JavaScript, MB", "tensors of TensorFlow.js"], table);
console.log(`\n${machine()}`);
// ONNX Runtime's thread is waited for by nobody.
process.exit(0);
