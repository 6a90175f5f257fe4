import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { expectGradients, gradientsOf, type Given } from "./gradients.ts";
import { broadcastable } from "./shapes.ts";

// Functions of each value by itself, whatever is broadcast to what.

const functions: [op: string, first: Partial<Given>, second: Partial<Given>][] = [
  ["Add", {}, {}],
  ["Sub", {}, {}],
  ["Mul", {}, {}],
  ["Div", {}, { from: 0.5, to: 2 }],
  ["Div", {}, { from: -2, to: -0.5 }],
  ["Pow", { from: 0.3, to: 2 }, {}],
  ["Max", {}, {}],
  ["Min", {}, {}],
];

describe("functions of two values", () => {
  it.each(functions)("%s", async (op, first, second) => {
    await fc.assert(
      fc.asyncProperty(broadcastable(2), async ([a, b]) => {
        const inputs = [
          { ...a!, ...first },
          { ...b!, ...second },
        ];
        await expectGradients({ inputs, write: (graph, names) => graph.add(op, "test", names) });
      }),
      { numRuns: 25, seed: 1 },
    );
  });

  it("of which one is held", async () => {
    for (const [op, first, second] of functions)
      for (const held of [0, 1])
        await expectGradients({
          inputs: [first, second].map((range, i) => ({
            shape: i === 0 ? [3, 4] : [4],
            ...range,
            fixed: i === held,
          })),
          write: (graph, names) => graph.add(op, "test", names),
        });
  });

  it("of the same value twice", async () => {
    for (const op of ["Add", "Sub", "Mul", "Div"])
      await expectGradients({
        inputs: [{ shape: [2, 3], from: 0.5 }],
        write: (graph, [x]) => graph.add(op, "test", [x!, x!]),
      });
  });

  it("the first of two that are equal gets all, as for TensorFlow", async () => {
    for (const op of ["Max", "Min"]) {
      const inputs = [
        { shape: [3], values: [1, 2, 3] },
        { shape: [3], values: [1, 3, 2] },
      ];
      const [a, b] = await gradientsOf(
        { inputs, write: (graph, names) => graph.add(op, "test", names) },
        [10, 20, 30],
      );
      expect(a).toEqual(op === "Max" ? [10, 0, 30] : [10, 20, 0]);
      expect(b).toEqual(op === "Max" ? [0, 20, 0] : [0, 0, 30]);
    }
  });
});

it("sums of several", async () => {
  await fc.assert(
    fc.asyncProperty(broadcastable(3), async (inputs) => {
      await expectGradients({ inputs, write: (graph, names) => graph.add("Sum", "test", names) });
    }),
    { numRuns: 15, seed: 2 },
  );
});

it("one of two where a condition says which", async () => {
  await fc.assert(
    fc.asyncProperty(broadcastable(3), async ([condition, ...choices]) => {
      await expectGradients({
        inputs: [{ ...condition!, fixed: true }, ...choices],
        write: (graph, [of, a, b]) => {
          const zero = graph.constant("zero", [], () => Float32Array.of(0));
          return graph.add("Where", "test", [graph.add("Greater", "test", [of!, zero]), a!, b!]);
        },
      });
    }),
    { numRuns: 25, seed: 3 },
  );
});

describe("functions of one value", () => {
  it.each<[op: string, range: Partial<Given>]>([
    ["Neg", {}],
    ["Abs", {}],
    ["Sqrt", { from: 0.2, to: 3 }],
    ["Exp", {}],
    ["Log", { from: 0.2, to: 3 }],
    ["Sin", {}],
    ["Cos", {}],
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

  it("jumps give nothing", async () => {
    for (const op of ["Sign", "Floor", "Ceil", "Round"])
      await expectGradients({
        inputs: [{ shape: [2, 5] }],
        write: (graph, names) => graph.add(op, "test", names),
      });
  });
});
