import fc from "fast-check";
import type { Given } from "./gradients.ts";

/** Extents of a tensor: odd, even, 1. */
export function shapes(minimal: number, maximal: number): fc.Arbitrary<number[]> {
  return fc.array(fc.constantFrom(1, 2, 3, 4), { minLength: minimal, maxLength: maximal });
}

/**
 * Several tensors that can be broadcast to each other: fewer axes, or axes of one place, in the place of others. Sometimes the first
 * axis is that of the rows, in all that have as many axes as there are.
 */
export function broadcastable(tensors: number): fc.Arbitrary<Given[]> {
  return fc
    .tuple(
      shapes(1, 4),
      fc.boolean(),
      fc.array(fc.tuple(fc.nat(4), fc.array(fc.boolean(), { minLength: 4, maxLength: 4 })), {
        minLength: tensors,
        maxLength: tensors,
      }),
    )
    .map(([shape, rows, cuts]) =>
      cuts.map(([missing, single]): Given => {
        const own = shape
          .map((extent, i) => (single[i]! ? 1 : extent))
          .slice(Math.min(missing, shape.length));
        const whole = own.length === shape.length;
        // Rows are as many in all that have any.
        return rows && whole && shape.length > 1
          ? { shape: [single[0]! ? 1 : shape[0]!, ...own.slice(1)], rows: !single[0]! }
          : { shape: own };
      }),
    );
}
