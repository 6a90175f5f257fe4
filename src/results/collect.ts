import type { ParameterValue } from "../protocol/index.ts";
import { collectMetrics, collectNotes, showBest, showNotes, type NoteRow } from "../tuning/results/index.ts";
import { tuningOf, type RunResults } from "./read-run.ts";

/**
 * A row of `collect_metrics()` and `show_best()`: a column for each parameter, `.metric`, `.estimator`, `.config`, and either `mean`, `n`
 * and `std_err`, or, without summary, `id` (and `id2` with repeats) and `.estimate`. `outcome` where there are several, and `.iter` where
 * candidates came one after the other. Of a fit: `.metric`, `.estimator`, `.estimate`, `set`.
 */
export interface ResultRow {
  readonly [column: string]: ParameterValue | undefined;
  readonly ".metric": string;
  readonly ".estimator": string;
  readonly ".config"?: string;
  readonly mean?: number | null;
  readonly n?: number;
  readonly std_err?: number | null;
  readonly id?: string;
  readonly id2?: string;
  readonly ".estimate"?: number | null;
  readonly ".iter"?: number;
  readonly outcome?: string;
}

export interface CollectMetricsOptions {
  /** Means over folds (default), or a row for each fold. */
  readonly summarize?: boolean;
  /** Also candidates that a race or a halving has given up. Default false. */
  readonly all_configs?: boolean;
}

/** What the candidates of a tuning, or the model of a fit, were measured at (tune's `collect_metrics`). */
export function collect_metrics(run: RunResults, options: CollectMetricsOptions = {}): ResultRow[] {
  return run.tuning === null ? run.metrics.map((row) => ({ ...row })) : collectMetrics(run.tuning, options);
}

/** Errors, warnings and notes of all trials of a tuning (tune's `collect_notes`). @throws UserError for a fit. */
export function collect_notes(run: RunResults): NoteRow[] {
  return collectNotes(tuningOf(run, "collect_notes"));
}

/** Each different note of a tuning once, as text (tune's `show_notes`). @throws UserError for a fit. */
export function show_notes(run: RunResults): string {
  return showNotes(tuningOf(run, "show_notes"));
}

/**
 * The best candidates of a tuning, best first (tune's `show_best`).
 *
 * @param options.metric Default: the tuning's first one.
 * @param options.n How many. Default 5.
 * @throws UserError for a fit, a metric that was not computed, or where no candidate has a value of it.
 */
export function show_best(
  run: RunResults,
  options: { readonly metric?: string; readonly n?: number } = {},
): ResultRow[] {
  return showBest(tuningOf(run, "show_best"), options);
}
