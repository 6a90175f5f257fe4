import { beforeAll, describe, expect, it } from "vitest";
import { Graph } from "../../../../src/engine/native/onnx/graph.ts";
import { GraphExtents } from "../../../../src/engine/native/training/extents.ts";
import { GradientWriter } from "../../../../src/engine/native/training/gradient-writer.ts";
import { updateWeights } from "../../../../src/engine/native/training/update-weights.ts";
import { findOptimizer } from "../../../../src/engine/optimizers.ts";
import { startTensorFlow } from "../../../../src/engine/tensorflow/index.ts";
import { chainOf, trainBoth } from "./train-both.ts";

beforeAll(() => startTensorFlow("wasm", { specFolder: import.meta.dirname }).then(() => undefined));

/** How often each operation is written for weights of these shapes. */
function written(shapes: readonly (readonly number[])[]): Record<string, number> {
  const graph = new Graph();
  const extents = new GraphExtents(graph);
  const optimizer = findOptimizer("adam", 0.01);
  const given = (name: string, shape: readonly number[]) => {
    extents.set(graph.freshName(name), shape);
    return name;
  };
  const weights = shapes.map((shape, i) => ({
    weight: given(`weight ${i}`, shape),
    gradient: given(`gradient ${i}`, shape),
    slots: { first: given(`first ${i}`, shape), second: given(`second ${i}`, shape) },
  }));
  const numbers = { ...optimizer.constants, ...optimizer.numbers(1, 1) };
  const updates = updateWeights(new GradientWriter(extents, "step"), optimizer, weights, numbers);
  for (const [i, { weight, slots }] of updates.entries())
    for (const name of [weight, slots["first"]!, slots["second"]!])
      expect(extents.of(name)).toEqual(shapes[i]);
  const counts: Record<string, number> = {};
  for (const { op } of graph.nodes) counts[op] = (counts[op] ?? 0) + 1;
  return counts;
}

describe("short vectors are moved together", () => {
  it("and what is longer, or a matrix, by itself", () => {
    const counts = written([[4], [3, 3], [5], [6], [9000], [4]]);
    // The vectors, the matrix, the long one.
    expect(counts["Sqrt"]).toBe(3);
    expect(counts["Concat"]).toBe(4);
    expect(counts["Split"]).toBe(3);
  });

  it("but not a few of them", () => {
    expect(written([[4], [3, 3], [5], [6]])).toMatchObject({ Sqrt: 4 });
    expect(written([[4], [3, 3], [5], [6]])).not.toHaveProperty("Concat");
  });

  it.each(["adam", "sgd", "adagrad"])("to where TensorFlow.js moves them: %s", (optimizer) =>
    trainBoth(
      chainOf(
        [6],
        [
          ["Dense", { units: 5, activation: "tanh" }],
          ["BatchNormalization", { gamma_constraint: { class_name: "NonNeg", config: {} } }],
          ["Dense", { units: 3, activation: "tanh" }],
          ["BatchNormalization", {}],
        ],
      ),
      { optimizer },
    ),
  );
});
