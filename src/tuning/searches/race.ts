import { UserError } from "../../protocol/index.ts";
import type { Search, SearchContext, SearchPlan, SearchStep, Trial, TrialResult } from "../contract.ts";
import { drawsOf, shuffled } from "./draws.ts";
import { numberOption } from "./number-option.ts";
import { Standings } from "./standings.ts";
import { startingCandidates } from "./starting-candidates.ts";

/**
 * Which of the candidates are clearly worse than the best of them.
 *
 * @param scores One row a candidate, one column a fold; larger is better, null is missing. At least two rows; each has a value.
 * @param alpha Significance level of the one-sided comparison with the best.
 * @returns Their rows' indices. Never the best one's.
 */
export type RaceTest = (scores: readonly (readonly (number | null)[])[], alpha: number) => readonly number[];

/**
 * A race (Maron and Moore 1994; Kuhn 2014; finetune's `tune_race_…`): all candidates get the first `burn_in` folds; from then on each
 * fold is followed by a test, and candidates that it finds clearly worse than the best get no further folds.
 *
 * - Folds are gone through in an order drawn by the seed, within each repeat, unless `randomize` is false.
 * - Of the candidates that failed on more folds than others did, none goes on: a fold on which everything fails costs nobody the race.
 * - When two candidates have been left for `num_ties` folds, the better mean wins.
 * - The last candidate gets all folds that are left, so that its estimate is as good as any.
 */
export function raceBy(test: RaceTest): Search {
  return function* (context) {
    const burnIn = checkedBurnIn(context);
    const alpha = numberOption(context, "alpha", 0.05);
    const tieFolds = numberOption(context, "num_ties", 10);
    const folds = foldOrder(context);
    const standings = new Standings(context);
    const candidates = startingCandidates(context);
    const values = new Map(candidates.map((one) => [one.config, one.values]));
    let left = candidates.map(({ config }) => config);

    const trialsOn = (some: readonly string[]): Trial[] =>
      left.flatMap((config) => some.map((fold): Trial => ({ config, values: values.get(config)!, fold })));
    let eliminated: NonNullable<SearchStep["eliminated"]> = [];
    let tied = 0;
    for (let done = 0; done < folds.length && left.length > 0;) {
      const next = done === 0 ? burnIn : left.length === 1 ? folds.length : done + 1;
      const results: readonly TrialResult[] = yield {
        ...(done === 0 ? { candidates } : {}),
        eliminated,
        trials: trialsOn(folds.slice(done, next)),
      };
      standings.add(results);
      done = next;
      if (done === folds.length) return;
      const stay = survivors(left, folds.slice(0, done));
      const gone = left.filter((config) => !stay.has(config));
      left = left.filter((config) => stay.has(config));
      eliminated =
        gone.length === 0
          ? []
          : [{ configs: gone, after: done, by: "folds", spared: gone.length * (folds.length - done) }];
    }
    if (eliminated.length > 0) yield { eliminated };

    function survivors(running: readonly string[], seen: readonly string[]): ReadonlySet<string> {
      const fewest = running.reduce((least, config) => Math.min(least, standings.failures(config)), Infinity);
      const sound = running.filter((config) => standings.failures(config) === fewest);
      const measured = sound.filter((config) => standings.of(config) !== null);
      // Nobody has a value: there is nothing to judge by yet.
      if (measured.length === 0) return new Set(sound);
      if (measured.length < 2) return new Set(measured);
      const worse = new Set(
        test(
          measured.map((config) => seen.map((fold) => standings.onFold(config, fold))),
          alpha,
        ),
      );
      const stay = measured.filter((_, i) => !worse.has(i));
      tied = stay.length === 2 ? tied + 1 : 0;
      return new Set(tied > tieFolds ? standings.ranked(stay).slice(0, 1) : stay);
    }
  };
}

/** @throws UserError where there are no folds left to spare after the burn-in. */
export function planRace(context: SearchContext): SearchPlan {
  checkedBurnIn(context);
  const { candidates, folds } = context;
  return { candidates: candidates.length, trials: candidates.length * folds.length };
}

function checkedBurnIn(context: SearchContext): number {
  const burnIn = numberOption(context, "burn_in", 3);
  const folds = context.folds.length;
  // A single candidate has nobody to race against.
  if (folds > burnIn || context.candidates.length < 2) return Math.min(burnIn, folds);
  throw new UserError(
    "race-too-short",
    `A race first gives every candidate ${burnIn} folds (burn_in), and there ${folds === 1 ? "is" : "are"} ${folds} in all, so nothing could be spared. ` +
      "Use more folds, a smaller burn_in (2 at least), or tune_grid().",
  );
}

/** rsample's ids of repeated folds are `Repeat1/Fold1`: repeats stay one after the other. */
function foldOrder({ folds, options, seed }: SearchContext): string[] {
  const ids = folds.map(({ id }) => id);
  if (options.randomize === false) return ids;
  const repeats = new Map<string, string[]>();
  for (const id of ids) {
    const repeat = id.slice(0, Math.max(0, id.lastIndexOf("/")));
    repeats.set(repeat, [...(repeats.get(repeat) ?? []), id]);
  }
  const draws = drawsOf(seed, 0);
  return [...repeats.values()].flatMap((some) => shuffled(some.length, draws).map((i) => some[i]!));
}
