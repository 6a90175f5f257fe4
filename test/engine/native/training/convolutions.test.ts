import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Attributes } from "../../../../src/engine/native/onnx/graph.ts";
import { expectGradients, gradientsOf } from "./gradients.ts";

// Convolutions and poolings of one, two and three axes: windows, steps, gaps, groups and padding of all kinds.

interface Placed {
  readonly space: number[];
  readonly size: number[];
  readonly strides: number[];
  readonly dilations: number[];
  readonly padding: "valid" | "same" | "explicit";
}

/** Windows that fit somewhere on what they lie on. */
function placed(options: { dilated: boolean; most?: number }): fc.Arbitrary<Placed> {
  const { dilated, most = 3 } = options;
  return fc.integer({ min: 1, max: most }).chain((axes) => {
    const list = (min: number, max: number) =>
      fc.array(fc.integer({ min, max }), { minLength: axes, maxLength: axes });
    return fc
      .record({
        beyond: list(0, axes === 3 ? 2 : 4),
        size: list(1, axes === 3 ? 2 : 3),
        strides: list(1, 3),
        dilations: dilated ? list(1, 2) : list(1, 1),
        padding: fc.constantFrom("valid" as const, "same" as const, "explicit" as const),
      })
      .map(({ beyond, ...windows }) => {
        const { size, strides, dilations, padding } = windows;
        const space = beyond.map((more, i) => (size[i]! - 1) * dilations[i]! + 1 + more);
        // What ONNX Runtime itself cannot pad as TensorFlow does is padded in numbers by the layers.
        const automatic = dilations.every((one) => one === 1) && size.every((one, i) => one >= strides[i]!);
        return { ...windows, space, padding: padding === "same" && !automatic ? "explicit" : padding };
      });
  });
}

function attributesOf({ size, strides, dilations, padding }: Placed): Attributes {
  return {
    kernel_shape: { ints: size },
    strides: { ints: strides },
    dilations: { ints: dilations },
    ...(padding === "same" ? { auto_pad: { text: "SAME_UPPER" } } : {}),
    ...(padding === "explicit"
      ? { pads: { ints: [...size.map((one) => one >> 1), ...size.map((one) => Math.min(1, one - 1))] } }
      : {}),
  };
}

describe("Conv", () => {
  it("of random windows, groups and channels", async () => {
    await fc.assert(
      fc.asyncProperty(
        placed({ dilated: true }),
        fc.record({
          groups: fc.integer({ min: 1, max: 3 }),
          inputs: fc.constantFrom(1, 2, 8),
          outputs: fc.integer({ min: 1, max: 2 }),
        }),
        fc.boolean(),
        async (windows, { groups, inputs, outputs }, withBias) => {
          await expectGradients({
            inputs: [
              { shape: [2, groups * inputs, ...windows.space], rows: true },
              { shape: [groups * outputs, inputs, ...windows.size] },
              ...(withBias ? [{ shape: [groups * outputs] }] : []),
            ],
            write: (graph, names) =>
              graph.add("Conv", "test", names, { ...attributesOf(windows), group: { int: groups } }),
            linear: true,
            // Sums over all places may all but cancel each other.
            tolerance: 1e-4,
          });
        },
      ),
      { numRuns: 40, seed: 5 },
    );
  });

  it("of single values of a larger image", async () => {
    await expectGradients({
      inputs: [{ shape: [2, 2, 10, 11], rows: true }, { shape: [3, 2, 1, 1] }],
      write: (graph, names) => graph.add("Conv", "test", names),
      linear: true,
    });
  });

  it("of a window of very many values", async () => {
    await expectGradients({
      inputs: [{ shape: [2, 1, 12, 10], rows: true }, { shape: [1, 1, 9, 8] }],
      write: (graph, names) =>
        graph.add("Conv", "test", names, { strides: { ints: [1, 2] }, pads: { ints: [1, 0, 1, 0] } }),
      linear: true,
    });
  });
});

describe("ConvTranspose", () => {
  it("of random windows, groups and channels", async () => {
    await fc.assert(
      fc.asyncProperty(
        placed({ dilated: true }).filter(({ padding }) => padding !== "same"),
        fc.record({
          groups: fc.integer({ min: 1, max: 2 }),
          inputs: fc.integer({ min: 1, max: 2 }),
          outputs: fc.integer({ min: 2, max: 3 }),
        }),
        fc.boolean(),
        async (windows, { groups, inputs, outputs }, withMore) => {
          await expectGradients({
            inputs: [
              { shape: [2, groups * inputs, ...windows.space], rows: true },
              { shape: [groups * inputs, outputs, ...windows.size] },
              { shape: [groups * outputs] },
            ],
            write: (graph, names) =>
              graph.add("ConvTranspose", "test", names, {
                ...attributesOf(windows),
                group: { int: groups },
                ...(withMore ? { output_padding: { ints: windows.strides.map((one) => one - 1) } } : {}),
              }),
            linear: true,
            // Sums over all places may all but cancel each other.
            tolerance: 1e-4,
          });
        },
      ),
      { numRuns: 40, seed: 5 },
    );
  });
});

describe.each(["MaxPool", "AveragePool"])("%s", (op) => {
  it("of random windows", async () => {
    await fc.assert(
      fc.asyncProperty(placed({ dilated: false }), async (windows) => {
        const { dilations: _, ...attributes } = attributesOf(windows);
        await expectGradients({
          inputs: [{ shape: [2, 2, ...windows.space], rows: true }],
          write: (graph, [image]) => graph.add(op, "test", [image!], attributes),
        });
      }),
      { numRuns: 40, seed: 5 },
    );
  });
});

describe.each(["GlobalMaxPool", "GlobalAveragePool"])("%s", (op) => {
  it.each([[[3]], [[4, 1]], [[2, 3, 2]]])("of %o places", async (space) => {
    await expectGradients({
      inputs: [{ shape: [3, 2, ...space], rows: true }],
      write: (graph, [image]) => graph.add(op, "test", [image!]),
    });
  });
});

it("ZeroPad, also where it cuts", async () => {
  await expectGradients({
    inputs: [{ shape: [2, 2, 4, 3], rows: true }],
    write: (graph, [image]) =>
      graph.add("ZeroPad", "test", [image!], { pads: { ints: [0, 0, 1, 0, 0, 0, -2, 3] } }),
    linear: true,
  });
});

// Where several values of a window are the largest, TensorFlow's maximum pooling gives to the first of them.
describe("MaxPool of equal values", () => {
  const flat = (strides: number) => ({
    inputs: [{ shape: [1, 1, 3, 3], rows: true, values: Array<number>(9).fill(0.5) }],
    write: (
      graph: { add: (op: string, label: string, inputs: string[], a: Attributes) => string },
      [image]: readonly string[],
    ) =>
      graph.add("MaxPool", "test", [image!], {
        kernel_shape: { ints: [2, 2] },
        strides: { ints: [strides, strides] },
      }),
  });

  it("windows apart", async () => {
    expect(await gradientsOf(flat(2), [5])).toEqual([[5, 0, 0, 0, 0, 0, 0, 0, 0]]);
  });

  it("windows that overlap", async () => {
    expect(await gradientsOf(flat(1), [1, 2, 3, 4])).toEqual([[1, 2, 0, 3, 4, 0, 0, 0, 0]]);
  });
});
