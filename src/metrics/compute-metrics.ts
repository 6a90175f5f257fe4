import { measure, type MetricNote, type MetricRow } from "./measure.ts";
import { metricSet, ofMode, type MetricNames, type Mode } from "./metric-set.ts";

/** The truth of one outcome. */
export type Truth =
  | { readonly kind: "numeric"; readonly values: ArrayLike<number> }
  /** `codes` index `levels`; −1 is missing. */
  | { readonly kind: "nominal"; readonly levels: readonly string[]; readonly codes: ArrayLike<number> };

/** rows × units: probabilities of the levels, or one value a row. */
export interface Estimates {
  readonly units: number;
  readonly values: ArrayLike<number>;
}

export interface MeasureOptions {
  /** One weight a row. Absent: every row counts 1. */
  readonly case_weights?: ArrayLike<number>;
  /** Told why a metric has no value, or what it leaves out. */
  note?(note: MetricNote): void;
}

/**
 * How good a model's predictions of one outcome are, one row a metric. Rows whose truth is missing are left out, as are those of which the
 * model predicts no number.
 *
 * In a table with outcomes of both kinds, an outcome is measured by its own kind: of `names`, those that go with it.
 *
 * @throws MetricError as `metricSet` does.
 */
export function computeMetrics(
  names: MetricNames,
  mode: Mode,
  truth: Truth,
  estimates: Estimates,
  options: MeasureOptions = {},
): MetricRow[] {
  const own: Mode = truth.kind === "nominal" ? "classification" : "regression";
  const metrics = metricSet(own === mode ? names : ofMode(names, own), own);
  const weights = options.case_weights ?? null;
  const note = options.note?.bind(options);
  if (truth.kind === "numeric")
    return measure(
      metrics,
      { kind: "numeric", truth: truth.values, estimate: estimates.values, weights },
      note,
    );
  return measure(
    metrics,
    {
      kind: "nominal",
      levels: truth.levels,
      truth: truth.codes,
      estimate: null,
      probabilities: estimates.values,
      weights,
    },
    note,
  );
}
