import type { KerasObjectDescription } from "./description.ts";
import { kerasClass, kerasObjects } from "./keras-object.ts";

/** What training makes small: `losses.huber({ delta: 2 })`. */
export interface Loss extends KerasObjectDescription {
  readonly kind: "loss";
}

/** A loss by Keras's name. */
export type LossName =
  | "mean_squared_error"
  | "mse"
  | "mean_absolute_error"
  | "mae"
  | "mean_absolute_percentage_error"
  | "mape"
  | "mean_squared_logarithmic_error"
  | "msle"
  | "huber"
  | "log_cosh"
  | "cosine_similarity"
  | "poisson"
  | "kl_divergence"
  | "binary_crossentropy"
  | "categorical_crossentropy"
  | "hinge"
  | "squared_hinge"
  | "categorical_hinge";

export interface CrossentropyOptions {
  /** The output has no sigmoid or softmax: the loss applies it. Default false. */
  fromLogits?: boolean;
  /** Moves the truth this share towards "all classes alike". Default 0. */
  labelSmoothing?: number;
}
export interface HuberOptions {
  /** Errors larger than it count linearly. Default 1. */
  delta?: number;
}

export interface Losses {
  /** Mean of squared errors: the default in regression. */
  meanSquaredError(): Loss;
  /** Mean of absolute errors. */
  meanAbsoluteError(): Loss;
  /** Mean of absolute errors in per cent of the truth. */
  meanAbsolutePercentageError(): Loss;
  /** Mean of squared differences of log(1 + value). */
  meanSquaredLogarithmicError(): Loss;
  /** Squared for small errors, linear for large ones. */
  huber(options?: HuberOptions): Loss;
  /** Mean of log(cosh(error)): smooth, and linear for large errors. */
  logCosh(): Loss;
  /** Minus the cosine between truth and estimate. */
  cosineSimilarity(): Loss;
  /** estimate − truth × log(estimate), for counts. */
  poisson(): Loss;
  /** Kullback–Leibler divergence of the estimated from the true distribution. */
  klDivergence(): Loss;
  /** Cross-entropy of each output with a truth of 0 or 1: the default with two classes. */
  binaryCrossentropy(options?: CrossentropyOptions): Loss;
  /** Cross-entropy of the estimated with the true class: the default with more than two classes. */
  categoricalCrossentropy(options?: CrossentropyOptions): Loss;
  /** max(0, 1 − truth × estimate), for truths of −1 and 1. */
  hinge(): Loss;
  /** The square of hinge. */
  squaredHinge(): Loss;
  /** How far the best wrong class comes within 1 of the right one. */
  categoricalHinge(): Loss;
}

const crossentropy = { fromLogits: "optional", labelSmoothing: "optional" } as const;

/** Losses with options, for `compile_loss`. */
export const losses: Losses = kerasObjects<Losses>("losses", "loss", {
  meanSquaredError: kerasClass("MeanSquaredError", {}),
  meanAbsoluteError: kerasClass("MeanAbsoluteError", {}),
  meanAbsolutePercentageError: kerasClass("MeanAbsolutePercentageError", {}),
  meanSquaredLogarithmicError: kerasClass("MeanSquaredLogarithmicError", {}),
  huber: kerasClass<HuberOptions>("Huber", { delta: "optional" }),
  logCosh: kerasClass("LogCosh", {}),
  cosineSimilarity: kerasClass("CosineSimilarity", {}),
  poisson: kerasClass("Poisson", {}),
  klDivergence: kerasClass("KLDivergence", {}),
  binaryCrossentropy: kerasClass<CrossentropyOptions>("BinaryCrossentropy", crossentropy),
  categoricalCrossentropy: kerasClass<CrossentropyOptions>("CategoricalCrossentropy", crossentropy),
  hinge: kerasClass("Hinge", {}),
  squaredHinge: kerasClass("SquaredHinge", {}),
  categoricalHinge: kerasClass("CategoricalHinge", {}),
});
