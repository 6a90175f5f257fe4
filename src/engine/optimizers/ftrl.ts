import type { TensorMath } from "../tensor-math.ts";
import type { MakeRule } from "./rule.ts";

/**
 * McMahan et al.'s "follow the regularised leader" (`keras.optimizers.Ftrl`): a weight is what its gradients so far ask
 * for, and not where it was.
 */
export const ftrl: MakeRule = (options) => {
  const exponent = -options.negative("learningRatePower", -0.5);
  const l1 = options.number("l1RegularizationStrength", 0);
  const l2 = options.number("l2RegularizationStrength", 0);
  const shrinkage = options.number("l2ShrinkageRegularizationStrength", 0);
  const beta = options.number("beta", 0);
  const raised = <T>(math: TensorMath<T>, x: T): T =>
    exponent === 0.5 ? math.sqrt(x) : math.pow(x, exponent);
  return {
    slots: { squares: options.number("initialAccumulatorValue", 0.1), linear: 0 },
    constants: { l1, shrinkage: 2 * shrinkage },
    numbers: (_, rate) => ({ rate, ridge: 2 * (l2 + beta / (2 * rate)) }),
    update(math, weight, gradient, slots, { l1: bound, shrinkage: shrink, rate, ridge }) {
      const before = slots["squares"]!;
      const squares = math.add(before, math.square(gradient));
      const power = raised(math, squares);
      const growth = math.div(math.sub(power, raised(math, before)), rate!);
      const shrunk = shrinkage === 0 ? gradient : math.add(gradient, math.mul(weight, shrink!));
      const linear = math.add(slots["linear"]!, math.sub(shrunk, math.mul(growth, weight)));
      const within = l1 === 0 ? math.neg(linear) : math.sub(clipped(math, linear, bound!), linear);
      return {
        weight: math.div(within, math.add(math.div(power, rate!), ridge!)),
        slots: { squares, linear },
      };
    },
  };
};

function clipped<T>(math: TensorMath<T>, x: T, bound: T | number): T {
  const lower = typeof bound === "number" ? -bound : math.neg(bound);
  return math.max(math.min(x, bound), lower);
}
