import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Graph } from "../../../../src/engine/native/onnx/graph.ts";
import { expectGradients, type Given } from "./gradients.ts";
import { shapes } from "./shapes.ts";

// Operations that put tensors together, cut them up, repeat them and put something around them.

const wholes = (graph: Graph, values: readonly number[]) =>
  graph.constant(`wholes ${values.join(" ")}`, [values.length], () => BigInt64Array.from(values, BigInt));

describe("tensors one behind the other", () => {
  it("along any axis", async () => {
    await fc.assert(
      fc.asyncProperty(
        shapes(1, 4),
        fc.nat(3),
        fc.array(fc.tuple(fc.constantFrom(1, 2, 3), fc.boolean()), { minLength: 1, maxLength: 4 }),
        fc.boolean(),
        async (shape, place, parts, rows) => {
          const axis = place % shape.length;
          await expectGradients({
            inputs: parts.map(([extent, fixed]): Given => ({ shape: shape.with(axis, extent), fixed, rows })),
            write: (graph, names) => graph.add("Concat", "test", names, { axis: { int: axis } }),
            linear: true,
          });
        },
      ),
      { numRuns: 40, seed: 1 },
    );
  });

  it("cut up again, of which one part is not used", async () => {
    const sizes = [2, 1, 3];
    await expectGradients({
      inputs: [{ shape: [3, 6, 2], rows: true }],
      write: (graph, [x]) => {
        const names = ["a", "b", "c"].map((name) => graph.freshName(name));
        graph.nodes.push({
          op: "Split",
          name: "split",
          inputs: [x!, wholes(graph, sizes)],
          output: names[0]!,
          furtherOutputs: names.slice(1),
          attributes: { axis: { int: 1 } },
        });
        return [names[0]!, names[2]!];
      },
      linear: true,
    });
  });
});

describe("a slice", () => {
  const bound = fc.integer({ min: -6, max: 6 });
  it("from anywhere to anywhere in any steps", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom(3, 4, 5), { minLength: 1, maxLength: 3 }),
        fc.array(fc.tuple(bound, bound, fc.constantFrom(1, 1, 2, 3, -1, -2)), { minLength: 3, maxLength: 3 }),
        fc.nat(2),
        async (shape, cuts, first) => {
          const axes = shape.map((_, i) => i).slice(Math.min(first, shape.length - 1));
          const own = axes.map((axis) => cuts[axis]!);
          const left = axes.map((axis, i) => lengthOf(shape[axis]!, own[i]!));
          fc.pre(left.every((length) => length > 0));
          await expectGradients({
            inputs: [{ shape, rows: !axes.includes(0) }],
            write: (graph, [x]) =>
              graph.add("Slice", "test", [
                x!,
                wholes(
                  graph,
                  own.map(([start]) => start),
                ),
                wholes(
                  graph,
                  own.map(([, end]) => end),
                ),
                wholes(graph, axes),
                wholes(
                  graph,
                  own.map(([, , step]) => step),
                ),
              ]),
            linear: true,
          });
        },
      ),
      { numRuns: 60, seed: 2 },
    );
  });

  it.each([
    ["the first two", 0, 2, 1],
    ["all but the first", 1, 2 ** 31 - 1, 1],
    ["all but the last", 0, -1, 1],
    ["the last two", -2, 2 ** 31 - 1, 1],
    ["backwards", -1, -(2 ** 31), -1],
    ["more than there are", 0, 100, 1],
  ])("along an axis of any extent: %s", async (_, start, end, step) => {
    await expectGradients({
      inputs: [{ shape: [2, 5, 3], rows: true, open: [1] }],
      write: (graph, [x]) =>
        graph.add("Slice", "test", [x!, ...[start, end, 1, step].map((one) => wholes(graph, [one]))]),
      linear: true,
    });
  });
});

/** As NumPy counts. */
function lengthOf(extent: number, [start, end, step]: readonly [number, number, number]): number {
  const list = Array.from({ length: extent }, (_, i) => i);
  const at = (bound: number, low: number, high: number) =>
    Math.min(high, Math.max(low, bound < 0 ? bound + extent : bound));
  return step > 0
    ? list.slice(at(start, 0, extent), at(end, 0, extent)).filter((_, i) => i % step === 0).length
    : list
        .slice(at(end, -1, extent - 1) + 1, at(start, -1, extent - 1) + 1)
        .reverse()
        .filter((_, i) => i % -step === 0).length;
}

it("something around a tensor, or off it", async () => {
  const edge = fc.integer({ min: -1, max: 2 });
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.constantFrom(3, 4), edge, edge), { minLength: 1, maxLength: 4 }),
      fc.boolean(),
      async (all, listed) => {
        const shape = all.map(([extent]) => extent);
        const axes = all.flatMap(([, before, behind], i) =>
          !listed || before !== 0 || behind !== 0 ? [i] : [],
        );
        const pads = [...axes.map((axis) => all[axis]![1]), ...axes.map((axis) => all[axis]![2])];
        await expectGradients({
          inputs: [{ shape, rows: all[0]![1] === 0 && all[0]![2] === 0 }],
          write: (graph, [x]) =>
            graph.add("Pad", "test", [
              x!,
              wholes(graph, pads),
              graph.constant("filling", [], () => Float32Array.of(0.5)),
              ...(listed ? [wholes(graph, axes)] : []),
            ]),
          // Linear but for the constant filling, which differences do not see.
          linear: true,
        });
      },
    ),
    { numRuns: 40, seed: 3 },
  );
});

it("repetitions", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.constantFrom(1, 2, 3), fc.constantFrom(1, 2, 3)), { minLength: 1, maxLength: 4 }),
      async (all) => {
        const repeats = all.map(([, times]) => times);
        await expectGradients({
          inputs: [{ shape: all.map(([extent]) => extent), rows: repeats[0] === 1 }],
          write: (graph, [x]) => graph.add("Tile", "test", [x!, wholes(graph, repeats)]),
          linear: true,
        });
      },
    ),
    { numRuns: 30, seed: 4 },
  );
});

it("a padding that reflects cannot be trained through", async () => {
  await expect(
    expectGradients({
      inputs: [{ shape: [3] }],
      write: (graph, [x]) =>
        graph.add("Pad", "test", [x!, wholes(graph, [1, 1])], { mode: { text: "reflect" } }),
    }),
  ).rejects.toThrow("Pad");
});
