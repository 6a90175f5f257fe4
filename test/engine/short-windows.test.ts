import "@tensorflow/tfjs-backend-cpu";
import { beforeAll, describe, expect, it } from "vitest";
import { startTensorFlow, tf } from "../../src/engine/tensorflow/index.ts";

// Windows whose last one ends before the edge: the WebAssembly backend must give what plain JavaScript gives.

beforeAll(async () => {
  await startTensorFlow("wasm", { specFolder: import.meta.dirname });
});

const wave = (shape: number[]) =>
  tf.tensor(
    Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => Math.sin(i * 1.7)),
    shape,
  );

async function on(backend: string, compute: () => ReturnType<typeof wave>): Promise<number[]> {
  await tf.setBackend(backend);
  return Array.from(tf.tidy(compute).dataSync());
}

describe.each([
  [6, [2, 2], 3],
  [6, [3, 1], 2],
  [4, [1, 2], 2],
  [5, [1, 3], 3],
  [4, [1, 1], 2],
  [7, [3, 3], 2],
] as const)("%d wide, window %o, steps of %d", (extent, [height, width], steps) => {
  it.each(["conv2d", "depthwiseConv2d"] as const)("%s", async (name) => {
    const compute = () =>
      tf[name](
        wave([2, extent, extent, 3]) as never,
        wave([height, width, 3, 2]) as never,
        steps,
        "same",
      ) as ReturnType<typeof wave>;
    const expected = await on("cpu", compute);
    const actual = await on("wasm", compute);
    expect(actual.length).toBe(expected.length);
    for (const [i, value] of actual.entries()) expect(value).toBeCloseTo(expected[i]!, 4);
    expect(Math.max(...actual.map(Math.abs))).toBeGreaterThan(0);
  });
});
