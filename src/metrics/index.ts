import { confusionMatrix } from "./confusion.ts";
import type { Classified, Estimated, Estimator, Metric } from "./metric.ts";
import { DEFAULT_METRICS, METRICS } from "./registry.ts";

export type { Confusion, Estimator, Metric } from "./metric.ts";
export { confusionMatrix } from "./confusion.ts";
export { DEFAULT_METRICS, METRICS } from "./registry.ts";

/** A row of yardstick's. */
export interface MetricRow {
  readonly ".metric": string;
  readonly ".estimator": Estimator;
  /** null where the metric is not defined. */
  readonly ".estimate": number | null;
}

export type Mode = "classification" | "regression";

/** The truth of one outcome. */
export type Truth =
  | { readonly kind: "numeric"; readonly values: ArrayLike<number> }
  /** `codes` index `levels`; −1 is missing. */
  | { readonly kind: "nominal"; readonly levels: readonly string[]; readonly codes: ArrayLike<number> };

/** rows × units: probabilities of the levels, or one value a row. */
export interface Estimates {
  readonly units: number;
  readonly values: Float32Array;
}

/** A metric that there is not, or that does not go with the mode. The message is for people. */
export class MetricError extends Error {
  override readonly name = "MetricError";
  readonly code = "metric";
}

/**
 * The metrics of these names, in their order.
 *
 * @param names Absent: accuracy in classification; rmse, rsq and mae in regression.
 * @throws MetricError for a name that is not known, or a metric of the other mode.
 */
export function metricSet(names: readonly string[] | undefined, mode: Mode): Metric[] {
  return (names ?? DEFAULT_METRICS[mode]).map((name) => {
    const metric = METRICS.find((one) => one.name === name);
    const fitting = METRICS.filter((one) => one.mode === mode).map((one) => one.name);
    if (metric === undefined)
      throw new MetricError(`There is no metric "${name}". For ${mode} there are: ${fitting.join(", ")}.`);
    if (metric.mode !== mode)
      throw new MetricError(
        `The metric ${name} is for ${metric.mode}, and this is a ${mode}. There are: ${fitting.join(", ")}.`,
      );
    return metric;
  });
}

/**
 * How good estimates are, one row a metric. Rows whose truth is missing are left out.
 *
 * In a table with outcomes of both kinds, an outcome is measured by its own kind: of `names`, those that go with it.
 *
 * @throws MetricError as `metricSet` does.
 */
export function computeMetrics(
  names: readonly string[] | undefined,
  mode: Mode,
  truth: Truth,
  estimates: Estimates,
): MetricRow[] {
  const own: Mode = truth.kind === "nominal" ? "classification" : "regression";
  const chosen =
    own === mode ? names : names?.filter((name) => METRICS.some((m) => m.name === name && m.mode === own));
  const metrics = metricSet(chosen?.length === 0 ? undefined : chosen, own);
  const classified = truth.kind === "nominal" ? classify(truth.levels, truth.codes, estimates) : undefined;
  const estimated = truth.kind === "numeric" ? pair(truth.values, estimates.values) : undefined;
  return metrics.map((metric) => {
    const value = metric.mode === "classification" ? metric.compute(classified!) : metric.compute(estimated!);
    return {
      ".metric": metric.name,
      ".estimator":
        metric.mode === "regression"
          ? "standard"
          : classified!.levels.length === 2
            ? "binary"
            : metric.several,
      ".estimate": Number.isFinite(value) ? value : null,
    };
  });
}

function classify(
  levels: readonly string[],
  codes: ArrayLike<number>,
  { units, values }: Estimates,
): Classified {
  const truth = Int32Array.from(codes);
  const estimate = new Int32Array(truth.length);
  for (let row = 0; row < truth.length; row++)
    for (let level = 1; level < units; level++)
      if (values[row * units + level]! > values[row * units + estimate[row]!]!) estimate[row] = level;
  return {
    levels,
    truth,
    estimate,
    probabilities: values,
    confusion: confusionMatrix(truth, estimate, levels.length),
  };
}

function pair(truth: ArrayLike<number>, estimate: ArrayLike<number>): Estimated {
  const rows = Array.from({ length: truth.length }, (_, i) => i).filter(
    (i) => !Number.isNaN(truth[i]!) && !Number.isNaN(estimate[i]!),
  );
  return {
    truth: Float64Array.from(rows, (i) => truth[i]!),
    estimate: Float64Array.from(rows, (i) => estimate[i]!),
  };
}
