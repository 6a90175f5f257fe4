import "@tensorflow/tfjs-backend-cpu";
import { beforeAll, expect, it } from "vitest";
import { startTensorFlow, tf } from "../../src/engine/tensorflow/index.ts";

// Matrix products with transposed factors on the WebAssembly backend give what plain JavaScript gives, below and above the size
// from which they are transposed first.

beforeAll(async () => {
  await startTensorFlow("wasm", { specFolder: import.meta.dirname });
});

const wave = (shape: readonly number[]) =>
  tf.tensor(
    Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => Math.sin(i * 1.7)),
    [...shape],
  );

async function on(backend: string, compute: () => ReturnType<typeof wave>): Promise<Float32Array> {
  await tf.setBackend(backend);
  const result = tf.tidy(compute);
  const values = result.dataSync<"float32">().slice();
  result.dispose();
  return values;
}

it.each([
  { a: [32, 2048], b: [32, 10], transposeA: true, transposeB: false },
  { a: [32, 100], b: [300, 100], transposeA: false, transposeB: true },
  { a: [70, 50], b: [60, 70], transposeA: true, transposeB: true },
  { a: [3, 40, 30], b: [3, 40, 50], transposeA: true, transposeB: false },
  { a: [3, 2, 40, 30], b: [3, 2, 50, 30], transposeA: false, transposeB: true },
  { a: [1, 64, 40], b: [4, 64, 50], transposeA: true, transposeB: false },
  { a: [4, 2], b: [4, 3], transposeA: true, transposeB: false },
])("$a by $b, transposed: $transposeA, $transposeB", async ({ a, b, transposeA, transposeB }) => {
  const compute = () => tf.matMul(wave(a), wave(b), transposeA, transposeB);
  const expected = await on("cpu", compute);
  const held = tf.memory().numTensors;
  const actual = await on("wasm", compute);
  expect(actual.length).toBe(expected.length);
  expect(Math.max(...actual.map((value, i) => Math.abs(value - expected[i]!)))).toBeLessThan(1e-3);
  expect(tf.memory().numTensors).toBe(held);
});
