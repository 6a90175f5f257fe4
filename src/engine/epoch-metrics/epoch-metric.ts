import type { CustomFunction } from "../losses/loss.ts";
import type { TensorMath } from "../tensor-math.ts";

/** A metric of the epoch log: running over batches, as Keras's are. It has no state: the epoch's log keeps the sums. */
export interface EpochMetric {
  /** Its key in the log. */
  readonly name: string;
  /**
   * What a batch adds to the sums: values without axes, or vectors.
   *
   * @param truth Of a batch, `[rows, columns]`; the estimate alike.
   */
  batch<T>(math: TensorMath<T>, truth: T, estimate: T): readonly T[];
  /** How many numbers that is. */
  readonly values: number;
  /** "mean": each value is one of the rows', and counts as often as the batch has rows. "sum": they are counts. */
  readonly kind: "mean" | "sum";
  /**
   * @param sums Of all batches so far, vectors laid one after the other.
   * @param rows Of all batches so far; where there are none, a mean is NaN.
   */
  result(sums: readonly number[], rows: number): number;
  /** A function of the spec, or a registered one. It is written with TensorFlow.js, so the native engine has to refuse it. */
  readonly custom?: CustomFunction;
}

/** Makes a metric that has this name in the log, of an output with this many columns. */
export type MakeMetric = (options: MetricOptions, name: string, columns: number) => EpochMetric;

/** Options of metrics, as a spec gives them. */
export interface MetricOptions {
  readonly name?: string;
  readonly k?: number;
  readonly threshold?: number | null;
  readonly topK?: number;
  readonly classId?: number;
  readonly numThresholds?: number;
  readonly curve?: "ROC" | "PR" | "PRGAIN";
  readonly summationMethod?: "interpolation" | "minoring" | "majoring";
  readonly precision?: number;
  readonly recall?: number;
  readonly sensitivity?: number;
  readonly specificity?: number;
  readonly average?: "micro" | "macro" | "weighted";
  readonly beta?: number;
  readonly targetClassIds?: readonly number[];
  readonly classAggregation?: "uniform_average" | "variance_weighted_average";
}

/** The mean over rows of one value each; a value of the batch as a whole counts for all its rows. */
export function meanOf(
  name: string,
  perRow: <T>(math: TensorMath<T>, truth: T, estimate: T) => T,
  { of = (mean) => mean, custom }: { of?: (mean: number) => number; custom?: CustomFunction } = {},
): EpochMetric {
  return {
    name,
    kind: "mean",
    values: 1,
    batch: (math, truth, estimate) => [math.mean(perRow(math, truth, estimate))],
    result: (sums, rows) => of((sums[0] ?? 0) / rows),
    ...(custom === undefined ? {} : { custom }),
  };
}

/** Keras's division: by 0 it gives 0. */
export function share(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}
