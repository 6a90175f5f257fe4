import type { KerasObjectDescription } from "../kspec/description.ts";
import { registered } from "../kspec/registered.ts";
import { UserError } from "../protocol/index.ts";
import { tf, type Tensor } from "./tensorflow/index.ts";
import { logitsOf } from "./tensorflow/logits.ts";

/** One value for each row (or more, which are averaged), from truth and estimate of equal shape. */
export type RowLoss = (truth: Tensor, estimate: Tensor) => Tensor;

/** A loss, and what must be done to the outputs before they are probabilities. */
export interface Loss {
  readonly perRow: RowLoss;
  readonly link: Link;
}
/** "none" when the head has its activation; else the one that the loss applies by itself (`fromLogits`). */
export type Link = "none" | "softmax" | "sigmoid";

type Options = Readonly<Record<string, unknown>>;
type Make = (options: Options) => RowLoss;

/** Keras's losses by class name. Formulas and constants are Keras's; the mean is over the last axis. */
const LOSSES: Readonly<Record<string, Make>> = {
  MeanSquaredError: () => (y, p) => tf.mean(tf.squaredDifference(p, y), -1),
  MeanAbsoluteError: () => (y, p) => tf.mean(tf.abs(tf.sub(p, y)), -1),
  MeanAbsolutePercentageError: () => (y, p) =>
    tf.mul(tf.mean(tf.abs(tf.div(tf.sub(y, p), tf.maximum(tf.abs(y), EPSILON))), -1), 100),
  MeanSquaredLogarithmicError: () => (y, p) =>
    tf.mean(tf.squaredDifference(log1pFrom0(p), log1pFrom0(y)), -1),
  Huber: ({ delta = 1 }) => {
    const d = Number(delta);
    return (y, p) => {
      const error = tf.abs(tf.sub(p, y));
      const inside = tf.minimum(error, d);
      // ½e² inside; d·e − ½d² outside: both are ½m² + d(e − m) with m = min(e, d).
      return tf.mean(tf.add(tf.mul(tf.square(inside), 0.5), tf.mul(tf.sub(error, inside), d)), -1);
    };
  },
  LogCosh: () => (y, p) => {
    const error = tf.sub(p, y);
    return tf.mean(tf.sub(tf.add(error, tf.softplus(tf.mul(error, -2))), Math.LN2), -1);
  },
  CosineSimilarity: () => (y, p) => tf.neg(tf.sum(tf.mul(unit(y), unit(p)), -1)),
  Poisson: () => (y, p) => tf.mean(tf.sub(p, tf.mul(y, tf.log(tf.add(p, EPSILON)))), -1),
  KLDivergence: () => (y, p) => {
    const truth = tf.clipByValue(y, EPSILON, 1);
    return tf.sum(tf.mul(truth, tf.sub(tf.log(truth), tf.log(tf.clipByValue(p, EPSILON, 1)))), -1);
  },
  BinaryCrossentropy: ({ fromLogits, labelSmoothing = 0 }) => {
    const smooth = Number(labelSmoothing);
    return (y, p) => {
      const truth = smooth === 0 ? y : tf.add(tf.mul(y, 1 - smooth), smooth / 2);
      const logits = fromLogits === true ? p : logitsOf(p, "sigmoid");
      if (logits !== undefined)
        // max(x, 0) − x·y + log(1 + e^−|x|): no overflow on either side.
        return tf.mean(
          tf.add(tf.sub(tf.relu(logits), tf.mul(logits, truth)), tf.softplus(tf.neg(tf.abs(logits)))),
          -1,
        );
      const q = tf.clipByValue(p, EPSILON, 1 - EPSILON);
      const rest = tf.mul(tf.sub(1, truth), tf.log(tf.sub(1, q)));
      return tf.neg(tf.mean(tf.add(tf.mul(truth, tf.log(q)), rest), -1));
    };
  },
  CategoricalCrossentropy: ({ fromLogits, labelSmoothing = 0 }) => {
    const smooth = Number(labelSmoothing);
    return (y, p) => {
      const classes = y.shape.at(-1)!;
      const truth = smooth === 0 ? y : tf.add(tf.mul(y, 1 - smooth), smooth / classes);
      const logits = fromLogits === true ? p : logitsOf(p, "softmax");
      if (logits !== undefined) return tf.neg(tf.sum(tf.mul(truth, tf.logSoftmax(logits)), -1));
      const share = tf.div(p, tf.sum(p, -1, true));
      return tf.neg(tf.sum(tf.mul(truth, tf.log(tf.clipByValue(share, EPSILON, 1 - EPSILON))), -1));
    };
  },
  Hinge: () => (y, p) => tf.mean(tf.relu(tf.sub(1, tf.mul(signs(y), p))), -1),
  SquaredHinge: () => (y, p) => tf.mean(tf.square(tf.relu(tf.sub(1, tf.mul(signs(y), p)))), -1),
  CategoricalHinge: () => (y, p) => {
    const right = tf.sum(tf.mul(y, p), -1);
    const wrong = tf.max(tf.mul(tf.sub(1, y), p), -1);
    return tf.relu(tf.add(tf.sub(wrong, right), 1));
  },
};

/** Keras's fuzz factor. */
const EPSILON = 1e-7;

const ALIASES: Readonly<Record<string, string>> = {
  mse: "MeanSquaredError",
  mae: "MeanAbsoluteError",
  mape: "MeanAbsolutePercentageError",
  msle: "MeanSquaredLogarithmicError",
  bce: "BinaryCrossentropy",
  kld: "KLDivergence",
  kl_divergence: "KLDivergence",
  logcosh: "LogCosh",
  // The truth is one column a class here, so both forms of the loss are the same.
  sparse_categorical_crossentropy: "CategoricalCrossentropy",
};

/** The class that a name of Keras's stands for; undefined when there is none. */
function classOf(name: string): string | undefined {
  const found =
    ALIASES[name] ??
    name
      .split("_")
      .map((word) => word.slice(0, 1).toUpperCase() + word.slice(1))
      .join("");
  return found in LOSSES ? found : undefined;
}

/** Names of Keras's losses, for messages. */
export const LOSS_NAMES: readonly string[] = Object.keys(LOSSES).map((name) =>
  name === "KLDivergence" ? "kl_divergence" : name.replaceAll(/([a-z])([A-Z])/g, "$1_$2").toLowerCase(),
);

/**
 * The loss that a model's argument says: a name (registered ones first, then Keras's), a description with
 * options, or a function of truth and estimate.
 *
 * @throws UserError for a name that nobody knows.
 */
export function findLoss(argument: unknown): Loss {
  if (typeof argument === "function") return { perRow: argument as RowLoss, link: "none" };
  if (typeof argument === "string") {
    const own = registered.losses.get(argument);
    if (own !== undefined) return { perRow: own as unknown as RowLoss, link: "none" };
    const keras = classOf(argument);
    if (keras !== undefined) return { perRow: LOSSES[keras]!({}), link: "none" };
  }
  const description = argument as Partial<KerasObjectDescription> | null;
  const make = typeof description === "object" ? LOSSES[description?.class_name ?? ""] : undefined;
  if (make === undefined)
    throw new UserError(
      "unknown-loss",
      `compile_loss: ${JSON.stringify(argument) ?? String(argument)} is no loss. There are: ${LOSS_NAMES.join(", ")}; others are given as a function of truth and estimate.`,
    );
  const config = description!.config ?? {};
  const logits = config["fromLogits"] === true;
  return {
    perRow: make(config),
    link: !logits ? "none" : description!.class_name === "BinaryCrossentropy" ? "sigmoid" : "softmax",
  };
}

/** Applies the activation that a `fromLogits` loss keeps to itself. */
export function linked(link: Link, output: Tensor): Tensor {
  if (link === "none") return output;
  return link === "sigmoid" ? tf.sigmoid(output) : tf.softmax(output);
}

function log1pFrom0(x: Tensor): Tensor {
  return tf.log(tf.add(tf.maximum(x, EPSILON), 1));
}

function unit(x: Tensor): Tensor {
  return tf.mul(x, tf.rsqrt(tf.maximum(tf.sum(tf.square(x), -1, true), 1e-12)));
}

/** Truths of 0 and 1 become −1 and 1, as Keras's hinge losses do. */
function signs(y: Tensor): Tensor {
  return tf.sub(tf.mul(y, 2), 1);
}
