import type { SelectionDescription } from "../../kspec/tuning-description.ts";
import {
  ranked,
  UserError,
  valueOf,
  type CandidateState,
  type MetricSummary,
  type TunedMetric,
  type TuningState,
} from "../../protocol/index.ts";
import { summaryRows, type SummaryRow } from "./collect-metrics.ts";

/** What "simple" is: smaller values of these columns come first, or larger ones. The first one counts most. */
export type SelectionOrder = NonNullable<SelectionDescription["order"]>;

/**
 * The candidate that a spec's `select_best(results, "accuracy")` and its kin mean, once the tuning is done.
 *
 * @throws UserError where the metric was not computed, no candidate has a value of it, or a column to order by is not there.
 */
export function selectCandidate(
  state: TuningState,
  { by, metric, limit, order = [] }: Pick<SelectionDescription, "by" | "metric" | "limit" | "order">,
): CandidateState {
  switch (by) {
    case "best":
      return selectBest(state, metric);
    case "one_std_err":
      return selectByOneStdErr(state, order, metric);
    case "pct_loss":
      return selectByPctLoss(state, order, {
        ...(metric === undefined ? {} : { metric }),
        ...(limit === undefined ? {} : { limit }),
      });
  }
}

/** tune's `select_best()`: the numerically best mean over the folds. @throws UserError as {@link selectCandidate}. */
export function selectBest(state: TuningState, metric?: string): CandidateState {
  return comparable(state, metricOf(state, metric))[0]!.one;
}

/**
 * tune's `select_by_one_std_err()` (Breiman et al. 1984): of the candidates that are no further from the best one than its standard
 * error, the simplest.
 *
 * @throws UserError as {@link selectCandidate}, and with a single fold, where there is no standard error.
 */
export function selectByOneStdErr(state: TuningState, order: SelectionOrder, name?: string): CandidateState {
  const metric = metricOf(state, name);
  const all = comparable(state, metric);
  const best = all[0]!.value;
  const error = best.std_err;
  if (error === null)
    throw new UserError(
      "no-std-err",
      `The best candidate's ${metric.name} is of ${best.n === 1 ? "one fold" : `${best.n} folds`}, so it has no standard error. Tune on more folds, or take select_best().`,
    );
  const within = all.filter(({ value: { mean } }) => {
    if (metric.direction === "maximize") return mean >= best.mean - error;
    if (metric.direction === "minimize") return mean <= best.mean + error;
    return Math.abs(mean) <= Math.abs(best.mean) + error;
  });
  return simplest(state, within, order)[0]!.one;
}

/**
 * tune's `select_by_pct_loss()`: of the candidates that are no less simple than the best one, the simplest whose loss is below a limit.
 * The loss is the difference to the best mean, in percent of it.
 *
 * @throws UserError as {@link selectCandidate}.
 */
export function selectByPctLoss(
  state: TuningState,
  order: SelectionOrder,
  { metric: name, limit = 2 }: { readonly metric?: string; readonly limit?: number } = {},
): CandidateState {
  const all = comparable(state, metricOf(state, name));
  const best = all[0]!.value.mean;
  const loss = ({ value: { mean } }: Comparable) =>
    Math.abs(mean) === Math.abs(best) ? 0 : Math.abs((Math.abs(mean) - Math.abs(best)) / best) * 100;
  const ordered = simplest(state, all, order);
  const first = ordered.findIndex((one) => loss(one) === 0);
  return ordered.slice(0, first + 1).find((one) => loss(one) < limit)?.one ?? ordered[first]!.one;
}

/** tune's `show_best()`: the best candidates' rows of a metric, best first. */
export function showBest(
  state: TuningState,
  { metric: name, n = 5 }: { readonly metric?: string; readonly n?: number } = {},
): SummaryRow[] {
  const metric = metricOf(state, name);
  return comparable(state, metric)
    .slice(0, n)
    .map(({ one }) => summaryRows(state, one).find((row) => row[".metric"] === metric.name)!);
}

/** @throws UserError where the metric was not computed. */
export function metricOf({ started: { metrics } }: TuningState, name?: string): TunedMetric {
  const metric = name === undefined ? metrics[0] : metrics.find((one) => one.name === name);
  if (metric === undefined)
    throw new UserError(
      "metric-not-computed",
      name === undefined
        ? "This tuning has no metric."
        : `The metric "${name}" was not computed in this tuning. There are: ${metrics.map((one) => one.name).join(", ")}.`,
    );
  return metric;
}

interface Comparable {
  readonly one: CandidateState;
  readonly value: MetricSummary & { readonly mean: number };
}

/**
 * Candidates with a value of the metric, from best to worst. What was given up, or has fewer folds than others, is left out: means of
 * different folds are no comparison.
 */
function comparable(state: TuningState, metric: TunedMetric): readonly Comparable[] {
  const all = ranked(state, metric).flatMap((one): Comparable[] => {
    const value = valueOf(one, metric.name);
    return value?.mean == null ? [] : [{ one, value: { ...value, mean: value.mean } }];
  });
  const best = all[0];
  if (best === undefined)
    throw new UserError(
      "nothing-to-select",
      `No candidate has a value of ${metric.name}, so none can be chosen. The notes of the trials say what went wrong.`,
    );
  const most = all.reduce((folds, { value }) => Math.max(folds, value.n), 0);
  const same = all.filter(({ one, value }) => one.eliminated === null && value.n === most);
  return same.length > 0 ? same : [best];
}

/** In the order given; those that are equal in it stay from best to worst. */
function simplest(
  state: TuningState,
  all: readonly Comparable[],
  order: SelectionOrder,
): readonly Comparable[] {
  if (order.length === 0)
    throw new UserError(
      "no-order",
      "What a simple candidate is must be said: name at least one parameter to order candidates by.",
    );
  const ids = state.started.parameters.map(({ id }) => id);
  const stranger = order.find(({ parameter }) => !ids.includes(parameter) && !ESTIMATES.includes(parameter));
  if (stranger !== undefined)
    throw new UserError(
      "no-such-parameter",
      `Candidates cannot be ordered by "${stranger.parameter}". ${ids.length === 0 ? "Nothing is tuned here." : `There are: ${ids.join(", ")}.`}`,
    );
  return all
    .map((one, i) => ({ one, i }))
    .sort((a, b) => {
      for (const { parameter, descending } of order) {
        const [left, right] = [cell(a.one, parameter), cell(b.one, parameter)];
        const difference = compared(left, right);
        // What is missing comes last whichever way.
        if (difference !== 0)
          return descending && left !== undefined && right !== undefined ? -difference : difference;
      }
      return a.i - b.i;
    })
    .map(({ one }) => one);
}

/** tune orders by any column of `collect_metrics()`. */
const ESTIMATES = ["mean", "n", "std_err"];

function cell({ one, value }: Comparable, column: string): number | string | undefined {
  const given: unknown = Object.hasOwn(one.values, column)
    ? one.values[column]
    : (value as unknown as Readonly<Record<string, unknown>>)[column];
  if (given === null || given === undefined) return undefined;
  if (typeof given === "boolean") return Number(given);
  return typeof given === "number" || typeof given === "string" ? given : JSON.stringify(given);
}

function compared(a: number | string | undefined, b: number | string | undefined): number {
  if (a === b) return 0;
  if (a === undefined) return 1;
  if (b === undefined) return -1;
  if (typeof a === "number" && typeof b === "number") return a - b;
  return String(a) < String(b) ? -1 : 1;
}
