import { broadcast } from "../extents.ts";
import type { GradientCall, Operation, Operations } from "./operation.ts";

/** A function of each value; `gradient` writes what its input gets of the gradient of its output. */
function activation(gradient: (of: GradientCall, x: string, y: string) => string): Operation {
  return {
    extents: ({ input }) => [input(0)],
    gradient: (of) => [gradient(of, of.x[0]!, of.y[0]!)],
    takesNarrow: () => true,
  };
}

/** `above` where x is above 0, `below` elsewhere. */
function whereAbove({ write }: GradientCall, x: string, above: string, below: string): string {
  return write.add("Where", [write.add("Greater", [x, write.math.number(0)]), above, below]);
}

/** Functions that networks have between their layers; at corners the slope is that below 0, as TensorFlow's. */
export const activationOperations: Operations = {
  /** x above 0, α (eˣ − 1) below. */
  Elu: activation((of, x, y) => {
    const { math } = of.write;
    const alpha = of.float("alpha", 1);
    if (alpha === 1) return math.mul(of.dy, math.add(math.min(y, 0), 1));
    return whereAbove(of, x, of.dy, math.mul(of.dy, math.add(y, alpha)));
  }),

  /** γ x above 0, γ α (eˣ − 1) below. */
  Selu: activation((of, x, y) => {
    const { math } = of.write;
    const alpha = of.float("alpha", 1.6732632423543772);
    const gamma = of.float("gamma", 1.0507009873554805);
    const slope = whereAbove(of, x, math.number(gamma), math.add(y, alpha * gamma));
    return math.mul(of.dy, slope);
  }),

  LeakyRelu: activation((of, x) =>
    whereAbove(of, x, of.dy, of.write.math.mul(of.dy, of.float("alpha", 0.01))),
  ),

  /** Slopes below 0 that are weights. */
  PRelu: {
    extents: ({ input }) => [broadcast(input(0), input(1))],
    gradient(of) {
      const { x, dy, write, wanted, input } = of;
      const { math } = write;
      const [value, slope] = x as [string, string];
      return [
        wanted(0) ? whereAbove(of, value, dy, math.mul(dy, slope)) : undefined,
        wanted(1) ? write.reduceTo(math.mul(dy, math.min(value, 0)), input(1)) : undefined,
      ];
    },
  },

  /** α x + β between 0 and 1. */
  HardSigmoid: activation((of, _, y) => {
    const { math } = of.write;
    return between(of, y, 0, 1, math.mul(of.dy, of.float("alpha", 0.2)));
  }),

  /** x / (1 + |x|) */
  Softsign: activation(({ dy, write: { math } }, _, y) =>
    math.mul(dy, math.square(math.sub(1, math.abs(y)))),
  ),

  Erf: activation(({ dy, write: { math } }, x) =>
    math.mul(dy, math.mul(math.exp(math.neg(math.square(x))), 2 / Math.sqrt(Math.PI))),
  ),

  Clip: activation((of, x) => {
    const bound = (i: number) => (of.has(i) ? of.x[i]! : undefined);
    return between(of, x, bound(1), bound(2), of.dy);
  }),
};

/** `inside` where x lies between two bounds, 0 elsewhere; an absent bound is none. */
function between(
  { write }: GradientCall,
  x: string,
  low: string | number | undefined,
  high: string | number | undefined,
  inside: string,
): string {
  const name = (bound: string | number) => (typeof bound === "number" ? write.math.number(bound) : bound);
  const conditions = [
    ...(low === undefined ? [] : [write.add("Greater", [x, name(low)])]),
    ...(high === undefined ? [] : [write.add("Less", [x, name(high)])]),
  ];
  if (conditions.length === 0) return inside;
  const within = conditions.length === 1 ? conditions[0]! : write.add("And", conditions);
  return write.add("Where", [within, inside, write.math.number(0)]);
}
