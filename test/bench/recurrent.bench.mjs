/**
 * Recurrent layers: milliseconds for a step of training (32 rows, Adam), by KSpec's trainer on ONNX Runtime and on WebAssembly, epochs of ten steps
 * in turns in one run. And the steps themselves: forward along a sequence by ONNX's Scan and with every step written out.
 *
 * `node test/bench/recurrent.bench.mjs [native|wasm]` measures one engine alone, and how much memory it takes.
 */
import { createRequire } from "node:module";
import { bundleEngine } from "../../scripts/bundle-engine.mjs";
import { median, printTable } from "./interleaved.mjs";
import { machine } from "./machine.mjs";

const kspec = await bundleEngine(`
  export { realise } from "./src/engine/realise.ts";
  export { startTensorFlow } from "./src/engine/tensorflow/index.ts";
  export { findLoss } from "./src/engine/losses.ts";
  export { findOptimizer } from "./src/engine/optimizers.ts";
  export { chooseTrainer } from "./src/engine/training/choose-trainer.ts";
  export { Graph } from "./src/engine/native/onnx/graph.ts";
  export { encodeModel } from "./src/engine/native/onnx/encode.ts";
  export { scan } from "./src/engine/native/training/sequences/scan.ts";
`);
const ort = createRequire(import.meta.url)("onnxruntime-node");
await kspec.startTensorFlow("wasm", { specFolder: import.meta.dirname });

const [BATCH, STEPS, UNITS, CLASSES] = [32, 10, 64, 10];
const options = { units: UNITS, recurrent_activation: "sigmoid", reset_after: true };
const both = { layer: { class_name: "LSTM", config: { ...options, name: "inner" } } };
const CASES = {
  "SimpleRNN, 28 steps": ["SimpleRNN", { units: UNITS }, [28, 28]],
  "GRU, 28 steps": ["GRU", options, [28, 28]],
  "LSTM, 28 steps": ["LSTM", options, [28, 28]],
  "LSTM both ways, 28 steps": ["Bidirectional", both, [28, 28]],
  "LSTM, 200 steps": ["LSTM", options, [200, 28]],
};

async function trainerOf([class_name, config, shape], engine) {
  const layer = (name, kind, given, reads) => ({
    name,
    block: name,
    class_name: kind,
    config: given,
    trainable: true,
    calls: [reads.map((from) => ({ layer: from, call: 0 }))],
  });
  const head = kspec.realise(
    {
      name: "sequence",
      layers: [
        layer("x", "InputLayer", { batch_input_shape: [null, ...shape] }, []),
        layer("recurrent", class_name, config, ["x"]),
        layer("output", "Dense", { units: CLASSES, activation: "softmax" }, ["recurrent"]),
      ],
      inputs: [{ column: "x", layer: "x" }],
      outputs: [{ name: "output", from: { layer: "output", call: 0 } }],
    },
    1,
  );
  const rows = BATCH * STEPS;
  const y = new Float32Array(rows * CLASSES);
  for (let row = 0; row < rows; row++) y[row * CLASSES + (row % CLASSES)] = 1;
  const x = Float32Array.from({ length: rows * shape[0] * shape[1] }, (_, i) => Math.sin(i * i));
  const job = {
    head: head.model,
    outputs: [{ name: "output", loss: kspec.findLoss("categorical_crossentropy"), weight: 1, metrics: [] }],
    optimizer: kspec.findOptimizer("adam", 0.001),
    train: {
      rows,
      inputs: [{ shape, values: x }],
      truths: [{ shape: [CLASSES], values: y }],
      weights: null,
    },
    validation: null,
    batchSize: BATCH,
    shuffle: true,
    seed: 1,
  };
  const chosen = await kspec.chooseTrainer(job, head, engine);
  if (chosen.native !== (engine === "native")) throw new Error(chosen.because ?? `It is not ${engine}.`);
  return chosen.trainer;
}

async function epoch(trainer, number) {
  const began = performance.now();
  await trainer.trainEpoch(number, 1, () => undefined, undefined);
  return (performance.now() - began) / STEPS;
}

/** Milliseconds of forward passes along 28 steps of an LSTM, on one thread. */
async function alongSteps() {
  const steps = 28;
  const gates = (graph, z) => {
    const parts = Array.from({ length: 4 }, () => graph.freshName("gate"));
    graph.nodes.push({
      op: "Split",
      name: parts[0],
      inputs: [z],
      output: parts[0],
      furtherOutputs: parts.slice(1),
      attributes: { axis: { int: 1 }, num_outputs: { int: 4 } },
    });
    return parts;
  };
  const step = (graph, [h, c], [x]) => {
    const add = (op, ...inputs) => graph.add(op, "step", inputs);
    const [i, f, g, o] = gates(graph, add("Add", add("MatMul", h, "kernel"), x));
    const next = add("Add", add("Mul", add("Sigmoid", f), c), add("Mul", add("Sigmoid", i), add("Tanh", g)));
    return { states: [add("Mul", add("Sigmoid", o), add("Tanh", next)), next], kept: [] };
  };
  const extents = [null, UNITS];
  const byScan = (graph) =>
    kspec.scan(graph, "lstm", {
      states: [
        { name: "h", extents },
        { name: "c", extents },
      ],
      inputs: [{ name: "x", extents: [null, 4 * UNITS] }],
      step,
    }).each[0];
  const writtenOut = (graph) => {
    const axis = graph.constant("first axis", [1], () => BigInt64Array.of(0n));
    const ones = graph.constant("ones", [steps], () => new BigInt64Array(steps).fill(1n));
    const parts = Array.from({ length: steps }, () => graph.freshName("input"));
    graph.nodes.push({
      op: "Split",
      name: parts[0],
      inputs: ["x", ones],
      output: parts[0],
      furtherOutputs: parts.slice(1),
      attributes: { axis: { int: 0 } },
    });
    let states = ["h", "c"];
    const each = parts.map((part) => {
      ({ states } = step(graph, states, [graph.add("Squeeze", "input", [part, axis])]));
      return graph.add("Unsqueeze", "output", [states[0], axis]);
    });
    return graph.add("Concat", "output", each, { axis: { int: 0 } });
  };
  const sizes = {
    h: [BATCH, UNITS],
    c: [BATCH, UNITS],
    x: [steps, BATCH, 4 * UNITS],
    kernel: [UNITS, 4 * UNITS],
  };
  const feeds = Object.fromEntries(
    Object.entries(sizes).map(([name, dims]) => {
      const size = dims.reduce((a, b) => a * b, 1);
      return [name, new ort.Tensor("float32", new Float32Array(size).fill(0.1), dims)];
    }),
  );
  const ways = {};
  for (const [name, write] of Object.entries({ "by Scan": byScan, "written out": writtenOut })) {
    const graph = new kspec.Graph();
    for (const port of Object.keys(sizes)) graph.freshName(port);
    const output = write(graph);
    const began = performance.now();
    const session = await ort.InferenceSession.create(
      kspec.encodeModel({
        name,
        graph,
        inputs: Object.entries(sizes).map(([port, shape]) => ({ name: port, shape, exact: true })),
        outputs: [{ name: output, shape: [steps, BATCH, UNITS], exact: true }],
      }),
      { intraOpNumThreads: 1 },
    );
    ways[name] = { session, opens: performance.now() - began, times: [] };
  }
  for (let round = 0; round < 60; round++)
    for (const { session, times } of Object.values(ways)) {
      const began = performance.now();
      await session.run(feeds);
      times.push(performance.now() - began);
    }
  printTable(
    ["forward along 28 steps", "median ms", "session, ms"],
    Object.entries(ways).map(([name, { times, opens }]) => [
      name,
      median(times).toFixed(2),
      opens.toFixed(0),
    ]),
  );
}

const alone = process.argv[2];
if (alone !== undefined) {
  const table = [];
  for (const [name, given] of Object.entries(CASES)) {
    const before = process.memoryUsage().rss;
    const trainer = await trainerOf(given, alone);
    let most = 0;
    const times = [];
    for (let i = 1; i <= 4; i++) {
      times.push(await epoch(trainer, i));
      most = Math.max(most, process.memoryUsage().rss);
    }
    await trainer.dispose();
    table.push([name, median(times.slice(1)).toFixed(2), ((most - before) / 1e6).toFixed(0)]);
  }
  printTable([alone, "ms a step", "memory grows by, MB"], table);
} else {
  console.log(machine(), "\n");
  const table = [];
  for (const [name, given] of Object.entries(CASES)) {
    const trainers = [await trainerOf(given, "native"), await trainerOf(given, "wasm")];
    const times = trainers.map(() => []);
    for (let round = 1; round <= 4; round++)
      for (const [i, trainer] of trainers.entries()) {
        const took = await epoch(trainer, round);
        // The first finds out what a step takes, and both warm up.
        if (round > 1) times[i].push(took);
      }
    for (const trainer of trainers) await trainer.dispose();
    const [native, wasm] = times.map(median);
    table.push([name, native.toFixed(2), wasm.toFixed(1), (wasm / native).toFixed(1)]);
  }
  printTable(["a step", "ONNX Runtime, ms", "WebAssembly, ms", "ratio"], table);
  console.log();
  await alongSteps();
}
process.exit(0);
