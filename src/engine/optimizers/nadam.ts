import type { MakeRule } from "./rule.ts";
import { power, rest, restOfPower } from "./rule.ts";

/**
 * Dozat's Adam with Nesterov's momentum (`keras.optimizers.Nadam`). The moments are kept without their factors 1 − β,
 * as in `adam.ts`, and the correction of the second goes into the step and into epsilon. 1 − β is one of single precision
 * here: Keras computes it from a tensor, and in Adam from a number.
 */
export const nadam: MakeRule = (options) => {
  const beta1 = options.decay("beta1", 0.9);
  const beta2 = options.decay("beta2", 0.999);
  const epsilon = options.number("epsilon", 1e-7);
  const { fround } = Math;
  const momentum = (step: number) => fround(fround(beta1) * fround(1 - fround(0.5 * power(0.96, step))));

  // The product of all momenta so far, rounded at each step as Keras carries it.
  const products = [1];
  const product = (step: number) => {
    for (let at = products.length; at <= step; at++)
      products.push(
        fround(fround(products[at - 1]! * fround(beta1)) * fround(1 - fround(0.5 * power(0.96, at)))),
      );
    return products[step]!;
  };

  return {
    slots: { first: 0, second: 0 },
    constants: { beta1, beta2 },
    numbers: (step, rate) => {
      const next = momentum(step + 1);
      const before = product(step);
      // √(second × (1 − β₂) / correction) is the root of what is kept, times this.
      const root = Math.sqrt(rest(beta2) / restOfPower(beta2, step));
      return {
        ofFirst: (((rate * next) / fround(1 - fround(before * next))) * rest(beta1)) / root,
        ofGradient: (rate * fround(1 - momentum(step))) / fround(1 - before) / root,
        epsilon: epsilon / root,
      };
    },
    update(math, weight, gradient, slots, { beta1, beta2, ofFirst, ofGradient, epsilon }) {
      const first = math.add(math.mul(slots["first"]!, beta1!), gradient);
      const second = math.add(math.mul(slots["second"]!, beta2!), math.square(gradient));
      const ahead = math.add(math.mul(first, ofFirst!), math.mul(gradient, ofGradient!));
      const step = math.div(ahead, math.add(math.sqrt(second), epsilon!));
      return { weight: math.sub(weight, step), slots: { first, second } };
    },
  };
};
