/**
 * Heads on cached features: 400 rows of 2,048 values, 5 epochs in batches of 32, Adam, three widths. A whole fit by KSpec's trainer (graph, session,
 * epochs, progress, early stopping) beside the same training written by hand as one ONNX graph and run by onnxruntime-node directly, and beside
 * TensorFlow.js on WebAssembly. Each fit of KSpec after the first finds its session again, as candidates that are tuned do.
 */
import { createRequire } from "node:module";
import { bundleEngine } from "../../scripts/bundle-engine.mjs";
import { handWrittenHead } from "./hand-written-head.mjs";
import { median, printTable } from "./interleaved.mjs";
import { machine } from "./machine.mjs";

const kspec = await bundleEngine(`
  export { realise } from "./src/engine/realise.ts";
  export { startTensorFlow, tf } from "./src/engine/tensorflow/index.ts";
  export { findLoss } from "./src/engine/losses.ts";
  export { findEpochMetric } from "./src/engine/epoch-metrics.ts";
  export { findOptimizer } from "./src/engine/optimizers.ts";
  export { TensorFlowTrainer } from "./src/engine/training/tensorflow-trainer.ts";
  export { chooseTrainer } from "./src/engine/training/choose-trainer.ts";
  export { HeadWeights } from "./src/engine/training/head-weights.ts";
  export { train } from "./src/engine/training/train.ts";
  export { disposeWeights } from "./src/engine/trained-model.ts";
  export { Graph } from "./src/engine/native/onnx/graph.ts";
  export { encodeModel } from "./src/engine/native/onnx/encode.ts";
`);
const ort = createRequire(import.meta.url)("onnxruntime-node");
await kspec.startTensorFlow("wasm", { specFolder: import.meta.dirname });

const [ROWS, WIDTH, CLASSES, EPOCHS, BATCH] = [400, 2048, 10, 5, 32];
let state = 1;
const random = () => (state = (state * 48271) % 2147483647) / 2147483647;
const x = Float32Array.from({ length: ROWS * WIDTH }, () => Math.max(0, random() - 0.5));
const y = new Float32Array(ROWS * CLASSES);
for (let row = 0; row < ROWS; row++) y[row * CLASSES + (row % CLASSES)] = 1;
const examples = {
  rows: ROWS,
  inputs: [{ shape: [WIDTH], values: x }],
  truths: [{ shape: [CLASSES], values: y }],
  weights: null,
};

function network(hidden) {
  const layer = (name, class_name, config, calls) => ({
    name,
    block: name,
    class_name,
    config,
    trainable: true,
    calls,
  });
  const from = (name) => [[{ layer: name, call: 0 }]];
  return {
    name: "head",
    layers: [
      layer("x", "InputLayer", { batch_input_shape: [null, WIDTH] }, [[]]),
      ...(hidden === 0 ? [] : [layer("hidden", "Dense", { units: hidden, activation: "relu" }, from("x"))]),
      layer(
        "output",
        "Dense",
        { units: CLASSES, activation: "softmax" },
        from(hidden === 0 ? "x" : "hidden"),
      ),
    ],
    inputs: [{ column: "x", layer: "x" }],
    outputs: [{ name: "output", from: { layer: "output", call: 0 } }],
  };
}

async function fitted(hidden, engine) {
  const head = kspec.realise(network(hidden), 1);
  const job = {
    head: head.model,
    outputs: [
      {
        name: "output",
        loss: kspec.findLoss("categorical_crossentropy"),
        weight: 1,
        metrics: [kspec.findEpochMetric("accuracy", { classes: CLASSES })],
      },
    ],
    optimizer: kspec.findOptimizer("adam", 0.001),
    train: examples,
    validation: null,
    batchSize: BATCH,
    shuffle: true,
    seed: 1,
  };
  const began = performance.now();
  const chosen =
    engine === "wasm"
      ? { trainer: new kspec.TensorFlowTrainer(job), native: false }
      : await kspec.chooseTrainer(job, head, "auto");
  if (engine !== "wasm" && !chosen.native) throw new Error(chosen.because);
  const opened = performance.now();
  const losses = [];
  await kspec.train(
    {
      trainer: chosen.trainer,
      stage: 0,
      before: 0,
      epochs: EPOCHS,
      batches: Math.ceil(ROWS / BATCH),
      validates: false,
      callbacks: [{ kind: "callback", name: "earlyStopping", options: { monitor: "loss", patience: 3 } }],
      rate: { rate: 0.001, scheduled: false },
      weights: new kspec.HeadWeights(head, new Set()),
      learnRate: 0.001,
    },
    {
      batches: () => undefined,
      note: () => undefined,
      epochEnd: (_, logs) => Promise.resolve(losses.push(logs.loss)),
    },
  );
  const ended = performance.now();
  kspec.disposeWeights(head);
  return { whole: ended - began, open: opened - began, loss: losses.at(-1) };
}

const widths = [0, 64, 512];
const byHand = new Map();
for (const hidden of widths)
  byHand.set(hidden, await handWrittenHead(kspec, ort, { hidden, width: WIDTH, classes: CLASSES }));

const quick = process.argv.includes("--quick");
const rows = [];
for (const hidden of widths) {
  const first = await fitted(hidden, "auto");
  const times = { hand: [], kspec: [], open: [], wasm: [] };
  for (let round = 0; round < (quick ? 3 : 9); round++) {
    const began = performance.now();
    await byHand.get(hidden).fit(x, y, { rows: ROWS, epochs: EPOCHS, batch: BATCH });
    times.hand.push(performance.now() - began);
    const { whole, open } = await fitted(hidden, "auto");
    times.kspec.push(whole);
    times.open.push(open);
    if (round < (quick ? 1 : 3)) times.wasm.push((await fitted(hidden, "wasm")).whole);
  }
  const [hand, own, open, wasm] = [times.hand, times.kspec, times.open, times.wasm].map(median);
  rows.push([
    hidden === 0 ? `${CLASSES}` : `${hidden} relu, ${CLASSES}`,
    hand.toFixed(1),
    own.toFixed(1),
    (own / hand).toFixed(2),
    open.toFixed(1),
    first.open.toFixed(0),
    wasm.toFixed(0),
    (wasm / own).toFixed(0),
  ]);
}
printTable(
  [
    "head",
    "by hand, ms",
    "KSpec, ms",
    "KSpec / by hand",
    "of it before the first step",
    "first fit: before the first step",
    "WebAssembly, ms",
    "WebAssembly / KSpec",
  ],
  rows,
);
console.log(`\n${machine()}`);
process.exit(0);
