import { broadcast, UnknownOperation } from "../extents.ts";
import type { Extents, OperationFacts, Operations } from "./operation.ts";

/** Operations that put the same values into another shape, and what shapes are computed by. */
export const shapeOperations: Operations = {
  Shape: {
    extents: (of) => [[shapeOf(of).length]],
    told: shapeOf,
    gradient: "none",
  },
  Size: { extents: () => [[]], gradient: "none" },
  ConstantOfShape: {
    extents: ({ told, input }) => [told(0) ?? Array<null>(input(0)[0]!).fill(null)],
    gradient: "none",
  },
  Range: { extents: () => [[null]], gradient: "none" },

  Reshape: {
    extents: (of) => [reshaped(of)],
    gradient: ({ x, dy, write }) => [write.reshapeLike(dy, x[0]!)],
  },

  Flatten: {
    extents: ({ input, int }) => {
      const axis = int("axis", 1);
      const from = axis < 0 ? axis + input(0).length : axis;
      return [[sizeOf(input(0).slice(0, from)), sizeOf(input(0).slice(from))]];
    },
    gradient: ({ x, dy, write }) => [write.reshapeLike(dy, x[0]!)],
  },

  Squeeze: {
    extents: (of) => {
      const axes = listedAxes(of, of.input(0).length);
      return [of.input(0).filter((_, i) => !axes.includes(i))];
    },
    gradient: (of) => [
      of.write.add("Unsqueeze", [of.dy, of.write.whole(listedAxes(of, of.input(0).length))]),
    ],
  },

  Unsqueeze: {
    extents: (of) => {
      const from = of.input(0);
      const axes = listedAxes(of, from.length + (of.wholes(1)?.length ?? 0));
      let next = 0;
      return [
        Array.from({ length: from.length + axes.length }, (_, i) => (axes.includes(i) ? 1 : from[next++]!)),
      ];
    },
    gradient: (of) => {
      const axes = listedAxes(of, of.input(0).length + (of.wholes(1)?.length ?? 0));
      return [of.write.add("Squeeze", [of.dy, of.write.whole(axes)])];
    },
  },

  Transpose: {
    extents: ({ input, ints }) => [order(ints("perm"), input(0)).map((axis) => input(0)[axis]!)],
    gradient({ dy, write, ints, input }) {
      const perm = order(ints("perm"), input(0));
      const back = perm.map((_, axis) => perm.indexOf(axis));
      return [write.add("Transpose", [dy], { perm: { ints: back } })];
    },
  },

  Expand: {
    extents: ({ input, told }) => [broadcast(input(0), told(1) ?? Array<null>(input(1)[0]!).fill(null))],
    gradient: ({ dy, write, input }) => [write.reduceTo(dy, input(0)), undefined],
  },
};

/** Axes that are an input behind the values, from 0. */
function listedAxes({ node, wholes }: OperationFacts, rank: number): readonly number[] {
  const axes = wholes(1);
  if (axes === undefined) throw new UnknownOperation(node);
  return axes.map((axis) => (axis < 0 ? axis + rank : axis)).toSorted((a, b) => a - b);
}

function shapeOf({ input, int }: OperationFacts): Extents {
  const rank = input(0).length;
  const bound = (given: number) => Math.min(rank, given < 0 ? given + rank : given);
  return input(0).slice(bound(int("start", 0)), bound(int("end", rank)));
}

/** ONNX reverses the axes where no order is given. */
function order(perm: readonly number[] | undefined, extents: Extents): readonly number[] {
  return perm ?? extents.map((_, i) => extents.length - 1 - i);
}

function reshaped({ node, input, told }: OperationFacts): Extents {
  const from = input(0);
  const target = told(1);
  // Of a shape that nothing is known of, the number of its entries says how many extents there are.
  if (target === undefined) return Array<null>(input(1)[0]!).fill(null);
  const copies = node.attributes["allowzero"] === undefined;
  const extents = target.map((extent, i) => (copies && extent === 0 ? from[i]! : extent));
  const left = extents.indexOf(-1);
  if (left < 0) return extents;
  const others = extents.filter((_, i) => i !== left);
  // Rows that are copied are the same on both sides.
  const rows = copies && target[0] === 0 ? 1 : 0;
  const [size, known] = [sizeOf(from.slice(rows)), sizeOf(others.slice(rows))];
  return extents.map((extent, i) =>
    i !== left ? extent : size === null || known === null ? null : size / known,
  );
}

export function sizeOf(extents: Extents): number | null {
  return extents.reduce<number | null>((size, one) => (size === null || one === null ? null : size * one), 1);
}
