import fc from "fast-check";
import { describe, it } from "vitest";
import type { Graph } from "../../../../src/engine/native/onnx/graph.ts";
import { expectGradients } from "./gradients.ts";
import { shapes } from "./shapes.ts";

// The same values in another shape, in blocks, or scaled channel by channel.

const wholes = (graph: Graph, values: readonly number[]) =>
  graph.constant(`wholes ${values.join(" ")}`, [values.length], () => BigInt64Array.from(values, BigInt));

describe("another shape", () => {
  it.each<[string, number[], number[]]>([
    ["one axis", [3, 4, 2], [-1]],
    ["an axis more", [3, 4], [-1, 2, 2]],
    ["rows as they are", [3, 4, 2], [0, 8]],
    ["rows as they are, and the rest", [3, 4, 2], [0, 2, -1]],
    ["axes of one place", [3, 1, 2], [1, -1, 1, 2]],
  ])("%s", async (_, shape, target) => {
    for (const open of [[], [1]])
      await expectGradients({
        inputs: [{ shape, rows: true, open: shape.length > 2 && target[0] !== 0 ? open : [] }],
        write: (graph, [x]) => graph.add("Reshape", "test", [x!, wholes(graph, target)]),
        linear: true,
      });
  });

  it("that of another tensor, or made of its extents", async () => {
    await expectGradients({
      inputs: [
        { shape: [6, 5], rows: true },
        { shape: [2, 3, 7], rows: true, open: [1], fixed: true },
      ],
      write: (graph, [x, like]) => {
        const leading = graph.add("Slice", "test", [
          graph.add("Shape", "test", [like!]),
          wholes(graph, [0]),
          wholes(graph, [2]),
        ]);
        const shape = graph.add("Concat", "test", [leading, wholes(graph, [5])], { axis: { int: 0 } });
        return graph.add("Reshape", "test", [x!, shape]);
      },
      linear: true,
    });
  });

  it("flat from any axis", async () => {
    for (const axis of [0, 1, 2, -1])
      await expectGradients({
        inputs: [{ shape: [3, 2, 4], rows: true }],
        write: (graph, [x]) => graph.add("Flatten", "test", [x!], { axis: { int: axis } }),
        linear: true,
      });
  });

  it("axes in another order", async () => {
    await fc.assert(
      fc.asyncProperty(
        shapes(1, 4).chain((shape) =>
          fc.tuple(
            fc.constant(shape),
            fc.option(
              fc.shuffledSubarray(
                shape.map((_, i) => i),
                { minLength: shape.length },
              ),
            ),
          ),
        ),
        async ([shape, order]) => {
          await expectGradients({
            inputs: [{ shape, rows: true }],
            write: (graph, names) =>
              graph.add("Transpose", "test", names, order === null ? {} : { perm: { ints: order } }),
            linear: true,
          });
        },
      ),
      { numRuns: 25, seed: 1 },
    );
  });

  it("axes of one place put in and taken out", async () => {
    await expectGradients({
      inputs: [{ shape: [3, 2], rows: true, open: [1] }],
      write: (graph, [x]) => graph.add("Unsqueeze", "test", [x!, wholes(graph, [1, -1])]),
      linear: true,
    });
    await expectGradients({
      inputs: [{ shape: [3, 1, 2, 1], rows: true, open: [2] }],
      write: (graph, [x]) => graph.add("Squeeze", "test", [x!, wholes(graph, [-1, 1])]),
      linear: true,
    });
  });

  it("the same in more places", async () => {
    await expectGradients({
      inputs: [{ shape: [3, 1, 2], rows: true }],
      write: (graph, [x]) => graph.add("Expand", "test", [x!, wholes(graph, [2, 1, 4, 1])]),
      linear: true,
    });
    await expectGradients({
      inputs: [{ shape: [1, 4] }, { shape: [5, 4], rows: true, fixed: true }],
      write: (graph, [x, like]) => graph.add("Expand", "test", [x!, graph.add("Shape", "test", [like!])]),
      linear: true,
    });
  });
});

describe("images", () => {
  it.each([
    [[2], [5]],
    [
      [2, 3],
      [3, 1],
    ],
    [
      [1, 2],
      [3, 4],
    ],
    [
      [2, 1, 3],
      [2, 3, 1],
    ],
  ])("blocks of %j of each value", async (factors, space) => {
    await expectGradients({
      inputs: [{ shape: [2, 3, ...space], rows: true, open: [2] }],
      write: (graph, [x]) =>
        graph.add(
          "Resize",
          "test",
          [x!, "", graph.constant("factors", [2 + factors.length], () => Float32Array.of(1, 1, ...factors))],
          {
            mode: { text: "nearest" },
            coordinate_transformation_mode: { text: "asymmetric" },
            nearest_mode: { text: "floor" },
          },
        ),
      linear: true,
    });
  });

  it("enlarged and shrunk between values, by any factor", async () => {
    const factor = fc.constantFrom(0.5, 0.7, 1, 1.5, 2, 3, 7 / 3);
    await fc.assert(
      fc.asyncProperty(
        fc.tuple(fc.constantFrom(1, 2, 4, 5), fc.constantFrom(2, 3, 4)),
        fc.tuple(factor, factor),
        async ([height, width], [up, across]) => {
          fc.pre(height * up >= 1 && width * across >= 1);
          await expectGradients({
            inputs: [{ shape: [2, 2, height, width], rows: true }],
            write: (graph, [x]) =>
              graph.add(
                "Resize",
                "test",
                [x!, "", graph.constant("factors", [4], () => Float32Array.of(1, 1, up, across))],
                { mode: { text: "linear" }, coordinate_transformation_mode: { text: "half_pixel" } },
              ),
            linear: true,
          });
        },
      ),
      { numRuns: 30, seed: 1 },
    );
  });

  it("a scale and a shift of each channel", async () => {
    for (const [axis, shape] of [
      [1, [3, 2, 2, 3]],
      [1, [4, 3]],
      [2, [2, 3, 4]],
      [3, [2, 1, 2, 3]],
    ] as const)
      await expectGradients({
        inputs: [{ shape, rows: true }],
        write: (graph, [x]) =>
          graph.add(
            "Affine",
            "test",
            [
              x!,
              ...["scale", "shift"].map((name, which) =>
                graph.constant(name, [shape[axis]!], () =>
                  Float32Array.from({ length: shape[axis]! }, (_, i) => i - 0.7 + which),
                ),
              ),
            ],
            { axis: { int: axis }, rank: { int: shape.length } },
          ),
        linear: true,
      });
  });
});
