import type { KerasObjectDescription } from "../kspec/description.ts";
import { registered } from "../kspec/registered.ts";
import { UserError } from "../protocol/index.ts";
import { tf, type Optimizer } from "./tensorflow/index.ts";

type Options = Readonly<Record<string, unknown>>;

/** Keras's optimizers that TensorFlow.js has, with Keras's defaults. */
const OPTIMIZERS: Readonly<Record<string, (rate: number, options: Options) => Optimizer>> = {
  Adam: (rate, o) =>
    tf.train.adam(rate, number(o["beta1"], 0.9), number(o["beta2"], 0.999), number(o["epsilon"], 1e-7)),
  Adamax: (rate, o) =>
    tf.train.adamax(
      rate,
      number(o["beta1"], 0.9),
      number(o["beta2"], 0.999),
      number(o["epsilon"], 1e-7),
      number(o["decay"], 0),
    ),
  SGD: (rate, o) => {
    const momentum = number(o["momentum"], 0);
    return momentum === 0 ? tf.train.sgd(rate) : tf.train.momentum(rate, momentum, o["nesterov"] === true);
  },
  RMSprop: (rate, o) =>
    tf.train.rmsprop(
      rate,
      number(o["decay"], 0.9),
      number(o["momentum"], 0),
      number(o["epsilon"], 1e-7),
      o["centered"] === true,
    ),
  Adagrad: (rate, o) => tf.train.adagrad(rate, number(o["initialAccumulatorValue"], 0.1)),
  Adadelta: (rate, o) => tf.train.adadelta(rate, number(o["rho"], 0.95), number(o["epsilon"], 1e-7)),
};

const NAMES: Readonly<Record<string, string>> = Object.fromEntries(
  Object.keys(OPTIMIZERS).map((name) => [name.toLowerCase(), name]),
);

/**
 * The optimizer that a model's arguments say; nothing given is Adam.
 *
 * @param rate The model's `learn_rate`: used unless the optimizer's description has one of its own.
 * @throws UserError for a name that nobody knows.
 */
export function findOptimizer(argument: unknown, rate: number): Optimizer {
  let wanted = argument ?? "adam";
  const own = typeof wanted === "string" ? registered.optimizers.get(wanted) : undefined;
  if (own !== undefined) wanted = own({ learning_rate: rate });

  const description: Partial<KerasObjectDescription> | null =
    typeof wanted === "string"
      ? { class_name: NAMES[wanted] ?? "", config: {} }
      : (wanted as KerasObjectDescription);
  const make = typeof description === "object" ? OPTIMIZERS[description?.class_name ?? ""] : undefined;
  if (make === undefined)
    throw new UserError(
      "unknown-optimizer",
      `compile_optimizer: ${JSON.stringify(argument) ?? String(argument)} is no optimizer. There are: ${Object.keys(NAMES).join(", ")}; options are given by optimizers.adam({ … }) and its kin.`,
    );
  const options = description!.config ?? {};
  return make(number(options["learningRate"], rate), options);
}

function number(value: unknown, fallback: number): number {
  return typeof value === "number" ? value : fallback;
}
