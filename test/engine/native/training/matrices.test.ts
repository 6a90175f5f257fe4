import fc from "fast-check";
import { describe, it } from "vitest";
import { expectGradients } from "./gradients.ts";

// Products of matrices, stacked and broadcast.

const extent = fc.constantFrom(1, 2, 3, 5);

describe("Gemm", () => {
  it("either turned or not, with a bias of any shape or none", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.tuple(extent, extent, extent, fc.boolean(), fc.boolean()),
        fc.constantFrom("none", "columns", "one", "whole"),
        async ([rows, inner, columns, transA, transB], bias) => {
          const biases = { none: [], columns: [[columns]], one: [[1]], whole: [[rows, columns]] }[bias];
          await expectGradients({
            inputs: [
              { shape: transA ? [inner, rows] : [rows, inner], rows: !transA, open: transA ? [1] : [] },
              { shape: transB ? [columns, inner] : [inner, columns] },
              ...biases.map((shape) => ({ shape })),
            ],
            write: (graph, names) =>
              graph.add("Gemm", "test", names, {
                ...(transA ? { transA: { int: 1 } } : {}),
                ...(transB ? { transB: { int: 1 } } : {}),
              }),
            linear: true,
          });
        },
      ),
      { numRuns: 40, seed: 1 },
    );
  });
});

describe("MatMul", () => {
  it("of stacks that are broadcast to each other", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.tuple(extent, extent, extent),
        fc.array(fc.tuple(extent, fc.boolean(), fc.boolean()), { maxLength: 2 }),
        fc.nat(2),
        fc.boolean(),
        async ([rows, inner, columns], stack, missing, leftHasMore) => {
          const left = stack.map(([one, single]) => (single ? 1 : one));
          const right = stack.map(([one, , single]) => (single ? 1 : one));
          const [more, fewer] = leftHasMore ? [left, right.slice(missing)] : [right, left.slice(missing)];
          const [a, b] = leftHasMore ? [more, fewer] : [fewer, more];
          await expectGradients({
            inputs: [{ shape: [...a, rows, inner] }, { shape: [...b, inner, columns] }],
            write: (graph, names) => graph.add("MatMul", "test", names),
            linear: true,
          });
        },
      ),
      { numRuns: 40, seed: 2 },
    );
  });

  it("of rows of sequences with one matrix", async () => {
    await expectGradients({
      inputs: [{ shape: [3, 4, 5], rows: true, open: [1] }, { shape: [5, 2] }],
      write: (graph, names) => graph.add("MatMul", "test", names),
      linear: true,
    });
  });
});
