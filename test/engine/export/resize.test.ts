import { expect, it } from "vitest";
import { resizeBilinear } from "../../../src/data/recipe/resize-bilinear.ts";
import { exportedSteps } from "../../../src/engine/export/steps/index.ts";
import { encodeModel } from "../../../src/engine/native/onnx/encode.ts";
import { Graph } from "../../../src/engine/native/onnx/graph.ts";
import { loadRuntime } from "../../../src/engine/native/runtime.ts";
import { Layouts } from "../../../src/engine/native/value.ts";
import { randomStream } from "../../../src/engine/random.ts";

/** An exported `step_resize` by itself, on one image of noise: the sharpest edges there are. */
async function resized(pixels: Float32Array, shape: readonly [number, number, number], to: [number, number]) {
  const graph = new Graph();
  const layouts = new Layouts(graph);
  const value = { name: "image", shape: [null, null, shape[2]], channelsFirst: false };
  const columns = exportedSteps.get("resize")!({
    graph,
    layouts,
    label: "step_resize",
    named: ["image"],
    columns: new Map([["image", { kind: "image", value }]]),
    options: { height: to[0], width: to[1] },
    learnt: null,
  });
  const column = columns.get("image");
  if (column?.kind !== "image") throw new Error("It gave no image.");
  const output = layouts.asInKeras(column.value).name;
  const bytes = encodeModel({
    name: "resize",
    graph,
    inputs: [{ name: "image", shape: [null, null, shape[2]] }],
    outputs: [{ name: output, shape: [...to, shape[2]] }],
  });
  const runtime = await loadRuntime();
  if (!runtime.available) throw new Error(runtime.reason);
  const session = await runtime.ort.InferenceSession.create(bytes);
  const image = new runtime.ort.Tensor("float32", pixels, [1, ...shape]);
  const { [output]: result } = await session.run({ image });
  await session.release();
  return result!.data as Float32Array;
}

it.each([
  [[5, 4, 3], [9, 11], 1e-4],
  [[31, 47, 1], [8, 8], 1e-4],
  [[96, 96, 3], [96, 96], 0],
  [[640, 480, 3], [224, 224], 0.02],
  [[1333, 2001, 3], [160, 160], 0.05],
] as const)("%j to %j: every pixel to %f of 255", async (shape, [height, width], within) => {
  const random = randomStream(1, "noise");
  const pixels = Float32Array.from({ length: shape[0] * shape[1] * shape[2] }, () => random() * 255);
  const actual = await resized(pixels, shape, [height, width]);
  const expected = resizeBilinear(pixels.slice(), shape, height, width);
  expect(actual).toHaveLength(expected.length);
  const difference = expected.reduce((most, one, i) => Math.max(most, Math.abs(one - actual[i]!)), 0);
  expect(difference).toBeLessThanOrEqual(within);
});
