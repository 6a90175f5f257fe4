import type { KerasObjectDescription } from "../kspec/description.ts";
import { registered } from "../kspec/registered.ts";
import { UserError } from "../protocol/index.ts";
import { tf, type NamedTensorMap, type Optimizer as TfjsOptimizer, type Tensor } from "./tensorflow/index.ts";

/** Moves weights by their gradients. */
export interface Optimizer {
  /** Gradients by the names of their variables. */
  applyGradients(gradients: NamedTensorMap): void;
  dispose(): void;
}

type Options = Readonly<Record<string, unknown>>;

/** Keras's optimizers that TensorFlow.js has, with Keras's defaults. */
const OPTIMIZERS: Readonly<Record<string, (rate: number, options: Options) => Optimizer | TfjsOptimizer>> = {
  Adam: (rate, o) =>
    new Adam(rate, number(o["beta1"], 0.9), number(o["beta2"], 0.999), number(o["epsilon"], 1e-7)),
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
  Adadelta: (rate, o) => new Adadelta(rate, number(o["rho"], 0.95), number(o["epsilon"], 1e-7)),
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
  // TensorFlow.js's types ask for variables where its code, and its own `minimize`, give plain tensors.
  return make(number(options["learningRate"], rate), options) as Optimizer;
}

/**
 * Kingma and Ba's Adam with Keras's epsilon (that of their section 2: "epsilon hat"). (TensorFlow.js 4.22 adds it after the correction of the
 * moments, where it weighs thirty times less at first; for small gradients, as features that are mostly zeros have them, that is another step.)
 */
class Adam implements Optimizer {
  readonly #rate: number;
  readonly #beta1: number;
  readonly #beta2: number;
  readonly #epsilon: number;
  readonly #moments = new Map<string, { first: Tensor; second: Tensor }>();
  #steps = 0;

  constructor(rate: number, beta1: number, beta2: number, epsilon: number) {
    this.#rate = rate;
    this.#beta1 = beta1;
    this.#beta2 = beta2;
    this.#epsilon = epsilon;
  }

  applyGradients(gradients: NamedTensorMap): void {
    const { registeredVariables } = tf.engine();
    this.#steps++;
    // In single precision, as Keras computes it: 1 - 0.999 is another number there, by one part in 80,000.
    const rest = (beta: number) => Math.fround(1 - Math.fround(Math.fround(beta) ** this.#steps));
    const alpha = (this.#rate * Math.sqrt(rest(this.#beta2))) / rest(this.#beta1);
    for (const [name, gradient] of Object.entries(gradients)) {
      const before = this.#moments.get(name);
      const variable = registeredVariables[name]!;
      const after = tf.tidy(() => {
        const zero = tf.zerosLike(gradient);
        const moved = (mean: Tensor, value: Tensor, beta: number) =>
          tf.add(mean, tf.mul(tf.sub(value, mean), 1 - beta));
        const first = moved(before?.first ?? zero, gradient, this.#beta1);
        const second = moved(before?.second ?? zero, tf.square(gradient), this.#beta2);
        const step = tf.div(tf.mul(first, alpha), tf.add(tf.sqrt(second), this.#epsilon));
        variable.assign(tf.sub(variable, step));
        return { first: tf.keep(first), second: tf.keep(second) };
      });
      if (before !== undefined) tf.dispose([before.first, before.second]);
      this.#moments.set(name, after);
    }
  }

  dispose(): void {
    for (const { first, second } of this.#moments.values()) tf.dispose([first, second]);
    this.#moments.clear();
  }
}

/** Zeiler's Adadelta. (TensorFlow.js 4.22 divides by the mean of squared gradients as it was before the step.) */
class Adadelta implements Optimizer {
  readonly #rate: number;
  readonly #rho: number;
  readonly #epsilon: number;
  readonly #means = new Map<string, { gradient: Tensor; update: Tensor }>();

  constructor(rate: number, rho: number, epsilon: number) {
    this.#rate = rate;
    this.#rho = rho;
    this.#epsilon = epsilon;
  }

  applyGradients(gradients: NamedTensorMap): void {
    const { registeredVariables } = tf.engine();
    for (const [name, gradient] of Object.entries(gradients)) {
      const before = this.#means.get(name);
      const variable = registeredVariables[name]!;
      const after = tf.tidy(() => {
        const zero = tf.zerosLike(gradient);
        const moved = (mean: Tensor, value: Tensor) =>
          tf.add(tf.mul(mean, this.#rho), tf.mul(tf.square(value), 1 - this.#rho));
        const root = (mean: Tensor) => tf.sqrt(tf.add(mean, this.#epsilon));
        const squares = moved(before?.gradient ?? zero, gradient);
        const update = tf.mul(tf.div(root(before?.update ?? zero), root(squares)), gradient);
        variable.assign(tf.sub(variable, tf.mul(update, this.#rate)));
        return { gradient: tf.keep(squares), update: tf.keep(moved(before?.update ?? zero, update)) };
      });
      if (before !== undefined) tf.dispose([before.gradient, before.update]);
      this.#means.set(name, after);
    }
  }

  dispose(): void {
    for (const { gradient, update } of this.#means.values()) tf.dispose([gradient, update]);
    this.#means.clear();
  }
}

function number(value: unknown, fallback: number): number {
  return typeof value === "number" ? value : fallback;
}
