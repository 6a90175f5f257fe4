/**
 * The frozen base of transfer learning: ResNet50 without its top, one forward pass. Milliseconds for an image, on ONNX
 * Runtime through the graph that KSpec exports and on the WebAssembly backend, in turns in one run.
 *
 * `node test/bench/native.bench.mjs [NAME]` takes another of Keras's applications.
 */
import { bundleEngine } from "../../scripts/bundle-engine.mjs";
import { median, printTable } from "./interleaved.mjs";

const name = process.argv[2] ?? "resnet50";
const kspec = await bundleEngine(`
  export { buildApplication } from "./src/model/applications/registry.ts";
  export { exportGraph, weightsByName } from "./src/engine/native/export.ts";
  export { graphOfNetwork } from "./src/engine/native/keras-graph.ts";
  export { loadRuntime } from "./src/engine/native/runtime.ts";
  export { openSession, rowsAtOnce } from "./src/engine/native/session.ts";
  export { realise } from "./src/engine/realise.ts";
  export { startTensorFlow, tf } from "./src/engine/tensorflow/index.ts";
`);
await kspec.startTensorFlow("wasm", { specFolder: import.meta.dirname });
const runtime = await kspec.loadRuntime();
if (!runtime.available) throw new Error(runtime.reason);

const rows = [];
for (const [size, rounds] of [
  [32, 5],
  [224, 3],
]) {
  const options = { weights: null, includeTop: false, inputShape: [size, size, 3] };
  const { class_name, config } = kspec.buildApplication({ from: "application", name, options });
  const network = {
    name,
    layers: [
      {
        name: "image",
        block: "",
        class_name: "InputLayer",
        config: { batch_input_shape: [null, size, size, 3] },
        trainable: true,
        calls: [[]],
      },
      {
        name: "base",
        block: "",
        class_name,
        config,
        trainable: false,
        calls: [[{ layer: "image", call: 0 }]],
      },
    ],
    inputs: [{ column: "image", layer: "image" }],
    outputs: [{ name: "features", from: { layer: "base", call: 0 } }],
  };
  const { model } = kspec.realise(network, 1);
  const weights = new Map(
    model.weights.map((weight) => {
      const tensor = weight.read();
      return [
        weight.originalName,
        { shape: tensor.shape, dtype: "float32", values: tensor.dataSync().slice() },
      ];
    }),
  );

  const began = performance.now();
  const exported = kspec.exportGraph(name, kspec.graphOfNetwork(network), kspec.weightsByName(weights));
  if (!exported.supported) throw new Error(`${exported.layer} (${exported.class_name}) ${exported.reason}`);
  const session = await kspec.openSession(runtime.ort, exported);
  const openMs = performance.now() - began;

  const batch = kspec.rowsAtOnce(exported);
  const input = (count) => ({
    shape: [size, size, 3],
    values: Float32Array.from({ length: count * size * size * 3 }, (_, i) => Math.sin(i)),
  });
  const images = input(batch);
  const few = input(Math.min(batch, size > 100 ? 1 : 8));
  const fewRows = few.values.length / (size * size * 3);
  const native = () => session.run([images], batch);
  const wasm = () =>
    kspec.tf.tidy(() => model.apply(kspec.tf.tensor(few.values, [fewRows, size, size, 3])).dataSync());
  const times = { native: [], wasm: [] };
  for (let round = 0; round <= rounds; round++)
    for (const [way, work, count] of [
      ["native", native, batch],
      ["wasm", wasm, fewRows],
    ]) {
      const start = performance.now();
      await work();
      // The first round warms up.
      if (round > 0) times[way].push((performance.now() - start) / count);
    }
  await session.release();
  model.dispose();
  const [a, b] = [median(times.native), median(times.wasm)];
  rows.push([`${size}×${size}`, batch, a.toFixed(2), b.toFixed(1), (b / a).toFixed(1), openMs.toFixed(0)]);
}
console.log(`${name}, without its top\n`);
printTable(
  [
    "images",
    "at once",
    "ONNX Runtime, ms an image",
    "WebAssembly, ms an image",
    "ratio",
    "export and session, ms",
  ],
  rows,
);
process.exit(0);
