import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Graph } from "../../../../src/engine/native/onnx/graph.ts";
import { expectGradients, gradientsOf, type Given } from "./gradients.ts";
import { shapes } from "./shapes.ts";

// Operations that take values from numbered places, or put them there.

const wholes = (graph: Graph, values: readonly number[], shape: readonly number[] = [values.length]) =>
  graph.constant(`wholes ${values.join(" ")} ${shape.join("×")}`, shape, () =>
    BigInt64Array.from(values, BigInt),
  );

const sizeOf = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 1);

/** Places in something of this extent, some of them twice and some counted from the end. */
const placesIn = (extent: number, count: number, negative = true) =>
  fc.array(fc.integer({ min: negative ? -extent : 0, max: extent - 1 }), {
    minLength: count,
    maxLength: count,
  });

describe("Gather", () => {
  it("with places that a run tells", async () => {
    await fc.assert(
      fc.asyncProperty(
        shapes(1, 3).chain((shape) =>
          fc.nat(shape.length - 1).chain((axis) =>
            shapes(0, 2).chain((where) =>
              fc.record({
                shape: fc.constant(shape),
                axis: fc.constant(axis),
                where: fc.constant(where),
                places: placesIn(shape[axis]!, sizeOf(where)),
              }),
            ),
          ),
        ),
        async ({ shape, axis, where, places }) => {
          await expectGradients({
            inputs: [{ shape }, { shape: where, values: places, whole: true, rows: where.length > 0 }],
            write: (graph, names) => graph.add("Gather", "test", names, { axis: { int: axis } }),
            linear: true,
          });
        },
      ),
      { numRuns: 40, seed: 1 },
    );
  });

  it.each([
    ["one place, whose axis goes", [], [-1]],
    ["one place, whose axis stays", [1], [1]],
    ["several places, some twice", [5], [0, 2, 2, 3, 0]],
  ])("with constant places: %s", async (_, where, places) => {
    for (const axis of [0, 1, 2])
      await expectGradients({
        inputs: [{ shape: [4, 4, 4], rows: axis !== 0 }],
        write: (graph, [x]) =>
          graph.add("Gather", "test", [x!, wholes(graph, places, where)], { axis: { int: axis } }),
        linear: true,
      });
  });

  it("adds up thousands of readings of one row, whatever the number of threads", async () => {
    const places = Array.from({ length: 5000 }, (_, i) => i % 3);
    const [gradient] = await gradientsOf(
      {
        inputs: [{ shape: [3, 2] }, { shape: [5000], values: places, whole: true }],
        write: (graph, names) => graph.add("Gather", "test", names),
      },
      Array<number>(10_000).fill(1),
    );
    expect(gradient).toEqual([1667, 1667, 1667, 1667, 1666, 1666]);
  });
});

describe("of each row by itself", () => {
  it.each<[string, number[]]>([
    ["numbers", [3, 5]],
    ["vectors", [3, 5, 2]],
    ["images", [3, 5, 2, 2]],
  ])("GatherND of %s", async (_, shape) => {
    await expectGradients({
      inputs: [
        { shape, rows: true, open: [1] },
        { shape: [3, 4, 1], values: [0, 1, 1, 4, 3, 3, 3, 0, 2, 0, 4, 2], whole: true, rows: true },
      ],
      write: (graph, names) => graph.add("GatherND", "test", names, { batch_dims: { int: 1 } }),
      linear: true,
    });
  });

  it("GatherND without rows", async () => {
    await expectGradients({
      inputs: [{ shape: [3, 2, 4] }, { shape: [3, 2], values: [0, 1, 2, 0, 0, 1], whole: true }],
      write: (graph, names) => graph.add("GatherND", "test", names),
      linear: true,
    });
  });

  it("GatherElements", async () => {
    for (const axis of [0, 1, -1])
      await expectGradients({
        inputs: [
          { shape: [3, 3, 2], rows: true },
          { shape: [2, 3, 2], values: [0, 1, 1, 0, 1, 1, 1, 0, 0, 1, 0, 0], whole: true, rows: true },
        ],
        write: (graph, names) => graph.add("GatherElements", "test", names, { axis: { int: axis } }),
        linear: true,
      });
  });

  it.each([
    ["in the place of others", {}, [2, 0, 1, 1, 0, 2]],
    ["added to others", { reduction: { text: "add" } }, [2, 0, 1, 1, 2, 2]],
  ])("ScatterElements: %s", async (_, attributes, places) => {
    const values: Given = { shape: [2, 3] };
    await expectGradients({
      inputs: [{ shape: [2, 4] }, { ...values, values: places, whole: true }, values],
      write: (graph, names) =>
        graph.add("ScatterElements", "test", names, { axis: { int: 1 }, ...attributes }),
      linear: true,
    });
  });

  it.each([
    ["in the place of others", {}, [2, 0]],
    ["added to others", { reduction: { text: "add" } }, [2, 2]],
  ])("ScatterND: %s", async (_, attributes, places) => {
    await expectGradients({
      inputs: [{ shape: [4, 3] }, { shape: [2, 1], values: places, whole: true }, { shape: [2, 3] }],
      write: (graph, names) => graph.add("ScatterND", "test", names, attributes),
      linear: true,
    });
  });
});

it("the largest values, and nothing by their places", async () => {
  await expectGradients({
    inputs: [{ shape: [3, 5], rows: true }],
    write: (graph, [x]) => {
      const values = graph.freshName("values");
      const places = graph.freshName("places");
      graph.nodes.push({
        op: "TopK",
        name: "top",
        inputs: [x!, wholes(graph, [2])],
        output: values,
        furtherOutputs: [places],
        attributes: { axis: { int: 1 } },
      });
      return [values, graph.add("Cast", "test", [places], { to: { int: 1 } })];
    },
  });
});

it("categories as columns", async () => {
  await expectGradients({
    inputs: [
      { shape: [4, 3], values: [0, 1, 2, 2, 1, 0, 0, 0, 1, 2, 2, 2], whole: true, rows: true },
      { shape: [4, 3, 3], rows: true },
    ],
    write: (graph, [x, y]) => {
      const depth = wholes(graph, [3], []);
      const values = graph.constant("off and on", [2], () => Float32Array.of(0, 1));
      return graph.add("Mul", "test", [graph.add("OneHot", "test", [x!, depth, values]), y!]);
    },
    linear: true,
  });
});
