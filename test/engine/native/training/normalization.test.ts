import fc from "fast-check";
import { describe, it } from "vitest";
import type { Graph } from "../../../../src/engine/native/onnx/graph.ts";
import { expectGradients, type Given } from "./gradients.ts";

// What is brought to a common scale by statistics of its own.

/** An operation with two outputs more, whose gradients nobody asks for; gives the first. */
function withStatistics(
  graph: Graph,
  op: string,
  inputs: readonly string[],
  attributes: Record<string, { int: number } | { float: number }>,
): string {
  const [output, ...furtherOutputs] = ["result", "mean", "spread"].map((name) => graph.freshName(name)) as [
    string,
    ...string[],
  ];
  graph.nodes.push({ op, name: output, inputs: [...inputs], output, furtherOutputs, attributes });
  return output;
}

const vector = (extent: number): Given => ({ shape: [extent], from: 0.5, to: 1.5 });

describe("a batch, each channel by itself", () => {
  const trial = (shape: number[], axis: number, open: number[] = []) =>
    expectGradients({
      // The gradients of the values of one channel add up to nothing, and what is left of them is small.
      tolerance: 2e-4,
      inputs: [{ shape, rows: true, open }, vector(shape[axis]!), vector(shape[axis]!)],
      write: (graph, inputs) =>
        withStatistics(graph, "NormalizedBatch", inputs, {
          axis: { int: axis },
          rank: { int: shape.length },
          epsilon: { float: 0.01 },
        }),
    });

  it.each<[string, number[], number, number[]?]>([
    ["of vectors", [5, 3], 1],
    ["of one row", [1, 4], 1],
    ["of images whose channels lie first", [3, 2, 4, 3], 1],
    ["of images whose channels lie last", [3, 2, 3, 2], 3],
    ["along an axis in the middle", [2, 3, 4, 2], 2],
    ["of sequences of any length", [3, 4, 2], 2, [1]],
    ["of volumes", [2, 2, 2, 1, 3], 1],
  ])("%s", (_, shape, axis, open) => trial(shape, axis, open));

  it("of any extents", () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom(1, 2, 3), { minLength: 2, maxLength: 4 }),
        fc.nat(),
        (shape, place) => trial(shape, 1 + (place % (shape.length - 1))),
      ),
      { numRuns: 15, seed: 1 },
    ));
});

describe("each row by itself", () => {
  const trial = (shape: number[], axis: number, bias = true) =>
    expectGradients({
      inputs: [
        { shape, rows: true },
        { shape: shape.slice(axis), from: 0.5, to: 1.5 },
        ...(bias ? [{ shape: shape.slice(axis) }] : []),
      ],
      write: (graph, inputs) =>
        withStatistics(graph, "LayerNormalization", inputs, {
          axis: { int: axis },
          epsilon: { float: 0.01 },
        }),
    });

  it.each<[string, number[], number, boolean?]>([
    ["a vector", [4, 5], 1],
    ["without an offset", [4, 5], 1, false],
    ["the last axis of a sequence", [2, 3, 4], 2],
    ["two axes of a sequence", [3, 2, 4], 1],
    ["a single value", [3, 1], 1],
  ])("%s", (_, shape, axis, bias) => trial(shape, axis, bias));
});
