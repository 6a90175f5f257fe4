import fc from "fast-check";
import { expect, it } from "vitest";
import type { Attributes } from "../../../../src/engine/native/onnx/graph.ts";
import { expectGradients, gradientsOf } from "./gradients.ts";
import { shapes } from "./shapes.ts";

// Functions that networks have between their layers.

it.each<[op: string, attributes: Attributes]>([
  ["Elu", {}],
  ["Elu", { alpha: { float: 0.3 } }],
  ["Selu", {}],
  ["LeakyRelu", {}],
  ["LeakyRelu", { alpha: { float: 0.2 } }],
  ["HardSigmoid", {}],
  ["HardSigmoid", { alpha: { float: 1 / 6 }, beta: { float: 0.5 } }],
  ["Softsign", {}],
  ["Erf", {}],
])("%s %o", async (op, attributes) => {
  await expectGradients({
    inputs: [{ shape: [4, 1, 7], rows: true, from: -4, to: 4 }],
    write: (graph, names) => graph.add(op, "test", names, attributes),
  });
});

it.each([
  [0, 1.5],
  [-1, 1],
  [undefined, 0.7],
  [-0.3, undefined],
])("Clip between %s and %s", async (low, high) => {
  await expectGradients({
    inputs: [{ shape: [4, 5], rows: true }],
    write: (graph, [x]) => {
      const bound = (value: number | undefined) =>
        value === undefined ? "" : graph.constant(`bound ${value}`, [], () => Float32Array.of(value));
      return graph.add("Clip", "test", [x!, bound(low), bound(high)]);
    },
  });
});

it("PRelu, its slopes shared along any axes", async () => {
  await fc.assert(
    fc.asyncProperty(
      shapes(1, 3),
      fc.array(fc.boolean(), { minLength: 3, maxLength: 3 }),
      async (shape, shared) => {
        const slopes = shape.map((extent, i) => (shared[i]! ? 1 : extent));
        await expectGradients({
          inputs: [{ shape: [3, ...shape], rows: true }, { shape: slopes }],
          write: (graph, names) => graph.add("PRelu", "test", names),
        });
      },
    ),
    { numRuns: 15, seed: 1 },
  );
});

it("at 0 a value counts as below it, as for TensorFlow", async () => {
  for (const [op, slope, attributes] of [
    ["Relu", 0, {}],
    ["LeakyRelu", 0.2, { alpha: { float: 0.2 } }],
    ["Elu", 0.5, { alpha: { float: 0.5 } }],
  ] as const) {
    const [gradient] = await gradientsOf(
      {
        inputs: [{ shape: [1], values: [0] }],
        write: (graph, names) => graph.add(op, "test", names, attributes),
      },
      [1],
    );
    expect(gradient![0]).toBeCloseTo(slope, 6);
  }
});

it("saturated values give nothing, however large", async () => {
  for (const op of ["Sigmoid", "Tanh", "Softplus", "Elu", "Selu", "Erf"]) {
    const [gradient] = await gradientsOf(
      {
        inputs: [{ shape: [2], values: [-200, 200] }],
        write: (graph, names) => graph.add(op, "test", names),
      },
      [1, 1],
    );
    expect(gradient!.every((one) => Number.isFinite(one))).toBe(true);
    expect(Math.abs(gradient![0]!)).toBeLessThan(1e-6);
  }
});
