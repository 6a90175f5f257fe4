import type { TensorMath } from "../tensor-math.ts";
import type { LossOptions, MakeLoss } from "./find-loss.ts";
import { clipped, EPSILON, power } from "./numbers.ts";

/** Losses of probabilities, one column a class or one of two. Formulas and constants are Keras's. */
export const probabilityLosses = {
  KLDivergence: () => (math, y, p) => {
    const truth = clipped(math, y, EPSILON, 1);
    const logs = math.sub(math.log(truth), math.log(clipped(math, p, EPSILON, 1)));
    return math.sum(math.mul(truth, logs), [-1]);
  },

  BinaryCrossentropy:
    ({ fromLogits, labelSmoothing = 0 }) =>
    (math, y, p) =>
      math.mean(binary(math, smoothed(math, y, labelSmoothing, 2), p, fromLogits), [-1]),

  /** Lin et al. 2017, "Focal loss for dense object detection". */
  BinaryFocalCrossentropy:
    ({ fromLogits, labelSmoothing = 0, alpha = 0.25, gamma = 2, applyClassBalancing = false }) =>
    (math, y, p) => {
      const share = Number(alpha);
      const truth = smoothed(math, y, labelSmoothing, 2);
      const rest = math.sub(1, truth);
      const q = fromLogits === true ? math.sigmoid(p) : p;
      const right = math.add(math.mul(truth, q), math.mul(rest, math.sub(1, q)));
      const focus = power(math, math.sub(1, right), gamma);
      const focal = math.mul(focus, binary(math, truth, p, fromLogits));
      if (!applyClassBalancing) return math.mean(focal, [-1]);
      const balance = math.add(math.mul(truth, share), math.mul(rest, 1 - share));
      return math.mean(math.mul(balance, focal), [-1]);
    },

  CategoricalCrossentropy:
    ({ fromLogits, labelSmoothing = 0 }) =>
    (math, y, p) => {
      const truth = smoothed(math, y, labelSmoothing, classes(math, y));
      const logits = fromLogits === true ? p : math.logitsOf(p, "softmax");
      const logs = logits === undefined ? math.log(shares(math, p)) : math.logSoftmax(logits);
      return math.neg(math.sum(math.mul(truth, logs), [-1]));
    },

  CategoricalFocalCrossentropy:
    ({ fromLogits, labelSmoothing = 0, alpha = 0.25, gamma = 2 }) =>
    (math, y, p) => {
      const truth = smoothed(math, y, labelSmoothing, classes(math, y));
      const share = shares(math, fromLogits === true ? math.softmax(p) : p);
      const focus = math.mul(power(math, math.sub(1, share), gamma), weights(math, alpha));
      return math.neg(math.sum(math.mul(focus, math.mul(truth, math.log(share))), [-1]));
    },

  /** Zhang and Sabuncu 2018, "Generalized cross entropy loss for training deep neural networks with noisy labels". */
  CategoricalGeneralizedCrossEntropy:
    ({ q = 0.5 }) =>
    (math, y, p) =>
      math.div(math.sub(1, math.pow(math.sum(math.mul(p, y), [-1]), q)), q),
} satisfies Readonly<Record<string, MakeLoss>>;

/** Crossentropy of each value with a truth between 0 and 1. */
function binary<T>(math: TensorMath<T>, truth: T, p: T, fromLogits: LossOptions["fromLogits"]): T {
  const logits = fromLogits === true ? p : math.logitsOf(p, "sigmoid");
  if (logits !== undefined)
    // max(x, 0) − x·y + log(1 + e^−|x|): no overflow on either side. Of two that are equal, max and min teach the first, so that the
    // slope at 0 is the function's, as that of |x| would not be.
    return math.add(
      math.sub(math.max(logits, 0), math.mul(logits, truth)),
      math.softplus(math.min(math.neg(logits), logits)),
    );
  const q = clipped(math, p, EPSILON, 1 - EPSILON);
  const rest = math.mul(math.sub(1, truth), math.log(math.sub(1, q)));
  return math.neg(math.add(math.mul(truth, math.log(q)), rest));
}

/** Probabilities that are 1 together, away from 0 and 1. */
function shares<T>(math: TensorMath<T>, p: T): T {
  return clipped(math, math.div(p, math.sum(p, [-1], true)), EPSILON, 1 - EPSILON);
}

/** The truth, moved this share towards "all classes alike". */
function smoothed<T>(math: TensorMath<T>, truth: T, share: number, classes: number): T {
  return share === 0 ? truth : math.add(math.mul(truth, 1 - share), share / classes);
}

function classes<T>(math: TensorMath<T>, truth: T): number {
  return math.shape(truth).at(-1) ?? 1;
}

/** One weight for all classes, or one for each. */
function weights<T>(math: TensorMath<T>, alpha: number | readonly number[]): T | number {
  return typeof alpha === "number" ? alpha : math.vector(alpha);
}
