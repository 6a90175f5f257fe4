/**
 * `node training-kspec.mjs auto|tensorflow FOLDER ASSETS`: trains as KSpec does, natively or on native TensorFlow.js. FOLDER is what
 * `writeWorks` has written to; ASSETS may be "" (MobileNet then has made weights). Questions, one a line:
 *
 * - the name of a work: how long its fit took (`ms`), and of it all before the first step (`open`); beside it, making the layers with
 *   their initial weights (`built`) and, for a base, what stays frozen of it (`frozen`)
 * - "compile head", "compile resnet50": graph, ONNX file and session of a training, each in milliseconds
 */
import { readFileSync } from "node:fs";
import path from "node:path";
import { createInterface } from "node:readline";
import { bundleEngine } from "../../../scripts/bundle-engine.mjs";

const [engine, folder, assets] = process.argv.slice(2);
const kspec = await bundleEngine(`
  export { loadApplication } from "./src/engine/application-base.ts";
  export { findEpochMetric } from "./src/engine/epoch-metrics.ts";
  export { FrozenPrefix } from "./src/engine/features.ts";
  export { unfrozen } from "./src/engine/fine-tune.ts";
  export { flatten } from "./src/engine/flatten.ts";
  export { findLoss } from "./src/engine/losses.ts";
  export { weightsInTensorFlow } from "./src/engine/native/compute-natively.ts";
  export { encodeModel } from "./src/engine/native/onnx/encode.ts";
  export { loadRuntime } from "./src/engine/native/runtime.ts";
  export { NativeThread } from "./src/engine/native/thread.ts";
  export { sessionFor } from "./src/engine/native/training/shared-sessions.ts";
  export { writeTraining } from "./src/engine/native/training/training-graph.ts";
  export { findOptimizer } from "./src/engine/optimizers.ts";
  export { headNetwork, splitOffFrozen } from "./src/engine/prefix.ts";
  export { realise } from "./src/engine/realise.ts";
  export { startTensorFlow } from "./src/engine/tensorflow/index.ts";
  export { disposeWeights } from "./src/engine/trained-model.ts";
  export { chooseTrainer } from "./src/engine/training/choose-trainer.ts";
  export { HeadWeights, valuesOf } from "./src/engine/training/head-weights.ts";
  export { train } from "./src/engine/training/train.ts";
`);
const backend = await kspec.startTensorFlow(engine === "tensorflow" ? "tensorflow" : "wasm", {
  specFolder: folder,
});
if (engine === "auto") {
  const runtime = await kspec.loadRuntime();
  if (!runtime.available) throw new Error(runtime.reason);
  // ONNX Runtime is loaded by its thread, which starts with the process that fits.
  (await kspec.NativeThread.get().keep(new Float32Array(1), [1])).letGo();
}
const works = JSON.parse(readFileSync(path.join(folder, "works.json"), "utf8"));

/** Layers one behind the other. A layer that is a base brings its own fields. */
function chain(shape, described) {
  const named = described.map(([class_name, config, more = {}], i) => ({
    name: `layer_${i}`,
    block: `layer_${i}`,
    class_name,
    config,
    trainable: true,
    calls: [[{ layer: i === 0 ? "x" : `layer_${i - 1}`, call: 0 }]],
    ...more,
  }));
  const input = { name: "x", block: "x", class_name: "InputLayer", trainable: true, calls: [[]] };
  return {
    name: "trained",
    layers: [{ ...input, config: { batch_input_shape: [null, ...shape] } }, ...named],
    inputs: [{ column: "x", layer: "x" }],
    outputs: [{ name: "output", from: { layer: named.at(-1).name, call: 0 } }],
  };
}

async function application(name, shape, options, mirror) {
  const source = { from: "application", name, options: { ...options, includeTop: false, inputShape: shape } };
  const places = { mirrors: mirror ? [mirror] : [], keras_home: "/nowhere", env: {} };
  const { class_name, config, weights } = await kspec.loadApplication(source, folder, places);
  return [class_name, config, { trainable: false, ...(weights.size > 0 ? { weights } : {}) }];
}

/** A base with weights as they are drawn, as if they had come from a file. */
function withDrawnWeights(shape, [class_name, config, more]) {
  const { model } = kspec.realise(kspec.flatten(chain(shape, [[class_name, config, more]])), 1);
  const weights = new Map(model.weights.map((one) => [one.originalName, kspec.valuesOf(one.read())]));
  model.dispose();
  return [class_name, config, { ...more, weights }];
}

/** The network with all that is opened and released in it. */
async function networkOf({ shape, layers, base }) {
  if (base === undefined) return chain(shape, layers);
  const options = { alpha: base.alpha, weights: assets === "" ? null : "imagenet" };
  let mobilenet = await application("mobilenet", shape, options, assets);
  if (assets === "") mobilenet = withDrawnWeights(shape, mobilenet);
  const written = chain(shape, [mobilenet, ...layers]);
  const how = { from: base.from, batch_normalization: "inference" };
  return kspec.unfrozen(kspec.flatten(written), written.layers, how);
}

function floats(name) {
  const bytes = readFileSync(path.join(folder, name));
  return new Float32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4);
}

/** Features are computed anew each time; what was established once about ONNX Runtime stays known, as in people's caches. */
const forgetful = {
  folder,
  open: () =>
    Promise.resolve({
      damaged: 0,
      has: () => false,
      read: (digests) => Promise.resolve(digests.map(() => false)),
      write: () => Promise.resolve(),
      knows: () => true,
      learn: () => Promise.resolve(),
      close: () => Promise.resolve(),
    }),
};

const prepared = new Map();
async function prepare(name) {
  const work = works[name];
  const network = await networkOf(work);
  const ready = { work, network, x: floats(`${name}.x.f32`), y: floats(`${name}.y.f32`) };
  prepared.set(name, ready);
  return ready;
}

async function fitted(name) {
  const { work, network, x, y } = prepared.get(name) ?? (await prepare(name));
  const { rows, shape, batch, epochs, rate } = work;
  const began = performance.now();
  const parts = kspec.splitOffFrozen(network);
  let inputs = [{ shape, values: x }];
  if (parts.prefix !== null) {
    const columns = [{ kind: "tensor", shape, values: x }];
    const prefix = await kspec.FrozenPrefix.open({
      network: parts.prefix,
      inputs: [{ column: "x", shape }],
      columns,
      engine,
      backend: backend.name,
      seed: 1,
      store: forgetful,
      note: (severity, code, message) => {
        throw new Error(`${code}: ${message}`);
      },
    });
    inputs = await prefix.all(columns, rows);
    await prefix.rest();
  }
  const computed = performance.now();
  const shapes = inputs.map((one) => one.shape);
  const head = kspec.realise(kspec.headNetwork(network, parts, shapes), 1);
  const built = performance.now();
  const optimizer = kspec.findOptimizer("adam", rate);
  const job = {
    head: head.model,
    outputs: [
      {
        name: "output",
        loss: kspec.findLoss("categorical_crossentropy"),
        weight: 1,
        metrics: [kspec.findEpochMetric("accuracy", { classes: y.length / rows })],
      },
    ],
    optimizer,
    train: { rows, inputs, truths: [{ shape: [y.length / rows], values: y }], weights: null },
    validation: null,
    batchSize: batch,
    shuffle: true,
    seed: 1,
  };
  const chosen = await kspec.chooseTrainer(job, head, engine);
  if (chosen.native !== (engine === "auto")) throw new Error(chosen.because ?? "It is trained natively.");
  const opened = performance.now();
  const losses = [];
  await kspec.train(
    {
      trainer: chosen.trainer,
      stage: 0,
      before: 0,
      epochs,
      batches: Math.ceil(rows / batch),
      validates: false,
      callbacks: [{ kind: "callback", name: "earlyStopping", options: { monitor: "loss", patience: 3 } }],
      rate: { rate, scheduled: false },
      weights: new kspec.HeadWeights(head, new Set()),
      learnRate: rate,
    },
    {
      batches: () => undefined,
      note: () => undefined,
      epochEnd: (_, logs) => Promise.resolve(losses.push(logs.loss)),
    },
  );
  const ended = performance.now();
  kspec.disposeWeights(head);
  if (losses.length !== epochs) throw new Error(`It stopped behind epoch ${losses.length}.`);
  return {
    ms: ended - built,
    open: opened - built,
    built: built - computed,
    frozen: computed - began,
    loss: losses.at(-1),
  };
}

const compiled = new Map();
async function compile(name) {
  if (!compiled.has(name)) {
    const work = works["head 64 relu, 10"];
    const shape = [64, 64, 3];
    const resnet50 = async () => {
      const [class_name, config] = await application("resnet50", shape, { weights: null });
      const top = ["Dense", { units: 10, activation: "softmax" }];
      return kspec.flatten(chain(shape, [[class_name, config], ["GlobalAveragePooling2D", {}], top]));
    };
    const network = name === "head" ? await networkOf(work) : await resnet50();
    compiled.set(name, { times: 0, head: kspec.realise(network, 1) });
  }
  const entry = compiled.get(name);
  const { head } = entry;
  const variables = head.network.layers.flatMap(({ name: layer }) => {
    const own = head.layers.get(layer);
    const trained = new Set(own.trainableWeights);
    return own.weights.map((weight) => ({
      layer,
      weight: weight.originalName.slice(layer.length + 1),
      shape: weight.shape,
      trained: trained.has(weight),
    }));
  });
  const loss = kspec.findLoss("categorical_crossentropy");
  const metrics = [kspec.findEpochMetric("accuracy", { classes: 10 })];
  const began = performance.now();
  const graph = kspec.writeTraining({
    // Another name is another file: a session that is there already would be found again.
    network: { ...head.network, name: `compiled ${entry.times++}` },
    weights: kspec.weightsInTensorFlow(head.model),
    variables,
    outputs: [{ loss, weight: 1, metrics }],
    optimizer: kspec.findOptimizer("adam", 0.001),
    weighted: false,
    ownEntries: [false],
  });
  if ("reason" in graph) throw new Error(`${graph.layer} ${graph.reason}`);
  const written = performance.now();
  const session = await kspec.sessionFor(graph);
  const ended = performance.now();
  // The session's time holds the file's: it is written once more to know how much of it that is.
  const bytes = kspec.encodeModel(graph).byteLength;
  const encoded = performance.now() - ended;
  await session.release();
  const inside = graph.graph.nodes.find(({ op }) => op === "Loop").attributes.body.graph.graph.nodes;
  return { ms: ended - began, write: written - began, encode: encoded, bytes, nodes: inside.length };
}

const say = (answer) => console.log(JSON.stringify(answer));
say({ ready: true, version: backend.name });
for await (const line of createInterface({ input: process.stdin }))
  say(
    await (line.startsWith("compile ") ? compile(line.slice("compile ".length)) : fitted(line)).catch(
      (error) => ({ failed: String(error.stack ?? error) }),
    ),
  );
process.exit(0);
