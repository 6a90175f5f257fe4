import type { Extents, OperationFacts, Operations } from "./operation.ts";

/** Operations that put values into another shape. */
export const shapeOperations: Operations = {
  Shape: {
    extents: ({ input, int }) => {
      const rank = input(0).length;
      const bound = (given: number) => Math.min(rank, given < 0 ? given + rank : given);
      return [[Math.max(0, bound(int("end", rank)) - bound(int("start", 0)))]];
    },
    gradient: "none",
  },

  Reshape: {
    extents: (of) => [reshaped(of)],
    gradient: ({ x, dy, write }) => [write.reshapeLike(dy, x[0]!)],
  },

  Flatten: {
    extents: ({ input, int }) => {
      const axis = int("axis", 1);
      return [[sizeOf(input(0).slice(0, axis)), sizeOf(input(0).slice(axis))]];
    },
    gradient: ({ x, dy, write }) => [write.reshapeLike(dy, x[0]!)],
  },

  Transpose: {
    extents: ({ input, ints }) => [order(ints("perm"), input(0)).map((axis) => input(0)[axis]!)],
    gradient({ dy, write, ints, input }) {
      const perm = order(ints("perm"), input(0));
      const back = perm.map((_, axis) => perm.indexOf(axis));
      return [write.add("Transpose", [dy], { perm: { ints: back } })];
    },
  },
};

/** ONNX reverses the axes where no order is given. */
function order(perm: readonly number[] | undefined, extents: Extents): readonly number[] {
  return perm ?? extents.map((_, i) => extents.length - 1 - i);
}

function reshaped({ node, input, wholes }: OperationFacts): Extents {
  const from = input(0);
  const target = wholes(1);
  // A shape that is computed has as many extents as it has entries, and a run tells them.
  if (target === undefined) return Array<null>(input(1)[0]!).fill(null);
  const extents = target.map((extent, i) =>
    extent === 0 && node.attributes["allowzero"] === undefined ? from[i]! : extent,
  );
  const left = extents.indexOf(-1);
  if (left < 0) return extents;
  const size = sizeOf(from);
  const others = sizeOf(extents.filter((_, i) => i !== left));
  const open = size === null || others === null ? null : size / others;
  return extents.map((extent, i) => (i === left ? open : extent));
}

export function sizeOf(extents: Extents): number | null {
  return extents.reduce<number | null>((size, one) => (size === null || one === null ? null : size * one), 1);
}
