import type { TensorMath } from "../tensor-math.ts";
import type { MakeLoss } from "./find-loss.ts";

/** Losses that ask for a margin of 1. Formulas are Keras's; what has just the margin is still taught, as Keras's maximum does. */
export const marginLosses = {
  Hinge: () => (math, y, p) => math.mean(missing(math, y, p), [-1]),

  SquaredHinge: () => (math, y, p) => math.mean(math.square(missing(math, y, p)), [-1]),

  CategoricalHinge: () => (math, y, p) => {
    const right = math.sum(math.mul(y, p), [-1]);
    const wrong = math.largest(math.mul(math.sub(1, y), p), [-1]);
    return math.max(math.add(math.sub(wrong, right), 1), 0);
  },
} satisfies Readonly<Record<string, MakeLoss>>;

/** What is missing of the margin. Truths of a batch that are all 0 or 1 become −1 and 1, as in Keras. */
function missing<T>(math: TensorMath<T>, y: T, p: T): T {
  const neither = math.largest(math.abs(math.mul(y, math.sub(y, 1))));
  const signs = math.select(math.equal(neither, 0), math.sub(math.mul(y, 2), 1), y);
  return math.max(math.sub(1, math.mul(signs, p)), 0);
}
