import type { MakeRule } from "./rule.ts";
import { restOfPower } from "./rule.ts";

/**
 * Adam with the largest gradient in place of the mean of squares (`keras.optimizers.Adamax`). The moment is kept without
 * its factor 1 − β₁, as in `adam.ts`.
 *
 * `decay` is TensorFlow.js's: the learning rate is divided by 1 + decay × steps before. Keras 3 has no such option.
 */
export const adamax: MakeRule = (options) => {
  const beta1 = options.decay("beta1", 0.9);
  const beta2 = options.decay("beta2", 0.999);
  const decay = options.number("decay", 0);
  return {
    slots: { first: 0, largest: 0 },
    constants: { beta1, beta2, epsilon: options.number("epsilon", 1e-7) },
    numbers: (step, rate) => ({
      alpha: (rate / (1 + decay * (step - 1)) / restOfPower(beta1, step)) * (1 - beta1),
    }),
    update(math, weight, gradient, slots, { beta1, beta2, epsilon, alpha }) {
      const first = math.add(math.mul(slots["first"]!, beta1!), gradient);
      const largest = math.max(math.mul(slots["largest"]!, beta2!), math.abs(gradient));
      const step = math.div(math.mul(first, alpha!), math.add(largest, epsilon!));
      return { weight: math.sub(weight, step), slots: { first, largest } };
    },
  };
};
