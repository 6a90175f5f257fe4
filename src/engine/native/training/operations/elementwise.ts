import { broadcast, UnknownOperation } from "../extents.ts";
import type { GradientWriter } from "../gradient-writer.ts";
import type { Extents, GradientCall, Operation, Operations } from "./operation.ts";

/**
 * A function of two values, or several, that are broadcast to each other.
 *
 * @param factors Numbers of the inputs that the gradient of one is multiplied with. A narrow gradient becomes whole by them, which it
 *   must be before it is summed over the axes along which the input was broadcast. Default: none.
 */
function binary(
  gradient: NonNullable<Operation["gradient"]>,
  factors: (i: number) => readonly number[] = () => [],
): Operation {
  return {
    extents: ({ node, input }) => [broadcast(...node.inputs.map((_, i) => input(i)))],
    gradient,
    takesNarrow: ({ node, input, wanted, output }) =>
      node.inputs.every((_, i) => {
        const by = factors(i);
        const same = (extents: Extents) => extents.join() === output.join();
        return !wanted(i) || same(input(i)) || (by.length > 0 && same(broadcast(...by.map(input))));
      }),
  };
}

/** A function of each value; `slope` writes the gradient of its output times its slope there. */
function unary(slope: (of: GradientCall, x: string, y: string) => string): Operation {
  return {
    extents: ({ input }) => [input(0)],
    gradient: (of) => [slope(of, of.x[0]!, of.y[0]!)],
    takesNarrow: () => true,
  };
}

/** It jumps, and is level between: so are comparisons. */
const comparison: Operation = binary("none");

/** What goes to the larger or smaller of two; where they are equal, to the first, as in TensorFlow. */
function chosen(better: "larger" | "smaller"): Operation {
  return binary(({ node, x, dy, write, wanted, input }) => {
    if (x.length !== 2) throw new UnknownOperation(node);
    const [a, b] = x as [string, string];
    const second = write.add("Greater", better === "larger" ? [b, a] : [a, b]);
    const zero = write.math.number(0);
    return [
      wanted(0) ? write.reduceTo(write.add("Where", [second, zero, dy]), input(0)) : undefined,
      wanted(1) ? write.reduceTo(write.add("Where", [second, dy, zero]), input(1)) : undefined,
    ];
  }, both);
}

/** 0 where there is none, as TensorFlow has it in powers. */
function logarithm(write: GradientWriter, x: string): string {
  const above = write.add("Greater", [x, write.math.number(0)]);
  return write.math.log(write.add("Where", [above, x, write.math.number(1)]));
}

const other = (i: number) => [1 - i];
const both = () => [0, 1];

/** Functions that work on each value by itself. */
export const elementwiseOperations: Operations = {
  Add: binary(({ dy, write, wanted, input }) =>
    [0, 1].map((i) => (wanted(i) ? write.reduceTo(dy, input(i)) : undefined)),
  ),
  Sum: binary(({ node, dy, write, wanted, input }) =>
    node.inputs.map((_, i) => (wanted(i) ? write.reduceTo(dy, input(i)) : undefined)),
  ),
  Sub: binary(({ dy, write, wanted, input }) => [
    wanted(0) ? write.reduceTo(dy, input(0)) : undefined,
    wanted(1) ? write.reduceTo(write.math.neg(dy), input(1)) : undefined,
  ]),
  Mul: binary(
    ({ x: [a, b], dy, write, wanted, input }) => [
      wanted(0) ? write.reduceTo(write.math.mul(dy, b!), input(0)) : undefined,
      wanted(1) ? write.reduceTo(write.math.mul(dy, a!), input(1)) : undefined,
    ],
    other,
  ),
  Div: binary(
    ({ x: [a, b], y: [quotient], dy, write, wanted, input }) => {
      const { math } = write;
      const share = math.div(dy, b!);
      return [
        wanted(0) ? write.reduceTo(share, input(0)) : undefined,
        // The quotient is a / b already, unless a alone is asked for.
        wanted(1) ? write.reduceTo(math.neg(math.mul(share, a === b ? 1 : quotient!)), input(1)) : undefined,
      ];
    },
    (i) => (i === 0 ? [1] : [0, 1]),
  ),
  Pow: binary(({ x: [a, b], y: [power], dy, write, wanted, input }) => {
    const { math } = write;
    return [
      wanted(0)
        ? write.reduceTo(math.mul(dy, math.mul(b!, math.pow(a!, math.sub(b!, 1)))), input(0))
        : undefined,
      wanted(1) ? write.reduceTo(math.mul(dy, math.mul(power!, logarithm(write, a!))), input(1)) : undefined,
    ];
  }, both),
  Max: chosen("larger"),
  Min: chosen("smaller"),
  Where: {
    extents: ({ input }) => [broadcast(input(0), input(1), input(2))],
    gradient: ({ x: [condition], dy, write, wanted, input }) => {
      const zero = write.math.number(0);
      return [
        undefined,
        wanted(1) ? write.reduceTo(write.add("Where", [condition!, dy, zero]), input(1)) : undefined,
        wanted(2) ? write.reduceTo(write.add("Where", [condition!, zero, dy]), input(2)) : undefined,
      ];
    },
  },

  Greater: comparison,
  GreaterOrEqual: comparison,
  Less: comparison,
  LessOrEqual: comparison,
  Equal: comparison,
  And: comparison,
  Or: comparison,
  Not: { extents: ({ input }) => [input(0)], gradient: "none" },
  IsNaN: { extents: ({ input }) => [input(0)], gradient: "none" },
  IsInf: { extents: ({ input }) => [input(0)], gradient: "none" },
  Sign: { extents: ({ input }) => [input(0)], gradient: "none" },
  Floor: { extents: ({ input }) => [input(0)], gradient: "none" },
  Ceil: { extents: ({ input }) => [input(0)], gradient: "none" },
  Round: { extents: ({ input }) => [input(0)], gradient: "none" },
  Mod: comparison,
  // Whole numbers and truth values have no gradient; from float to float it is the identity, and KSpec writes none.
  Cast: { extents: ({ input }) => [input(0)], gradient: "none" },

  Identity: unary(({ dy }) => dy),
  Neg: unary(({ dy, write }) => write.math.neg(dy)),
  Abs: unary(({ dy, write: { math } }, x) => math.mul(dy, math.sign(x))),
  Sqrt: unary(({ dy, write: { math } }, _, y) => math.div(math.mul(dy, 0.5), y)),
  Exp: unary(({ dy, write: { math } }, _, y) => math.mul(dy, y)),
  Sin: unary(({ dy, write }, x) => write.math.mul(dy, write.add("Cos", [x]))),
  Cos: unary(({ dy, write }, x) => write.math.neg(write.math.mul(dy, write.add("Sin", [x])))),
  Log: unary(({ dy, write: { math } }, x) => math.div(dy, x)),
  Reciprocal: unary(({ dy, write: { math } }, _, y) => math.neg(math.mul(dy, math.square(y)))),
  Relu: unary(({ dy, write }, x) => {
    const zero = write.math.number(0);
    return write.add("Where", [write.add("Greater", [x, zero]), dy, zero]);
  }),
  Sigmoid: unary(({ dy, write: { math } }, _, y) => math.mul(dy, math.mul(y, math.sub(1, y)))),
  Tanh: unary(({ dy, write: { math } }, _, y) => math.mul(dy, math.sub(1, math.square(y)))),
  Softplus: unary(({ dy, write: { math } }, x) => math.mul(dy, math.sigmoid(x))),
};
