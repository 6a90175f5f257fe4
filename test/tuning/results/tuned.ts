import {
  reduceTuning,
  type ParameterValues,
  type TrialMetric,
  type TrialNote,
  type TunedMetric,
  type TuningState,
} from "../../../src/protocol/index.ts";
import { dropout, units } from "../searches/walk-search.ts";

/** A candidate and what it was measured at, fold by fold: null is not defined there, "failed" a failed trial. */
export interface Tried {
  readonly values: ParameterValues;
  readonly estimates: readonly (number | null | "failed")[];
  readonly eliminated?: boolean;
  readonly notes?: readonly TrialNote[];
}

/** The state of a finished tuning of `units` and `dropout`. */
export function tuned(
  tried: readonly Tried[],
  {
    metric = { name: "accuracy", direction: "maximize" },
    method = "tune_grid",
    folds = Array.from({ length: tried[0]?.estimates.length ?? 0 }, (_, i) => `Fold${i + 1}`),
  }: { readonly metric?: TunedMetric; readonly method?: string; readonly folds?: readonly string[] } = {},
): TuningState {
  const stamp = { run: "run", time: "2026-11-24T12:00:00.000Z" };
  let state = reduceTuning(null, {
    ...stamp,
    type: "tuning_started",
    method,
    parameters: [units, dropout],
    metrics: [metric, { name: "seconds_wasted", direction: "minimize" }],
    resampling: "cross-validation",
    folds: folds.map((id) => ({ id, analysis: 80, assessment: 20 })),
    candidates: tried.length,
    trials: tried.length * folds.length,
    workers: 1,
  });
  const config = (i: number) => `pre0_mod${i + 1}_post0`;
  state = reduceTuning(state, {
    ...stamp,
    type: "candidates_added",
    candidates: tried.map(({ values }, i) => ({ config: config(i), values, iteration: 0 })),
  });
  for (const [i, { estimates, eliminated = false, notes = [] }] of tried.entries()) {
    for (const [fold, estimate] of estimates.entries()) {
      const failed = estimate === "failed";
      const metrics: TrialMetric[] = failed
        ? []
        : [{ ".metric": metric.name, ".estimator": "multiclass", ".estimate": estimate }];
      state = reduceTuning(state, {
        ...stamp,
        type: "trial_ended",
        config: config(i),
        fold: folds[fold]!,
        status: failed ? "failed" : "done",
        metrics,
        notes: [...notes, ...(failed ? [{ type: "error" as const, message: "The loss is no number." }] : [])],
        seconds: 1,
        history: [],
      });
    }
    if (eliminated)
      state = reduceTuning(state, {
        ...stamp,
        type: "candidates_eliminated",
        configs: [config(i)],
        after: estimates.length,
        by: "folds",
        spared: folds.length - estimates.length,
      });
  }
  return state!;
}
