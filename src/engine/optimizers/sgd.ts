import type { MakeRule } from "./rule.ts";
import { rateAlone } from "./rule.ts";

/** Gradient descent, with momentum and Nesterov's momentum when asked (`keras.optimizers.SGD`). */
export const sgd: MakeRule = (options) => {
  const momentum = options.momentum("momentum");
  const nesterov = options.flag("nesterov");
  if (momentum === 0)
    return {
      slots: {},
      constants: {},
      numbers: rateAlone,
      update: (math, weight, gradient, _, { rate }) => ({
        weight: math.sub(weight, math.mul(gradient, rate!)),
        slots: {},
      }),
    };
  return {
    slots: { step: 0 },
    constants: { momentum },
    numbers: rateAlone,
    update(math, weight, gradient, slots, { momentum, rate }) {
      const plain = math.mul(gradient, rate!);
      const step = math.sub(math.mul(slots["step"]!, momentum!), plain);
      const moved = nesterov ? math.sub(math.mul(step, momentum!), plain) : step;
      return { weight: math.add(weight, moved), slots: { step } };
    },
  };
};
