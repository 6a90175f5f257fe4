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
  | "categorical_hinge"
  | "binary_focal_crossentropy"
  | "categorical_focal_crossentropy"
  | "categorical_generalized_cross_entropy"
  | "dice"
  | "tversky";

export interface CrossentropyOptions {
  /** The output has no sigmoid or softmax: the loss applies it. Default false. */
  fromLogits?: boolean;
  /** Moves the truth this share towards "all classes alike". Default 0. */
  labelSmoothing?: number;
}
export interface BinaryFocalCrossentropyOptions extends CrossentropyOptions {
  /** How much less what is estimated well counts. Default 2. */
  gamma?: number;
  /** Gives the positive class the weight `alpha` and the other 1 − `alpha`. Default false. */
  applyClassBalancing?: boolean;
  /** Weight of the positive class, from 0 to 1. Default 0.25. */
  alpha?: number;
}
export interface CategoricalFocalCrossentropyOptions extends CrossentropyOptions {
  /** How much less what is estimated well counts. Default 2. */
  gamma?: number;
  /** Weight of all classes, or of each in the order of the levels. Default 0.25. */
  alpha?: number | readonly number[];
}
export interface GeneralizedCrossentropyOptions {
  /** Between 0 and 1: near 0 it is a crossentropy, near 1 an absolute error, which minds wrong labels less. Default 0.5. */
  q?: number;
}
export interface DiceOptions {
  /** −1 for the overlap of each row; 0 for that of each column; null for that of the whole batch. Default null. */
  axis?: -1 | 0 | 1 | null;
}
export interface TverskyOptions extends DiceOptions {
  /** Weight of what is true and not estimated. Default 0.5. */
  alpha?: number;
  /** Weight of what is estimated and not true. Default 0.5. */
  beta?: number;
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
  /** Binary crossentropy in which outputs that are right already count less. */
  binaryFocalCrossentropy(options?: BinaryFocalCrossentropyOptions): Loss;
  /** Categorical crossentropy in which rows that are right already count less. */
  categoricalFocalCrossentropy(options?: CategoricalFocalCrossentropyOptions): Loss;
  /** (1 − p^q) / q with p the probability of the true class: for labels of which some are wrong. */
  categoricalGeneralizedCrossEntropy(options?: GeneralizedCrossentropyOptions): Loss;
  /** 1 − 2 × overlap / (truth + estimate). */
  dice(options?: DiceOptions): Loss;
  /** Dice with weights for what is missed and what is wrongly estimated. */
  tversky(options?: TverskyOptions): Loss;
  /** max(0, 1 − truth × estimate), for truths of −1 and 1, or 0 and 1. */
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
  binaryFocalCrossentropy: kerasClass<BinaryFocalCrossentropyOptions>("BinaryFocalCrossentropy", {
    ...crossentropy,
    gamma: "optional",
    applyClassBalancing: "optional",
    alpha: "optional",
  }),
  categoricalFocalCrossentropy: kerasClass<CategoricalFocalCrossentropyOptions>(
    "CategoricalFocalCrossentropy",
    { ...crossentropy, gamma: "optional", alpha: "optional" },
  ),
  categoricalGeneralizedCrossEntropy: kerasClass<GeneralizedCrossentropyOptions>(
    "CategoricalGeneralizedCrossEntropy",
    { q: "optional" },
  ),
  dice: kerasClass<DiceOptions>("Dice", { axis: "optional" }),
  tversky: kerasClass<TverskyOptions>("Tversky", { axis: "optional", alpha: "optional", beta: "optional" }),
  hinge: kerasClass("Hinge", {}),
  squaredHinge: kerasClass("SquaredHinge", {}),
  categoricalHinge: kerasClass("CategoricalHinge", {}),
});
