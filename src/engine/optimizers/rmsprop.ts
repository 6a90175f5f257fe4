import type { MakeRule } from "./rule.ts";
import { rest } from "./rule.ts";

/**
 * Hinton's RMSprop, with momentum and centred when asked (`keras.optimizers.RMSprop`); `decay` is TensorFlow.js's name of
 * `rho`. Means are kept without their factor 1 − ρ, as in `adam.ts`.
 */
export const rmsprop: MakeRule = (options) => {
  if (options.given("rho") !== undefined && options.given("decay") !== undefined)
    throw options.exclusive(["rho", "decay"], "are two names of one number");
  const rho = options.decay("rho", options.decay("decay", 0.9));
  const momentum = options.momentum("momentum");
  const centered = options.flag("centered");
  const share = rest(rho);
  return {
    slots: {
      squares: 0,
      ...(centered && { mean: 0 }),
      ...(momentum > 0 && { step: 0 }),
    },
    constants: {
      rho,
      epsilon: options.number("epsilon", 1e-7) / share,
      ...(centered && { share }),
      ...(momentum > 0 && { momentum }),
    },
    numbers: (_, rate) => ({ alpha: rate / Math.sqrt(share) }),
    update(math, weight, gradient, slots, { rho, epsilon, share, momentum: kept, alpha }) {
      const squares = math.add(math.mul(slots["squares"]!, rho!), math.square(gradient));
      const mean = centered ? math.add(math.mul(slots["mean"]!, rho!), gradient) : undefined;
      const variance = mean === undefined ? squares : math.sub(squares, math.mul(math.square(mean), share!));
      let step = math.div(math.mul(gradient, alpha!), math.sqrt(math.add(variance, epsilon!)));
      if (momentum > 0) step = math.add(math.mul(slots["step"]!, kept!), step);
      return {
        weight: math.sub(weight, step),
        slots: { squares, ...(mean !== undefined && { mean }), ...(momentum > 0 && { step }) },
      };
    },
  };
};
