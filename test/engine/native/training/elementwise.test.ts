import fc from "fast-check";
import { describe, it } from "vitest";
import { expectGradients, type Given } from "./gradients.ts";
import { broadcastable } from "./shapes.ts";

// Functions of each value by itself, whatever is broadcast to what.

describe("functions of two values", () => {
  it.each<[string, Partial<Given>, Partial<Given>]>([
    ["Add", {}, {}],
    ["Sub", {}, {}],
    ["Mul", {}, {}],
    ["Div", {}, { from: 0.5, to: 2 }],
    ["Div", {}, { from: -2, to: -0.5 }],
    ["Pow", { from: 0.3, to: 2 }, {}],
    ["Max", {}, {}],
    ["Min", {}, {}],
  ])("%s", async (op, first, second) => {
    await fc.assert(
      fc.asyncProperty(broadcastable(2), async ([a, b]) => {
        await expectGradients({
          inputs: [
            { ...a!, ...first },
            { ...b!, ...second },
          ],
          write: (graph, names) => graph.add(op, "test", names),
        });
      }),
      { numRuns: 20, seed: 1 },
    );
  });
});

describe("functions of one value", () => {
  it.each<[string, Partial<Given>]>([
    ["Neg", {}],
    ["Abs", {}],
    ["Sqrt", { from: 0.2, to: 3 }],
    ["Exp", {}],
    ["Log", { from: 0.2, to: 3 }],
    ["Reciprocal", { from: 0.3, to: 2 }],
    ["Relu", {}],
    ["Sigmoid", { from: -6, to: 6 }],
    ["Tanh", {}],
    ["Softplus", { from: -6, to: 6 }],
    ["Identity", {}],
  ])("%s", async (op, range) => {
    await expectGradients({
      inputs: [{ shape: [3, 1, 5], rows: true, ...range }],
      write: (graph, names) => graph.add(op, "test", names),
    });
  });
});
