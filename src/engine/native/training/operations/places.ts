import { UnknownOperation } from "../extents.ts";
import type { GradientWriter } from "../gradient-writer.ts";
import type { GradientCall, OperationFacts, Operations } from "./operation.ts";

/** Operations that take values from numbered places, or put them there. */
export const placeOperations: Operations = {
  /** Rows of a table mostly: a place that is read several times gets the sum. */
  Gather: {
    extents: (of) => {
      const axis = axisOf(of);
      const data = of.input(0);
      return [[...data.slice(0, axis), ...of.input(1), ...data.slice(axis + 1)]];
    },
    told: ({ told, wholes }) => {
      const [values, places] = [told(0), wholes(1)];
      if (values === undefined || places === undefined) return undefined;
      return places.map((place) => values.at(place)!);
    },
    gradient: (of) => [gatheredBack(of), undefined],
  },

  GatherElements: {
    extents: ({ input }) => [input(1)],
    gradient: (of) => {
      const { x, dy, write } = of;
      return [addedAlong(write, x[0]!, x[1]!, dy, axisOf(of)), undefined];
    },
  },

  GatherND: {
    extents: ({ input, int }) => {
      const [data, indices] = [input(0), input(1)];
      const batch = int("batch_dims", 0);
      return [[...indices.slice(0, -1), ...data.slice(batch + indices.at(-1)!)]];
    },
    gradient(of) {
      const { node, x, dy, write, input, int } = of;
      const batch = int("batch_dims", 0);
      if (batch === 0) {
        const zeros = write.zerosLike(x[0]!);
        return [write.add("ScatterND", [zeros, x[1]!, dy], { reduction: { text: "add" } }), undefined];
      }
      // One place for each row, as in a sequence: of all that stands there.
      const indices = input(1);
      if (batch !== 1 || indices.length !== 3 || indices[2] !== 1) throw new UnknownOperation(node);
      const rest = input(0).length - 2;
      const places =
        rest === 0
          ? write.add("Squeeze", [x[1]!, write.whole([2])])
          : rest === 1
            ? x[1]!
            : write.add("Unsqueeze", [x[1]!, write.whole(Array.from({ length: rest - 1 }, (_, i) => 3 + i))]);
      const each = rest === 0 ? places : write.add("Expand", [places, write.add("Shape", [dy])]);
      return [addedAlong(write, x[0]!, each, dy, 1), undefined];
    },
  },

  ScatterElements: {
    extents: ({ input }) => [input(0)],
    gradient(of) {
      const { x, dy, write, wanted } = of;
      const axis = { axis: { int: axisOf(of) } };
      const kept = overwrites(of)
        ? () => write.add("ScatterElements", [dy, x[1]!, write.zerosLike(x[2]!)], axis)
        : () => dy;
      return [
        wanted(0) ? kept() : undefined,
        undefined,
        wanted(2) ? write.add("GatherElements", [dy, x[1]!], axis) : undefined,
      ];
    },
  },

  ScatterND: {
    extents: ({ input }) => [input(0)],
    gradient(of) {
      const { x, dy, write, wanted } = of;
      const kept = overwrites(of)
        ? () => write.add("ScatterND", [dy, x[1]!, write.zerosLike(x[2]!)])
        : () => dy;
      return [
        wanted(0) ? kept() : undefined,
        undefined,
        wanted(2) ? write.add("GatherND", [dy, x[1]!]) : undefined,
      ];
    },
  },

  /** The largest or smallest values along an axis, and their places. */
  TopK: {
    extents: (of) => {
      const axis = axisOf(of, -1);
      const count = of.told(1)?.[0] ?? null;
      const extents = of.input(0).map((extent, i) => (i === axis ? count : extent));
      return [extents, extents];
    },
    gradient(of) {
      const { x, y, dys, write } = of;
      const dy = dys[0];
      return [dy === undefined ? undefined : addedAlong(write, x[0]!, y[1]!, dy, axisOf(of, -1)), undefined];
    },
  },

  OneHot: {
    extents: ({ input, told, node, int }) => {
      const places = input(0);
      const given = int("axis", -1);
      const axis = given < 0 ? given + places.length + 1 : given;
      const depth = told(1)?.[0];
      if (depth === undefined) throw new UnknownOperation(node);
      return [[...places.slice(0, axis), depth, ...places.slice(axis)]];
    },
    gradient: "none",
  },
  NonZero: { extents: ({ input }) => [[input(0).length, null]], gradient: "none" },
};

function axisOf({ input, int }: OperationFacts, fallback = 0): number {
  const axis = int("axis", fallback);
  return axis < 0 ? axis + input(0).length : axis;
}

/** Whether a scatter puts values in the place of others; else it adds them. */
function overwrites({ node, text }: GradientCall): boolean {
  const reduction = text("reduction") ?? "none";
  if (reduction !== "none" && reduction !== "add") throw new UnknownOperation(node);
  return reduction === "none";
}

/** Values added to zeros, at places along one axis that stand beside them. */
function addedAlong(
  write: GradientWriter,
  like: string,
  places: string,
  values: string,
  axis: number,
): string {
  return write.add("ScatterElements", [write.zerosLike(like), places, values], {
    axis: { int: axis },
    reduction: { text: "add" },
  });
}

function gatheredBack(of: GradientCall): string {
  const { x, dy, write, input, wholes } = of;
  const axis = axisOf(of);
  const data = input(0);
  const places = wholes(1);
  const extent = data[axis]!;
  if (places?.length === 1 && extent !== null) {
    // One place: the rest is 0.
    const place = places[0]! < 0 ? places[0]! + extent : places[0]!;
    const there = input(1).length === 0 ? write.add("Unsqueeze", [dy, write.whole([axis])]) : dy;
    return write.pad(there, [axis], write.whole([place, extent - 1 - place]));
  }
  const rank = input(1).length;
  const order = (to: (i: number) => number, length: number) => ({
    perm: { ints: Array.from({ length }, (_, i) => to(i)) },
  });
  // Places are along the first axis there: what is before the axis goes behind the numbers of the places.
  const first =
    axis === 0
      ? dy
      : write.add(
          "Transpose",
          [dy],
          order((i) => moved(i, axis, rank), data.length - 1 + rank),
        );
  const zeros = write.zerosLike(x[0]!);
  if (axis === 0)
    return write.add("ScatterND", [zeros, write.add("Unsqueeze", [x[1]!, write.whole([rank])]), first], {
      reduction: { text: "add" },
    });
  const turned = write.add(
    "Transpose",
    [zeros],
    order((i) => (i === 0 ? axis : i <= axis ? i - 1 : i), data.length),
  );
  const sums = write.add("ScatterND", [turned, write.add("Unsqueeze", [x[1]!, write.whole([rank])]), first], {
    reduction: { text: "add" },
  });
  return write.add(
    "Transpose",
    [sums],
    order((i) => (i < axis ? i + 1 : i === axis ? 0 : i), data.length),
  );
}

/** Which axis of a gathered tensor becomes the i-th when the axes of the places go to the front. */
function moved(i: number, axis: number, rank: number): number {
  if (i < rank) return axis + i;
  return i < rank + axis ? i - rank : i;
}
