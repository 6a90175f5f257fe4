import type { MakeLoss } from "./find-loss.ts";
import { EPSILON, unit } from "./numbers.ts";

/** Losses of numbers. Formulas and constants are Keras's; the mean is over the last axis. */
export const regressionLosses = {
  MeanSquaredError: () => (math, y, p) => math.mean(math.square(math.sub(p, y)), [-1]),

  MeanAbsoluteError: () => (math, y, p) => math.mean(math.abs(math.sub(p, y)), [-1]),

  MeanAbsolutePercentageError: () => (math, y, p) => {
    const share = math.div(math.sub(y, p), math.max(math.abs(y), EPSILON));
    return math.mul(math.mean(math.abs(share), [-1]), 100);
  },

  MeanSquaredLogarithmicError: () => (math, y, p) => {
    const log = (x: typeof y) => math.log(math.add(math.max(x, EPSILON), 1));
    return math.mean(math.square(math.sub(log(p), log(y))), [-1]);
  },

  Huber:
    ({ delta = 1 }) =>
    (math, y, p) => {
      const error = math.abs(math.sub(p, y));
      const inside = math.min(error, delta);
      // ½e² inside; d·e − ½d² outside: both are ½m² + d(e − m) with m = min(e, d).
      const outside = math.mul(math.sub(error, inside), delta);
      return math.mean(math.add(math.mul(math.square(inside), 0.5), outside), [-1]);
    },

  LogCosh: () => (math, y, p) => {
    const error = math.sub(p, y);
    return math.mean(math.sub(math.add(error, math.softplus(math.mul(error, -2))), Math.LN2), [-1]);
  },

  CosineSimilarity: () => (math, y, p) => math.neg(math.sum(math.mul(unit(math, y), unit(math, p)), [-1])),

  Poisson: () => (math, y, p) => math.mean(math.sub(p, math.mul(y, math.log(math.add(p, EPSILON)))), [-1]),
} satisfies Readonly<Record<string, MakeLoss>>;
