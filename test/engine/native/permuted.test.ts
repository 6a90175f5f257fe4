import fc from "fast-check";
import { expect, it } from "vitest";
import { permuted } from "../../../src/engine/native/layers/permuted.ts";

it("puts axes into any order, of extents below, at and above those of its tiles", () => {
  const axes = fc
    .array(fc.constantFrom<number>(1, 2, 3, 16, 17, 33), { minLength: 1, maxLength: 4 })
    .filter((shape) => shape.reduce((a, b) => a * b, 1) < 20_000)
    .chain((shape) =>
      fc.record({
        shape: fc.constant(shape),
        order: fc.shuffledSubarray([...shape.keys()], { minLength: shape.length }),
      }),
    );
  fc.assert(
    fc.property(axes, ({ shape, order }) => {
      const values = Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => i);
      const result = permuted({ shape, values }, order);
      const steps = shape.map((_, axis) => shape.slice(axis + 1).reduce((a, b) => a * b, 1));
      const expected: number[] = [];
      const visit = (depth: number, from: number): void => {
        const axis = order[depth];
        if (axis === undefined) expected.push(from);
        else for (let i = 0; i < shape[axis]!; i++) visit(depth + 1, from + i * steps[axis]!);
      };
      visit(0, 0);
      expect([...result]).toEqual(expected);
    }),
    { numRuns: 60, seed: 1 },
  );
});
