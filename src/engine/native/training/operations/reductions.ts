import { UnknownOperation } from "../extents.ts";
import type { Extents, GradientCall, Operation, OperationFacts, Operations } from "./operation.ts";

/** The axes that an operation reduces, from 0; ONNX means all where none are given. */
function axesOf({ node, input, wholes, has, ints }: OperationFacts): readonly number[] {
  const rank = input(0).length;
  const given = has(1) ? wholes(1) : ints("axes");
  if (has(1) && given === undefined) throw new UnknownOperation(node);
  return given === undefined
    ? Array.from({ length: rank }, (_, i) => i)
    : given.map((axis) => (axis < 0 ? axis + rank : axis));
}

function reduced(of: OperationFacts): Extents {
  const axes = axesOf(of);
  const keep = of.int("keepdims", 1) === 1;
  return of.input(0).flatMap((extent, i) => (!axes.includes(i) ? [extent] : keep ? [1] : []));
}

/** A tensor of the reduced extents with the axes back in their places, one long each. */
function restored(of: GradientCall, name: string): string {
  return of.int("keepdims", 1) === 1 ? name : of.write.add("Unsqueeze", [name, of.write.whole(axesOf(of))]);
}

/** The same in every place that was reduced. */
function spread(of: GradientCall, restoredOnes: string): string {
  return of.write.add("Expand", [restoredOnes, of.write.add("Shape", [of.x[0]!])]);
}

/** How many values went into each result: a number, or a list of one that a run tells. */
function count(of: GradientCall): string | number {
  const axes = axesOf(of);
  const extents = axes.map((axis) => of.input(0)[axis]!);
  const known = extents.reduce<number>((size, extent) => size * (extent ?? 1), 1);
  return axes.reduce<string | number>((size, axis, i) => {
    if (extents[i] !== null) return size;
    const { write, x } = of;
    const one = write.add("Shape", [x[0]!], { start: { int: axis }, end: { int: axis + 1 } });
    const number = write.add("Cast", [one], { to: { int: 1 } });
    return write.math.mul(number, size);
  }, known);
}

function reduction(gradient: (of: GradientCall) => string): Operation {
  return { extents: (of) => [reduced(of)], gradient: (of) => [gradient(of)] };
}

/** What goes to the values that a maximum or minimum came from: equal shares where there are several, as in TensorFlow. */
const toTheExtreme = reduction((of) => {
  const { write, x, y, dy } = of;
  const { math } = write;
  const is = math.equal(x[0]!, restored(of, y[0]!));
  const axes = axesOf(of);
  const number = math.sum(is, axes, true);
  return math.mul(is, math.div(restored(of, dy), number));
});

/** Operations that make one value of many. */
export const reductionOperations: Operations = {
  ReduceSum: reduction((of) => spread(of, restored(of, of.dy))),
  ReduceMean: reduction((of) => spread(of, of.write.math.div(restored(of, of.dy), count(of)))),
  ReduceMax: toTheExtreme,
  ReduceMin: toTheExtreme,
  /** The root of the sum of squares. */
  ReduceL2: reduction((of) => {
    const { math } = of.write;
    return math.mul(of.x[0]!, math.div(restored(of, of.dy), restored(of, of.y[0]!)));
  }),
  ArgMax: {
    extents: (of) => {
      const { input, int } = of;
      const rank = input(0).length;
      const axis = (int("axis", 0) + rank) % rank;
      return [input(0).flatMap((extent, i) => (i !== axis ? [extent] : int("keepdims", 1) === 1 ? [1] : []))];
    },
    gradient: "none",
  },
  Softmax: {
    extents: ({ input }) => [input(0)],
    gradient({ y: [y], dy, write: { math }, int }) {
      const product = math.mul(dy, y!);
      return [math.sub(product, math.mul(y!, math.sum(product, [int("axis", -1)], true)))];
    },
  },
  LogSoftmax: {
    extents: ({ input }) => [input(0)],
    gradient({ y: [y], dy, write: { math }, int }) {
      return [math.sub(dy, math.mul(math.exp(y!), math.sum(dy, [int("axis", -1)], true)))];
    },
  },
};
