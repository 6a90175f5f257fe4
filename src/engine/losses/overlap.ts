import type { TensorMath } from "../tensor-math.ts";
import type { LossOptions, MakeLoss } from "./find-loss.ts";
import { EPSILON } from "./numbers.ts";

/** Losses of how much truth and estimate overlap: of the batch as a whole unless `axis` says along what. Formulas are Keras's. */
export const overlapLosses = {
  Dice:
    ({ axis }) =>
    (math, y, p) => {
      const sum = total(math, axis);
      const both = math.add(math.add(sum(y), sum(p)), EPSILON);
      return math.sub(1, math.div(math.mul(sum(math.mul(y, p)), 2), both));
    },

  /** Salehi et al. 2017, "Tversky loss function for image segmentation using 3D fully convolutional deep networks". */
  Tversky:
    ({ axis, alpha = 0.5, beta = 0.5 }) =>
    (math, y, p) => {
      const sum = total(math, axis);
      const both = sum(math.mul(y, p));
      const missed = math.mul(sum(math.mul(math.sub(1, p), y)), Number(alpha));
      const wrong = math.mul(sum(math.mul(p, math.sub(1, y))), beta);
      const all = math.add(math.add(math.add(both, missed), wrong), EPSILON);
      return math.sub(1, math.div(both, all));
    },
} satisfies Readonly<Record<string, MakeLoss>>;

function total<T>(math: TensorMath<T>, axis: LossOptions["axis"]): (x: T) => T {
  return (x) => math.sum(x, typeof axis === "number" ? [axis] : undefined);
}
