import type { MakeRule } from "./rule.ts";
import { restOfPower } from "./rule.ts";

/**
 * Kingma and Ba's Adam with Keras's epsilon (that of the end of their section 2: "epsilon hat"), and Reddi's AMSGrad
 * (`keras.optimizers.Adam`).
 *
 * The moments are kept without their factors 1 − β, which go into the step and into epsilon: the same step, two
 * operations fewer of twelve, and no moment too small for normal numbers.
 */
export const adam: MakeRule = (options) => {
  const beta1 = options.decay("beta1", 0.9);
  const beta2 = options.decay("beta2", 0.999);
  const epsilon = options.number("epsilon", 1e-7);
  const largest = options.flag("amsgrad");
  const root = Math.sqrt(1 - beta2);
  return {
    slots: largest ? { first: 0, second: 0, largest: 0 } : { first: 0, second: 0 },
    constants: { beta1, beta2, epsilon: epsilon / root },
    numbers: (step, rate) => ({
      alpha: (((rate * Math.sqrt(restOfPower(beta2, step))) / restOfPower(beta1, step)) * (1 - beta1)) / root,
    }),
    update(math, weight, gradient, slots, { beta1, beta2, epsilon, alpha }) {
      const first = math.add(math.mul(slots["first"]!, beta1!), gradient);
      const second = math.add(math.mul(slots["second"]!, beta2!), math.square(gradient));
      const divisor = largest ? math.max(slots["largest"]!, second) : second;
      const step = math.div(math.mul(first, alpha!), math.add(math.sqrt(divisor), epsilon!));
      return {
        weight: math.sub(weight, step),
        slots: largest ? { first, second, largest: divisor } : { first, second },
      };
    },
  };
};
