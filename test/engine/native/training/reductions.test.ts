import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { expectGradients, gradientsOf } from "./gradients.ts";
import { shapes } from "./shapes.ts";

// Operations that make one value of many.

const whole = (values: readonly number[]) => () => BigInt64Array.from(values, BigInt);

describe("over some axes or all", () => {
  it.each(["ReduceSum", "ReduceMean", "ReduceMax", "ReduceMin", "ReduceL2"])("%s", async (op) => {
    await fc.assert(
      fc.asyncProperty(
        shapes(1, 4),
        fc.array(fc.boolean(), { minLength: 4, maxLength: 4 }),
        fc.boolean(),
        fc.boolean(),
        fc.boolean(),
        async (shape, reduced, keep, rows, fromTheEnd) => {
          const axes = shape.flatMap((_, i) => (reduced[i]! ? [fromTheEnd ? i - shape.length : i] : []));
          // The largest values' axes are an attribute in this version of ONNX, unless KSpec's own graphs write them: they are an input.
          const asInput = op === "ReduceSum" || op.startsWith("Reduce");
          await expectGradients({
            inputs: [{ shape, rows }],
            write: (graph, [x]) =>
              graph.add(
                op,
                "test",
                axes.length > 0 && asInput ? [x!, graph.constant("axes", [axes.length], whole(axes))] : [x!],
                { keepdims: { int: keep ? 1 : 0 } },
              ),
          });
        },
      ),
      { numRuns: 25, seed: 1 },
    );
  });

  it("equal shares where several are the largest", async () => {
    const [gradient] = await gradientsOf(
      {
        inputs: [{ shape: [2, 3], values: [1, 5, 5, 2, 1, 0] }],
        write: (graph, [x]) =>
          graph.add("ReduceMax", "test", [x!, graph.constant("axes", [1], whole([1]))], {
            keepdims: { int: 0 },
          }),
      },
      [8, 3],
    );
    expect(gradient).toEqual([0, 4, 4, 3, 0, 0]);
  });
});

describe.each(["Softmax", "LogSoftmax"])("%s", (op) => {
  it("along any axis", async () => {
    await fc.assert(
      fc.asyncProperty(shapes(1, 4), fc.nat(3), fc.boolean(), async (shape, place, fromTheEnd) => {
        const axis = place % shape.length;
        await expectGradients({
          inputs: [{ shape, rows: axis !== 0 }],
          write: (graph, names) =>
            graph.add(op, "test", names, { axis: { int: fromTheEnd ? axis - shape.length : axis } }),
        });
      }),
      { numRuns: 20, seed: 2 },
    );
  });

  it("of large numbers", async () => {
    const [gradient] = await gradientsOf(
      {
        inputs: [{ shape: [1, 3], values: [300, -300, 299] }],
        write: (graph, names) => graph.add(op, "test", names),
      },
      [1, 0, 0],
    );
    expect(gradient!.every((one) => Number.isFinite(one))).toBe(true);
  });
});

it("the place of the largest gives nothing", async () => {
  await expectGradients({
    inputs: [{ shape: [3, 4], rows: true }],
    write: (graph, [x]) =>
      graph.add(
        "Cast",
        "test",
        [graph.add("ArgMax", "test", [x!], { axis: { int: -1 }, keepdims: { int: 0 } })],
        {
          to: { int: 1 },
        },
      ),
  });
});

it("running sums", async () => {
  for (const exclusive of [0, 1])
    for (const reverse of [0, 1])
      for (const axis of [0, 1, -1])
        await expectGradients({
          inputs: [{ shape: [3, 4, 2], rows: true }],
          write: (graph, [x]) =>
            graph.add(
              "CumSum",
              "test",
              [x!, graph.constant("axis", [], () => BigInt64Array.of(BigInt(axis)))],
              { exclusive: { int: exclusive }, reverse: { int: reverse } },
            ),
          linear: true,
        });
});
