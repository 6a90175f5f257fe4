/** The truth and the estimates of one outcome in classification. Rows without a truth (code −1) count nowhere. */
export interface Classified {
  readonly levels: readonly string[];
  /** Index into `levels`. */
  readonly truth: Int32Array;
  /** The most probable level of each row; the first of equals. */
  readonly estimate: Int32Array;
  /** rows × levels. */
  readonly probabilities: Float32Array;
  readonly confusion: Confusion;
}

/** Truth and estimate of one numeric outcome, without the rows where either is missing. */
export interface Estimated {
  readonly truth: Float64Array;
  readonly estimate: Float64Array;
}

/** Counts of rows, `counts[truth][estimate]`. */
export interface Confusion {
  readonly counts: readonly (readonly number[])[];
  readonly total: number;
}

/** yardstick's word for how a metric treats several classes. */
export type Estimator = "binary" | "multiclass" | "macro" | "hand_till" | "standard";

interface Common {
  /** yardstick's name. */
  readonly name: string;
  /** Whether a larger value is better; tuning and early reports sort by it. */
  readonly direction: "maximize" | "minimize";
}
export interface ClassMetric extends Common {
  readonly mode: "classification";
  /** yardstick's estimator for more than two classes; for two it is "binary". */
  readonly several: "multiclass" | "macro" | "hand_till";
  /** NaN where the metric is not defined. */
  compute(data: Classified): number;
}
export interface NumericMetric extends Common {
  readonly mode: "regression";
  compute(data: Estimated): number;
}
export type Metric = ClassMetric | NumericMetric;
