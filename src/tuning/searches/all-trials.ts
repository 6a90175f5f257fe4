import type { Search, SearchContext, SearchPlan, Trial } from "../contract.ts";
import { startingCandidates } from "./starting-candidates.ts";

/**
 * `fit_resamples` and `tune_grid`: every candidate on every fold, asked for at once, so that any number of workers is kept busy.
 *
 * Candidates come one after the other, each with all its folds: a tuning that is stopped has whole candidates rather than a fold of
 * each, and workers that take one trial after the other are on different folds.
 */
export const allTrials: Search = function* (context) {
  const candidates = startingCandidates(context);
  yield {
    candidates,
    trials: candidates.flatMap(({ config, values }) =>
      context.folds.map((fold): Trial => ({ config, values, fold: fold.id })),
    ),
  };
};

export function planAllTrials({ candidates, folds }: SearchContext): SearchPlan {
  return { candidates: candidates.length, trials: candidates.length * folds.length };
}
