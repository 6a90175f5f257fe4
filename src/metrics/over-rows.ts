/** Metrics and curves of tables: what a script asks of predictions that it has as rows. */
import { confusionMatrix } from "./confusion.ts";
import { gainCurve } from "./curves/gain-curve.ts";
import { prCurve } from "./curves/pr-curve.ts";
import { rocCurve } from "./curves/roc-curve.ts";
import { measure, mostProbable, type MetricNote, type MetricRow, type NominalRows } from "./measure.ts";
import type { Estimator } from "./metric.ts";
import { MetricError, metricSet, type ChosenMetric, type MetricNames, type Mode } from "./metric-set.ts";
import type { MetricOptions } from "./options.ts";
import type { ScoredEvents } from "./probability/thresholds.ts";
import { METRICS } from "./registry.ts";
import {
  inOrder,
  levelsOf,
  modeOf,
  outcomeRows,
  type OutcomeColumns,
  type TableRow,
} from "./table-columns.ts";

/** Columns, and groups of rows that are measured each on its own. */
export interface TableRequest extends OutcomeColumns {
  /** Columns whose values make the groups; results have them in front, and come in their order. */
  readonly by?: string | readonly string[];
  /** Leaves out rows with something missing. Default true. */
  readonly na_rm?: boolean;
}

export interface MetricsRequest extends TableRequest {
  /** Names, or a `metric_set`. Default: those of the mode. */
  readonly metrics?: MetricNames;
  /** Of all metrics that have it, but for those with one of their own. */
  readonly estimator?: string;
  /** Told why a metric has no value, or what it leaves out. */
  note?(note: MetricNote & { readonly group: TableRow }): void;
}

/** A metric of a table, or of one of its groups, whose values are columns of it too. */
export type GroupedMetricRow = MetricRow & TableRow;

/**
 * Metrics of the rows of a table: yardstick's `metric_set(…)(data, truth, estimate)`.
 *
 * ```ts
 * metricsOf(rows, { truth: "obs", estimate: "pred", metrics: ["accuracy", "kap"], by: "fold" })
 * ```
 *
 * @throws MetricError for a metric, column, class or option that there is not.
 */
export function metricsOf(rows: readonly TableRow[], request: MetricsRequest): GroupedMetricRow[] {
  const mode = modeOfMetrics(request.metrics) ?? modeOf(rows, request);
  const metrics = metricSet(request.metrics, mode).map((metric) => withOptions(metric, request));
  const levels = mode === "classification" ? levelsOf(rows, request) : [];
  return groupsOf(rows, request.by).flatMap(({ group, rows: own }) =>
    measure(metrics, outcomeRows(own, request, mode, levels), (note) =>
      request.note?.({ ...note, group }),
    ).map((row) => ({ ...group, ...row })),
  );
}

/** One metric of a table with its options: `f_meas(rows, { truth, estimate, beta: 2 })`. */
export type MetricFunction = (
  rows: readonly TableRow[],
  request: Omit<MetricsRequest, "metrics"> & MetricOptions,
) => GroupedMetricRow[];

/** @param name yardstick's. */
export function metricFunction(name: string): MetricFunction {
  const metric = METRICS.find((one) => one.name === name)!;
  const columns = new Set(["truth", "estimate", "probabilities", "levels", "case_weights", "by", "note"]);
  return (rows, request) => {
    const options = Object.fromEntries(
      Object.entries(request).filter(([key, value]) => !columns.has(key) && value !== undefined),
    );
    return metricsOf(rows, {
      ...request,
      metrics: { metrics: [name], tweaks: { [name]: { metric: metric.name, options } } },
    });
  };
}

/** Counts of classes that were taken for one another, or sums of case weights. */
export interface ConfusionTable {
  readonly levels: readonly string[];
  /** `counts[truth][estimate]`. yardstick prints it the other way round. */
  readonly counts: readonly (readonly number[])[];
  readonly total: number;
  /** The group's values; empty without groups. */
  readonly group: TableRow;
}

/**
 * yardstick's `conf_mat`, one for each group. Rows with something missing are left out.
 *
 * @throws MetricError as `metricsOf` does.
 */
export function confMat(rows: readonly TableRow[], request: Omit<TableRequest, "na_rm">): ConfusionTable[] {
  const levels = levelsOf(rows, request);
  return groupsOf(rows, request.by).map(({ group, rows: own }) => {
    const outcome = outcomeRows(own, request, "classification", levels) as NominalRows;
    const estimate = outcome.estimate ?? mostProbableOf(outcome);
    const known = [...own.keys()].filter((i) => !Number.isNaN(outcome.weights?.[i] ?? 1));
    const { counts, total } = confusionMatrix(
      known.map((i) => outcome.truth[i]!),
      known.map((i) => estimate[i]!),
      levels.length,
      outcome.weights === null ? null : known.map((i) => outcome.weights![i]!),
    );
    return { levels, counts, total, group };
  });
}

/** yardstick's order. */
const SUMMARY = [
  "accuracy",
  "kap",
  "sens",
  "spec",
  "ppv",
  "npv",
  "mcc",
  "j_index",
  "bal_accuracy",
  "detection_prevalence",
  "precision",
  "recall",
  "f_meas",
];

export interface SummaryOptions extends Pick<MetricOptions, "event_level" | "beta" | "prevalence"> {
  readonly estimator?: Exclude<Estimator, "multiclass" | "hand_till" | "standard">;
}

/** yardstick's `summary(conf_mat)`: thirteen metrics of a confusion matrix. */
export function summaryOf(
  { levels, counts }: Pick<ConfusionTable, "levels" | "counts">,
  options: SummaryOptions = {},
): MetricRow[] {
  // Each cell is a row that weighs as much as its count.
  const cells = counts.flatMap((row, truth) => row.map((count, estimate) => ({ truth, estimate, count })));
  return measure(
    metricSet(SUMMARY, "classification").map((metric) => withOptions(metric, options)),
    {
      kind: "nominal",
      levels,
      truth: cells.map(({ truth }) => truth),
      estimate: cells.map(({ estimate }) => estimate),
      probabilities: null,
      weights: cells.map(({ count }) => count),
    },
  );
}

/** A point of a curve: its group's values, `.level` where there are more than two classes, and the curve's own columns. */
export type CurveRow = TableRow;

/**
 * yardstick's `roc_curve`: `.threshold`, `specificity`, `sensitivity`, from the lowest threshold to the highest.
 *
 * @throws MetricError as `metricsOf` does; for rows without an event, or with nothing else; with `na_rm: false` for missing values.
 */
export function rocCurveOf(rows: readonly TableRow[], request: TableRequest): CurveRow[] {
  return curve(rows, request, "roc_curve", true, (scored) => {
    const { threshold, specificity, sensitivity } = rocCurve(scored);
    return threshold.map((each, i) => ({
      ".threshold": each,
      specificity: specificity[i]!,
      sensitivity: sensitivity[i]!,
    }));
  });
}

/** yardstick's `pr_curve`: `.threshold`, `recall`, `precision`, from the highest threshold to the lowest. @throws as `rocCurveOf`. */
export function prCurveOf(rows: readonly TableRow[], request: TableRequest): CurveRow[] {
  return curve(rows, request, "pr_curve", false, (scored) => {
    const { threshold, recall, precision } = prCurve(scored);
    return threshold.map((each, i) => ({
      ".threshold": each,
      recall: recall[i]!,
      precision: precision[i]!,
    }));
  });
}

/** yardstick's `gain_curve`: `.n`, `.n_events`, `.percent_tested`, `.percent_found`. @throws as `rocCurveOf`. */
export function gainCurveOf(rows: readonly TableRow[], request: TableRequest): CurveRow[] {
  return curve(rows, request, "gain_curve", false, (scored) => {
    const { tested, events, percentTested, percentFound } = gainCurve(scored);
    return tested.map((n, i) => ({
      ".n": n,
      ".n_events": events[i]!,
      ".percent_tested": percentTested[i]!,
      ".percent_found": percentFound[i]!,
    }));
  });
}

/**
 * yardstick's `lift_curve`: `.n`, `.n_events`, `.percent_tested`, `.lift`, which is how many times as many events are found as by chance. It is
 * NaN for the first point, where nothing is tested. @throws as `rocCurveOf`.
 */
export function liftCurveOf(rows: readonly TableRow[], request: TableRequest): CurveRow[] {
  return curve(rows, request, "lift_curve", false, (scored) => {
    const { tested, events, percentTested, percentFound } = gainCurve(scored);
    return tested.map((n, i) => ({
      ".n": n,
      ".n_events": events[i]!,
      ".percent_tested": percentTested[i]!,
      ".lift": percentFound[i]! / percentTested[i]!,
    }));
  });
}

function curve(
  rows: readonly TableRow[],
  request: TableRequest,
  name: string,
  needsBoth: boolean,
  points: (scored: ScoredEvents) => readonly TableRow[],
): CurveRow[] {
  const levels = levelsOf(rows, request);
  return groupsOf(rows, request.by).flatMap(({ group, rows: own }) => {
    const outcome = outcomeRows(own, request, "classification", levels) as NominalRows;
    const { probabilities } = outcome;
    if (probabilities === null)
      throw new MetricError(
        `${name} needs the estimated probability of each class: name their columns in "probabilities".`,
      );
    const known = [...own.keys()].filter((i) => isKnown(outcome, i));
    if (request.na_rm === false && known.length < own.length)
      throw new MetricError(
        `${own.length - known.length} of the rows have something missing, so that there is no ${name}: leave na_rm out, or them.`,
      );
    const wanted = levels.length > 2 ? [...levels.keys()] : [request.event_level === "second" ? 1 : 0];
    return wanted.flatMap((level) => {
      const scored: ScoredEvents = {
        events: Uint8Array.from(known, (i) => (outcome.truth[i] === level ? 1 : 0)),
        scores: Float64Array.from(known, (i) => probabilities[i * levels.length + level]!),
        weights: outcome.weights === null ? null : Float64Array.from(known, (i) => outcome.weights![i]!),
      };
      const events = scored.events.reduce((a, b) => a + b, 0);
      if (events === 0 || (needsBoth && events === known.length))
        throw new MetricError(
          `There is no ${name} of "${levels[level]}": ${events === 0 ? "no row is of it" : "every row is of it"}.`,
        );
      const of = levels.length > 2 ? { ".level": levels[level]! } : {};
      return points(scored).map((point) => ({ ...group, ...of, ...point }));
    });
  });
}

function isKnown({ truth, probabilities, weights, levels }: NominalRows, row: number): boolean {
  return (
    truth[row]! >= 0 &&
    !Number.isNaN(weights?.[row] ?? 1) &&
    levels.every((_, level) => !Number.isNaN(probabilities![row * levels.length + level]!))
  );
}

function mostProbableOf({ probabilities, levels }: NominalRows): ArrayLike<number> {
  if (probabilities === null)
    throw new MetricError(`conf_mat needs the estimated classes: name their column in "estimate".`);
  return mostProbable(probabilities, levels.length);
}

function withOptions(
  metric: ChosenMetric,
  { event_level, na_rm, estimator, beta, prevalence }: MetricOptions,
): ChosenMetric {
  const common = Object.entries({ event_level, estimator, beta, prevalence }).filter(
    ([option, value]) => value !== undefined && (metric.options as readonly string[]).includes(option),
  );
  const options: MetricOptions = {
    ...(na_rm === undefined ? {} : { na_rm }),
    ...Object.fromEntries(common),
    ...metric.given,
  };
  const tweaks = {
    [metric.name]: { metric: metric.of, options: options as Readonly<Record<string, unknown>> },
  };
  return metricSet({ metrics: [metric.name], tweaks }, metric.mode)[0]!;
}

function modeOfMetrics(names: MetricNames): Mode | undefined {
  if (names === undefined) return undefined;
  const { metrics, tweaks } = "metrics" in names ? names : { metrics: names, tweaks: undefined };
  const [first] = metrics;
  return METRICS.find(({ name }) => name === (tweaks?.[first ?? ""]?.metric ?? first))?.mode;
}

/** The rows by the values of these columns, in the order of the values. */
function groupsOf(
  rows: readonly TableRow[],
  by: string | readonly string[] | undefined,
): { readonly group: TableRow; readonly rows: readonly TableRow[] }[] {
  const columns = by === undefined ? [] : typeof by === "string" ? [by] : by;
  if (columns.length === 0) return [{ group: {}, rows }];
  const strange = columns.find((column) => rows.length > 0 && !rows.some((row) => column in row));
  if (strange !== undefined) throw new MetricError(`The rows have no column "${strange}" (by).`);
  const groups = new Map<string, { group: TableRow; rows: TableRow[] }>();
  for (const row of rows) {
    const values = columns.map((column) => row[column] ?? null);
    const key = JSON.stringify(values);
    const found = groups.get(key);
    if (found !== undefined) found.rows.push(row);
    else
      groups.set(key, {
        group: Object.fromEntries(columns.map((column, i) => [column, values[i]])),
        rows: [row],
      });
  }
  return [...groups.values()].sort((a, b) => {
    for (const column of columns) {
      const order = inOrder(a.group[column], b.group[column]);
      if (order !== 0) return order;
    }
    return 0;
  });
}
