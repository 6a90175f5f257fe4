/** `node forward-kspec.mjs MIRROR SIDE IMAGES FILE.onnx`: KSpec's own session. Writes what it gives to ONNX Runtime, for others to run. */
import { readFileSync, writeFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { bundleEngine } from "../../../scripts/bundle-engine.mjs";

const [mirror, sideText, data, file] = process.argv.slice(2);
const side = Number(sideText);
const kspec = await bundleEngine(`
  export { loadApplication } from "./src/engine/application-base.ts";
  export { exportGraph, weightsByName } from "./src/engine/native/export.ts";
  export { graphOfConfig } from "./src/engine/native/keras-graph.ts";
  export { encodeModel } from "./src/engine/native/onnx/encode.ts";
  export { loadRuntime } from "./src/engine/native/runtime.ts";
  export { openSession, rowsAtOnce } from "./src/engine/native/session.ts";
`);
const runtime = await kspec.loadRuntime();
if (!runtime.available) throw new Error(runtime.reason);

const { class_name, config, weights } = await kspec.loadApplication(
  {
    from: "application",
    name: "resnet50",
    options: { includeTop: false, inputShape: [side, side, 3] },
  },
  import.meta.dirname,
  { mirrors: [mirror], keras_home: "/nowhere", env: {} },
);
const written = () => {
  const graph = kspec.graphOfConfig(class_name, config);
  const exported = kspec.exportGraph("resnet50", graph, kspec.weightsByName(weights));
  if (!exported.supported) throw new Error(`${exported.layer} ${exported.reason}`);
  return exported;
};
writeFileSync(file, kspec.encodeModel(written()));
const exported = written();
const batch = kspec.rowsAtOnce(exported);
const session = await kspec.openSession(runtime.ort, exported);

const bytes = readFileSync(data);
const all = new Float32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4);
const images = Float32Array.from({ length: batch * side * side * 3 }, (_, i) => all[i % all.length]);
const run = async () => (await session.run([{ shape: [side, side, 3], values: images }], batch))[0].values;

const say = (answer) => console.log(JSON.stringify(answer));
say({ ready: true, batch, sample: [...(await run()).subarray(0, 2048)] });
for await (const line of createInterface({ input: process.stdin })) {
  const began = performance.now();
  for (let i = 0; i < Number(line); i++) await run();
  say({ ms: (performance.now() - began) / (Number(line) * batch) });
}
