import type { TuningMethod } from "../../kspec/tuning-description.ts";
import type { Search, SearchContext, SearchPlan } from "../contract.ts";
import { allTrials, planAllTrials } from "./all-trials.ts";

/** How a method looks for the best candidate. */
export interface SearchMethod {
  readonly search: Search;
  /** What the search asks for if nothing is eliminated and nothing stops it early. */
  plan(context: SearchContext): SearchPlan;
}

/** By tune's and finetune's names; `tune_successive_halving` is ours. */
export const SEARCHES: Partial<Record<TuningMethod, SearchMethod>> = {
  fit_resamples: { search: allTrials, plan: planAllTrials },
  tune_grid: { search: allTrials, plan: planAllTrials },
};
