import type { KerasObjectDescription } from "./description.ts";
import { kerasClass, kerasObjects } from "./keras-object.ts";

/** What the epoch log shows beside the loss: `metrics.topKCategoricalAccuracy({ k: 3 })`. */
export interface EpochMetric extends KerasObjectDescription {
  readonly kind: "metric";
}

/** A metric of the epoch log by Keras's name; those that need options are in `metrics`. */
export type EpochMetricName =
  | "accuracy"
  | "binary_accuracy"
  | "categorical_accuracy"
  | "top_k_categorical_accuracy"
  | "precision"
  | "recall"
  | "true_positives"
  | "true_negatives"
  | "false_positives"
  | "false_negatives"
  | "auc"
  | "f1_score"
  | "fbeta_score"
  | "binary_io_u"
  | "one_hot_mean_io_u"
  | "mean_squared_error"
  | "mse"
  | "root_mean_squared_error"
  | "mean_absolute_error"
  | "mae"
  | "mean_absolute_percentage_error"
  | "mape"
  | "mean_squared_logarithmic_error"
  | "msle"
  | "log_cosh_error"
  | "r2_score"
  | "cosine_similarity"
  | "pearson_correlation"
  | "concordance_correlation"
  | "poisson"
  | "kl_divergence"
  | "binary_crossentropy"
  | "categorical_crossentropy"
  | "hinge"
  | "squared_hinge"
  | "categorical_hinge";

export interface MetricOptions {
  /** Its key in the epoch log. Default: Keras's name of the metric. */
  name?: string;
}
export interface BinaryAccuracyOptions extends MetricOptions {
  /** Above it an estimate is positive. Default 0.5. */
  threshold?: number;
}
export interface TopKOptions extends MetricOptions {
  /** Among how many classes the true one must be. Default 5. */
  k?: number;
}
export interface CountOptions extends MetricOptions {
  /** Above it an estimate is positive. Default 0.5; with `topK` none. */
  threshold?: number;
  /** The largest estimates of a row alone are positive. Default: all may be. */
  topK?: number;
  /** The column that is looked at, from 0 in the order of the levels. Default: all together. */
  classId?: number;
}
interface Thresholds extends MetricOptions {
  /** How many thresholds between 0 and 1 are tried. Default 200. */
  numThresholds?: number;
  /** The column that is looked at, from 0 in the order of the levels. Default: all together. */
  classId?: number;
}
export interface AucOptions extends Thresholds {
  /** Receiver operating characteristic, precision and recall, or their gains. Default "ROC". */
  curve?: "ROC" | "PR" | "PRGAIN";
  /** How the curve goes between two points. Default "interpolation". */
  summationMethod?: "interpolation" | "minoring" | "majoring";
}
export interface SensitivityAtSpecificityOptions extends Thresholds {
  /** The least specificity, from 0 to 1. */
  specificity: number;
}
export interface SpecificityAtSensitivityOptions extends Thresholds {
  /** The least sensitivity, from 0 to 1. */
  sensitivity: number;
}
export interface PrecisionAtRecallOptions extends Thresholds {
  /** The least recall, from 0 to 1. */
  recall: number;
}
export interface RecallAtPrecisionOptions extends Thresholds {
  /** The least precision, from 0 to 1. */
  precision: number;
}
export interface F1ScoreOptions extends MetricOptions {
  /** How the classes become one number: all counts together, their plain mean, or their mean by how often they are true. Default "macro". */
  average?: "micro" | "macro" | "weighted";
  /** Above it a class is estimated. Default: the likeliest is. */
  threshold?: number;
}
export interface FBetaScoreOptions extends F1ScoreOptions {
  /** How much more recall counts than precision. Default 1. */
  beta?: number;
}
export interface BinaryIoUOptions extends BinaryAccuracyOptions {
  /** Classes that are averaged: 0 for no, 1 for yes. Default both. */
  targetClassIds?: readonly number[];
}
export interface OneHotIoUOptions extends MetricOptions {
  /** Classes that are averaged, from 0 in the order of the levels. */
  targetClassIds: readonly number[];
}
export interface R2ScoreOptions extends MetricOptions {
  /** How several outcomes become one number. Default "uniform_average". */
  classAggregation?: "uniform_average" | "variance_weighted_average";
}

export interface EpochMetrics {
  /** Share of values on the right side of the threshold. */
  binaryAccuracy(options?: BinaryAccuracyOptions): EpochMetric;
  /** Share of rows whose true class is among the k likeliest. */
  topKCategoricalAccuracy(options?: TopKOptions): EpochMetric;
  /** Right ones among those estimated positive. */
  precision(options?: CountOptions): EpochMetric;
  /** Those estimated positive among the positive ones. */
  recall(options?: CountOptions): EpochMetric;
  /** How many are estimated positive, and so they are. */
  truePositives(options?: CountOptions): EpochMetric;
  /** How many are estimated negative, and so they are. */
  trueNegatives(options?: CountOptions): EpochMetric;
  /** How many are estimated positive, and are not. */
  falsePositives(options?: CountOptions): EpochMetric;
  /** How many are estimated negative, and are not. */
  falseNegatives(options?: CountOptions): EpochMetric;
  /** Area under the curve, from the counts at some thresholds. */
  auc(options?: AucOptions): EpochMetric;
  /** The best sensitivity where the specificity is at least this. */
  sensitivityAtSpecificity(options: SensitivityAtSpecificityOptions): EpochMetric;
  /** The best specificity where the sensitivity is at least this. */
  specificityAtSensitivity(options: SpecificityAtSensitivityOptions): EpochMetric;
  /** The best precision where the recall is at least this. */
  precisionAtRecall(options: PrecisionAtRecallOptions): EpochMetric;
  /** The best recall where the precision is at least this. */
  recallAtPrecision(options: RecallAtPrecisionOptions): EpochMetric;
  /** Harmonic mean of precision and recall. */
  f1Score(options?: F1ScoreOptions): EpochMetric;
  /** Harmonic mean of precision and recall, one of which counts more. */
  fBetaScore(options?: FBetaScoreOptions): EpochMetric;
  /** Intersection over union of yes and no. */
  binaryIoU(options?: BinaryIoUOptions): EpochMetric;
  /** Intersection over union of some classes. */
  oneHotIoU(options: OneHotIoUOptions): EpochMetric;
  /** Share of the variance that is explained. */
  r2Score(options?: R2ScoreOptions): EpochMetric;
}

const named = { name: "optional" } as const;
const counted = { ...named, threshold: "optional", topK: "optional", classId: "optional" } as const;
const swept = { ...named, numThresholds: "optional", classId: "optional" } as const;
const scored = { ...named, average: "optional", threshold: "optional" } as const;

/** Metrics of the epoch log with options, for `compile_metrics`. */
export const metrics: EpochMetrics = kerasObjects<EpochMetrics>("metrics", "metric", {
  binaryAccuracy: kerasClass<BinaryAccuracyOptions>("BinaryAccuracy", { ...named, threshold: "optional" }),
  topKCategoricalAccuracy: kerasClass<TopKOptions>("TopKCategoricalAccuracy", { ...named, k: "optional" }),
  precision: kerasClass<CountOptions>("Precision", counted),
  recall: kerasClass<CountOptions>("Recall", counted),
  truePositives: kerasClass<CountOptions>("TruePositives", counted),
  trueNegatives: kerasClass<CountOptions>("TrueNegatives", counted),
  falsePositives: kerasClass<CountOptions>("FalsePositives", counted),
  falseNegatives: kerasClass<CountOptions>("FalseNegatives", counted),
  auc: kerasClass<AucOptions>("AUC", { ...swept, curve: "optional", summationMethod: "optional" }),
  sensitivityAtSpecificity: kerasClass<SensitivityAtSpecificityOptions>("SensitivityAtSpecificity", {
    ...swept,
    specificity: "required",
  }),
  specificityAtSensitivity: kerasClass<SpecificityAtSensitivityOptions>("SpecificityAtSensitivity", {
    ...swept,
    sensitivity: "required",
  }),
  precisionAtRecall: kerasClass<PrecisionAtRecallOptions>("PrecisionAtRecall", {
    ...swept,
    recall: "required",
  }),
  recallAtPrecision: kerasClass<RecallAtPrecisionOptions>("RecallAtPrecision", {
    ...swept,
    precision: "required",
  }),
  f1Score: kerasClass<F1ScoreOptions>("F1Score", scored),
  fBetaScore: kerasClass<FBetaScoreOptions>("FBetaScore", { ...scored, beta: "optional" }),
  binaryIoU: kerasClass<BinaryIoUOptions>("BinaryIoU", {
    ...named,
    threshold: "optional",
    targetClassIds: "optional",
  }),
  oneHotIoU: kerasClass<OneHotIoUOptions>("OneHotIoU", { ...named, targetClassIds: "required" }),
  r2Score: kerasClass<R2ScoreOptions>("R2Score", { ...named, classAggregation: "optional" }),
});
