import type { MakeRule } from "./rule.ts";
import { rateAlone, rest } from "./rule.ts";

/**
 * Chen et al.'s Lion: steps of one size, in the direction of a momentum (`keras.optimizers.Lion`). The momentum is kept
 * without its factor 1 − β₂, as in `adam.ts`; of what is under the sign only the ratio counts.
 */
export const lion: MakeRule = (options) => {
  const beta1 = options.decay("beta1", 0.9);
  const beta2 = options.decay("beta2", 0.99);
  if (beta1 === 0)
    throw options.wrong("beta1", "above 0, since the optimizer would forget its momentum otherwise");
  return {
    slots: { momentum: 0 },
    constants: { beta2, share: (beta1 * rest(beta2)) / rest(beta1) },
    numbers: rateAlone,
    update(math, weight, gradient, slots, { beta2, share, rate }) {
      const before = slots["momentum"]!;
      const direction = math.sign(math.add(math.mul(before, share!), gradient));
      return {
        weight: math.sub(weight, math.mul(direction, rate!)),
        slots: { momentum: math.add(math.mul(before, beta2!), gradient) },
      };
    },
  };
};
