/**
 * Batch normalisation while it is trained: milliseconds forward and back, as KSpec writes it (`NormalizedBatch`) and composed of sums and
 * products that are differentiated one by one, in turns in one run. Both give the same gradients.
 */
import { createRequire } from "node:module";
import { bundleEngine } from "../../scripts/bundle-engine.mjs";
import { median, printTable } from "./interleaved.mjs";
import { machine } from "./machine.mjs";

const kspec = await bundleEngine(`
  export { Graph } from "./src/engine/native/onnx/graph.ts";
  export { encodeModel } from "./src/engine/native/onnx/encode.ts";
  export { differentiate } from "./src/engine/native/training/differentiate.ts";
  export { GraphExtents } from "./src/engine/native/training/extents.ts";
  export { GraphMath } from "./src/engine/native/training/graph-math.ts";
  export { dropUnused } from "./src/engine/native/simplify/drop-unused.ts";
  export { lower } from "./src/engine/native/simplify/lower.ts";
`);
const ort = createRequire(import.meta.url)("onnxruntime-node");

/** What is normalised, its rows first, and which axis has the channels. */
const CASES = [
  [[32, 64, 28, 28], 1],
  [[32, 256, 7, 7], 1],
  [[32, 128, 64], 2],
  [[32, 512], 1],
];
const EPSILON = 1e-3;

const forms = {
  NormalizedBatch(graph, _, rank, axis) {
    const attributes = { axis: { int: axis }, rank: { int: rank }, epsilon: { float: EPSILON } };
    const furtherOutputs = ["mean", "variance"];
    const node = { op: "NormalizedBatch", name: "y", inputs: ["x", "scale", "shift"], output: "y" };
    graph.nodes.push({ ...node, furtherOutputs, attributes });
    return "y";
  },
  composed(_, math, rank, axis) {
    const others = Array.from({ length: rank }, (_, i) => i).filter((i) => i !== axis);
    const behind = Array(rank - 1 - axis).fill(1);
    const along = (vector) => (behind.length === 0 ? vector : math.reshape(vector, [-1, ...behind]));
    const centred = math.sub("x", math.mean("x", others, true));
    const variance = math.mean(math.square(centred), others, true);
    const unit = math.div(centred, math.sqrt(math.add(variance, EPSILON)));
    return math.add(math.mul(unit, along("scale")), along("shift"));
  },
};

async function open(form, shape, axis) {
  const graph = new kspec.Graph();
  const extents = new kspec.GraphExtents(graph);
  const port = (name, extent) => {
    extents.set(graph.freshName(name), extent);
    return { name, shape: extent, exact: true };
  };
  const vector = [shape[axis]];
  const inputs = [port("x", [null, ...shape.slice(1)]), port("scale", vector), port("shift", vector)];
  const math = new kspec.GraphMath(extents, "bench");
  const y = forms[form](graph, math, shape.length, axis);
  const loss = math.sum(math.square(y));
  const gradients = kspec.differentiate(extents, new Map([[loss, math.number(1)]]), ["x", "scale", "shift"]);
  // One number of each, so that nothing large is copied out.
  const outputs = [...gradients.values()].map((gradient) => ({
    name: graph.add("Identity", "result", [math.largest(gradient)]),
    shape: [],
    exact: true,
  }));
  const whole = { name: "bench", graph, inputs, outputs };
  kspec.lower(graph);
  kspec.dropUnused(whole);
  const session = await ort.InferenceSession.create(kspec.encodeModel(whole), { intraOpNumThreads: 1 });
  const tensor = (dims) => {
    const size = dims.reduce((a, b) => a * b, 1);
    return new ort.Tensor(
      "float32",
      Float32Array.from({ length: size }, (_, i) => Math.sin(i * 12.9898)),
      dims,
    );
  };
  const feeds = { x: tensor(shape), scale: tensor(vector), shift: tensor(vector) };
  return async () => {
    const began = performance.now();
    await session.run(feeds);
    return performance.now() - began;
  };
}

const rows = [];
for (const [shape, axis] of CASES) {
  const runs = {};
  for (const form of Object.keys(forms)) runs[form] = { run: await open(form, shape, axis), times: [] };
  for (let round = 0; round < 23; round++)
    for (const one of Object.values(runs)) {
      const time = await one.run();
      if (round >= 3) one.times.push(time);
    }
  const [written, composed] = Object.values(runs).map(({ times }) => median(times));
  rows.push([shape.join(" × "), written.toFixed(2), composed.toFixed(2), (composed / written).toFixed(1)]);
}
console.log(machine());
printTable(["values, one thread", "NormalizedBatch, ms", "composed, ms", "times as fast"], rows);
