import type { CandidateState, ParameterValue, TuningState } from "../../protocol/index.ts";
import { finishedCandidates, isIterative } from "./finished.ts";
import { foldColumns } from "./fold-columns.ts";

/** A candidate's mean of a metric over the folds: a row of tune's `collect_metrics()`, with a column for each parameter. */
export interface SummaryRow {
  readonly [parameter: string]: ParameterValue | undefined;
  readonly ".metric": string;
  readonly ".estimator": string;
  /** Which outcome it is of, where there are several. */
  readonly outcome?: string;
  /** null where the metric is not defined on any fold. */
  readonly mean: number | null;
  /** Number of folds on which the metric is defined. */
  readonly n: number;
  /** Of the mean; null with fewer than two folds. */
  readonly std_err: number | null;
  readonly ".config": string;
  /** Of searches that go from one candidate to the next: 0 for those that they began with. */
  readonly ".iter"?: number;
}

/** A candidate's metric on one fold: a row of tune's `collect_metrics(summarize = FALSE)`. */
export interface FoldRow {
  readonly [parameter: string]: ParameterValue | undefined;
  /** The fold, or with repeats the repeat; `id2` is then the fold. */
  readonly id: string;
  readonly id2?: string;
  readonly ".metric": string;
  readonly ".estimator": string;
  readonly outcome?: string;
  /** null where the metric is not defined on the fold. */
  readonly ".estimate": number | null;
  readonly ".config": string;
  readonly ".iter"?: number;
}

export interface CollectOptions {
  /** Means over folds (default), or a row for each fold. */
  readonly summarize?: boolean;
  /** Also candidates that a race or a halving has given up, which have seen less than the others. Default false. */
  readonly all_configs?: boolean;
}

/** tune's `collect_metrics()`: candidates in the order in which they were added, metrics in theirs. */
export function collectMetrics(
  state: TuningState,
  options?: CollectOptions & { readonly summarize?: true },
): SummaryRow[];
export function collectMetrics(
  state: TuningState,
  options: CollectOptions & { readonly summarize: false },
): FoldRow[];
export function collectMetrics(state: TuningState, options?: CollectOptions): SummaryRow[] | FoldRow[];
export function collectMetrics(
  state: TuningState,
  { summarize = true, all_configs = false }: CollectOptions = {},
): SummaryRow[] | FoldRow[] {
  const candidates = all_configs ? state.candidates : finishedCandidates(state);
  if (summarize) return candidates.flatMap((one) => summaryRows(state, one));
  return candidates.flatMap((one) =>
    one.trials.flatMap(({ fold, metrics }) =>
      metrics.map((row): FoldRow => ({
        ...foldColumns(fold),
        ...one.values,
        ...row,
        ...whichOne(state, one),
      })),
    ),
  );
}

/** A row for each metric, and for each outcome where there are several. */
export function summaryRows(state: TuningState, one: CandidateState): SummaryRow[] {
  return Object.entries(one.summary).map(([key, { mean, n, std_err, estimator }]): SummaryRow => {
    // No metric of yardstick's has a slash in its name; an outcome may.
    const slash = key.indexOf("/");
    return {
      ...one.values,
      ".metric": slash < 0 ? key : key.slice(0, slash),
      ".estimator": estimator,
      ...(slash < 0 ? {} : { outcome: key.slice(slash + 1) }),
      mean,
      n,
      std_err,
      ...whichOne(state, one),
    };
  });
}

function whichOne(state: TuningState, { config, iteration }: CandidateState) {
  return { ".config": config, ...(isIterative(state) ? { ".iter": iteration ?? 0 } : {}) };
}
