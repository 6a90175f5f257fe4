import type { SelectionDescription } from "../../kspec/tuning-description.ts";
import {
  ranked,
  UserError,
  valueOf,
  type CandidateState,
  type TunedMetric,
  type TuningState,
} from "../../protocol/index.ts";

/**
 * The candidate that a spec's `select_best(results, "accuracy")` and its kind mean, once the tuning is done.
 *
 * @throws UserError where the metric was not computed, or no candidate has a value of it.
 */
export function selectCandidate(
  state: TuningState,
  selection: Pick<SelectionDescription, "by" | "metric" | "limit" | "order">,
): CandidateState {
  return selectBest(state, selection.metric);
}

/** tune's `select_best()`: the numerically best mean over the folds. */
export function selectBest(state: TuningState, name?: string): CandidateState {
  const metric = metricOf(state, name);
  const best = ranked(state, metric)[0];
  if (best === undefined || valueOf(best, metric.name)?.mean == null)
    throw new UserError(
      "nothing-to-select",
      `No candidate has a value of ${metric.name}, so none can be chosen. The notes of the trials say what went wrong.`,
    );
  return best;
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
