import type { MetricOptions, OptionName } from "./options.ts";

/** yardstick's metrics are of three kinds, by what they are computed from. All are described by this. */
interface Common {
  /** yardstick's name. */
  readonly name: string;
  /** Whether larger values are better, smaller ones, or those near 0; tuning ranks by it. */
  readonly direction: "maximize" | "minimize" | "zero";
  /** The options that `metric_tweak` may set, beside `na_rm`. */
  readonly options: readonly OptionName[];
}

/** Computed from the counts of classes that were taken for one another. */
export interface ClassMetric extends Common {
  readonly mode: "classification";
  readonly from: "classes";
  /** What may be asked for; the first one is taken for more than two classes, and "binary" for two. */
  readonly estimators: readonly Estimator[];
  /** NaN where the metric is not defined. */
  compute(confusion: Confusion, how: ClassHow): number;
}

/** Computed from the estimated probabilities of the classes. */
export interface ProbabilityMetric extends Common {
  readonly mode: "classification";
  readonly from: "probabilities";
  readonly estimators: readonly Estimator[];
  /** NaN where the metric is not defined. */
  compute(data: Classified, how: ClassHow): number;
}

/** Computed from numbers. */
export interface NumericMetric extends Common {
  readonly mode: "regression";
  readonly from: "numbers";
  /** NaN where the metric is not defined. */
  compute(data: Estimated, how: How): number;
}

export type Metric = ClassMetric | ProbabilityMetric | NumericMetric;

/**
 * yardstick's word for how a metric treats several classes. "macro": the mean over classes, each against the rest;
 * "macro_weighted": weighted by how many rows are of the class; "micro": counts of all classes are added up before they are divided;
 * "hand_till": the mean over pairs of classes; "multiclass": defined for several classes as it is.
 */
export type Estimator =
  "binary" | "multiclass" | "macro" | "macro_weighted" | "micro" | "hand_till" | "standard";

/** How a metric is to be computed. */
export interface How {
  readonly options: MetricOptions;
  /** Takes what people should know of the value, or why there is none. Whole sentences. */
  note(message: string): void;
}

export interface ClassHow extends How {
  readonly levels: readonly string[];
  readonly estimator: Estimator;
  /** Index of the class that is the event, where there are two. */
  readonly event: 0 | 1;
}

/** Counts of rows, or sums of their case weights: `counts[truth][estimate]`. */
export interface Confusion {
  readonly counts: readonly (readonly number[])[];
  readonly total: number;
}

/** Rows of a classification whose truth and probabilities are known. */
export interface Classified {
  /** Index of the true class. */
  readonly truth: Int32Array;
  /** rows × classes. */
  readonly probabilities: Float64Array;
  /** Case weights; null: every row counts 1. */
  readonly weights: Float64Array | null;
}

/** Rows of a regression whose truth and estimate are known. */
export interface Estimated {
  readonly truth: Float64Array;
  readonly estimate: Float64Array;
  readonly weights: Float64Array | null;
}
