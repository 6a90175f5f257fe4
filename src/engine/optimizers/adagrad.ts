import type { MakeRule } from "./rule.ts";
import { rateAlone } from "./rule.ts";

/** Duchi, Hazan and Singer's Adagrad: steps shrink with all gradients so far (`keras.optimizers.Adagrad`). */
export const adagrad: MakeRule = (options) => ({
  slots: { squares: options.number("initialAccumulatorValue", 0.1) },
  constants: { epsilon: options.number("epsilon", 1e-7) },
  numbers: rateAlone,
  update(math, weight, gradient, slots, { rate, epsilon }) {
    const squares = math.add(slots["squares"]!, math.square(gradient));
    const step = math.div(math.mul(gradient, rate!), math.sqrt(math.add(squares, epsilon!)));
    return { weight: math.sub(weight, step), slots: { squares } };
  },
});
