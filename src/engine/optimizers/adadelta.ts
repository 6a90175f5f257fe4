import type { MakeRule } from "./rule.ts";
import { rateAlone, rest } from "./rule.ts";

/**
 * Zeiler's Adadelta (`keras.optimizers.Adadelta`). Both means are kept without their factor 1 − ρ, which goes into
 * epsilon, as in `adam.ts`.
 */
export const adadelta: MakeRule = (options) => {
  const rho = options.decay("rho", 0.95);
  return {
    slots: { gradients: 0, updates: 0 },
    constants: { rho, epsilon: options.number("epsilon", 1e-7) / rest(rho) },
    numbers: rateAlone,
    update(math, weight, gradient, slots, { rho, epsilon, rate }) {
      const moved = (mean: typeof gradient, value: typeof gradient) =>
        math.add(math.mul(mean, rho!), math.square(value));
      const root = (mean: typeof gradient) => math.sqrt(math.add(mean, epsilon!));
      const gradients = moved(slots["gradients"]!, gradient);
      const step = math.div(math.mul(root(slots["updates"]!), gradient), root(gradients));
      return {
        weight: math.sub(weight, math.mul(step, rate!)),
        slots: { gradients, updates: moved(slots["updates"]!, step) },
      };
    },
  };
};
