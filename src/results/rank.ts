import { rankResults, type RankRow } from "../tuning/results/index.ts";
import { tuningOf, type RunResults } from "./read-run.ts";

export interface RankOptions {
  /** Default: the first metric of the first run. */
  readonly rank_metric?: string;
  /** Only the best candidate of each workflow. Default false. */
  readonly select_best?: boolean;
}

/**
 * Candidates of the tunings of a workflow set together, best first (workflowsets' `rank_results`).
 *
 * @param runs The tunings, one for each workflow.
 * @throws UserError where one of them is a fit or has not computed the metric.
 */
export function rank_results(runs: readonly RunResults[], options: RankOptions = {}): RankRow[] {
  return rankResults(
    runs.map((run) => ({ wflow_id: run.wflow_id, model: run.model, state: tuningOf(run, "rank_results") })),
    options,
  );
}
