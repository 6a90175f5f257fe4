/** `node forward-bare.mjs FILE.onnx SIDE IMAGES BATCH`: ONNX Runtime and nothing else. */
import { readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { createInterface } from "node:readline";
import * as ort from "onnxruntime-node";

const [file, sideText, data, batchText] = process.argv.slice(2);
const [side, batch] = [Number(sideText), Number(batchText)];
const bytes = readFileSync(data);
const all = new Float32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4);
const images = Float32Array.from({ length: batch * side * side * 3 }, (_, i) => all[i % all.length]);
const session = await ort.InferenceSession.create(file, {
  intraOpNumThreads: availableParallelism(),
  logSeverityLevel: 3,
});
const run = async () => {
  const input = new ort.Tensor("float32", images, [batch, side, side, 3]);
  const results = await session.run({ [session.inputNames[0]]: input });
  return results[session.outputNames[0]].data;
};
const say = (answer) => console.log(JSON.stringify(answer));
say({ ready: true, sample: [...(await run()).subarray(0, 2048)] });
for await (const line of createInterface({ input: process.stdin })) {
  const began = performance.now();
  for (let i = 0; i < Number(line); i++) await run();
  say({ ms: (performance.now() - began) / (Number(line) * batch) });
}
