import type { TuningMethod } from "../../kspec/tuning-description.ts";
import type { Search, SearchContext, SearchPlan } from "../contract.ts";
import { allTrials, planAllTrials } from "./all-trials.ts";
import { bayes, planBayes } from "./bayes.ts";
import { planRace } from "./race.ts";
import { raceAnova } from "./race-anova.ts";
import { raceWinLoss } from "./race-win-loss.ts";
import { planSimAnneal, simAnneal } from "./sim-anneal.ts";
import { planSuccessiveHalving, successiveHalving } from "./successive-halving.ts";

/** How a method looks for the best candidate. */
export interface SearchMethod {
  readonly search: Search;
  /**
   * What the search asks for if nothing is eliminated and nothing stops it early: trials that are done and trials that are spared add
   * up to it.
   *
   * @throws UserError for options that the search cannot work with.
   */
  plan(context: SearchContext): SearchPlan;
}

/** By tune's and finetune's names; `tune_successive_halving` is ours. */
export const SEARCHES: Readonly<Record<TuningMethod, SearchMethod>> = {
  fit_resamples: { search: allTrials, plan: planAllTrials },
  tune_grid: { search: allTrials, plan: planAllTrials },
  tune_race_anova: { search: raceAnova, plan: planRace },
  tune_race_win_loss: { search: raceWinLoss, plan: planRace },
  tune_bayes: { search: bayes, plan: planBayes },
  tune_sim_anneal: { search: simAnneal, plan: planSimAnneal },
  tune_successive_halving: { search: successiveHalving, plan: planSuccessiveHalving },
};
