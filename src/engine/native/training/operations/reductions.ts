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

/** A tensor of the reduced extents with the axes back in their places, one long each. One number stands for all as it is. */
function restored({ int, write, ...of }: GradientCall, name: string): string {
  if (int("keepdims", 1) === 1 || isOne(write.extents.of(name))) return name;
  return write.add("Unsqueeze", [name, write.whole(axesOf({ ...of, int }))]);
}

function isOne(extents: Extents): boolean {
  return extents.every((extent) => extent === 1);
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
    return size === 1 ? number : write.math.mul(number, size);
  }, known);
}

function reduction(gradient: (of: GradientCall) => string): Operation {
  return {
    extents: (of) => [reduced(of)],
    gradient: (of) => [gradient(of)],
    // Its own is narrow anyway; axes that are missing must be put back in their places.
    takesNarrow: ({ narrow, output }) => isOne(narrow) || narrow.length === output.length,
  };
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
  ReduceSum: reduction((of) => restored(of, of.dy)),
  ReduceMean: reduction((of) => of.write.math.div(restored(of, of.dy), count(of))),
  ReduceMax: toTheExtreme,
  ReduceMin: toTheExtreme,
  /** The root of the sum of squares. */
  ReduceL2: reduction((of) => {
    const { math } = of.write;
    // Of zeros alone nothing depends on them, which 0 / 0 would not say.
    const length = math.max(restored(of, of.y[0]!), 1e-20);
    return math.mul(of.x[0]!, math.div(restored(of, of.dy), length));
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
    takesNarrow: () => true,
    gradient({ y: [y], dy, write: { math }, int }) {
      const product = math.mul(dy, y!);
      return [math.sub(product, math.mul(y!, math.sum(product, [int("axis", -1)], true)))];
    },
  },
  LogSoftmax: {
    extents: ({ input }) => [input(0)],
    gradient(of) {
      const { y, dy, write, int } = of;
      const { math } = write;
      const shares = softmaxOf(of) ?? math.exp(y[0]!);
      return [math.sub(dy, math.mul(shares, math.sum(dy, [int("axis", -1)], true)))];
    },
  },
};

/** What a loss has the logarithms of is there already mostly, as what the last layer gives. */
function softmaxOf({ x, write, int, input }: GradientCall): string | undefined {
  const rank = input(0).length;
  const along = (axis: number) => (axis < 0 ? axis + rank : axis);
  return write.graph.nodes.find(({ op, inputs: [of], attributes: { axis } }) => {
    if (op !== "Softmax" || of !== x[0]) return false;
    return along(axis !== undefined && "int" in axis ? axis.int : -1) === along(int("axis", -1));
  })?.output;
}
