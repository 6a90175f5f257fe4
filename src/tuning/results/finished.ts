import type { CandidateState, TuningState } from "../../protocol/index.ts";

/**
 * The candidates that may be compared with each other. Races and halvings give some of them fewer folds or epochs than others, so that
 * those which they gave up are left out, as finetune does; of other tunings these are all.
 */
export function finishedCandidates({ candidates }: TuningState): readonly CandidateState[] {
  return candidates.filter(({ eliminated }) => eliminated === null);
}

/** Whether candidates come one after the other: tune then has a column `.iter`. */
export function isIterative({ started: { method } }: TuningState): boolean {
  return method === "tune_bayes" || method === "tune_sim_anneal";
}
