import type { ObjectiveDescription } from "../../kspec/tuning-description.ts";
import type { Candidate, ParameterValues } from "../../protocol/index.ts";
import type { Search, SearchContext, SearchPlan, Trial } from "../contract.ts";
import { makeGrid } from "../grids/index.ts";
import { acquisition } from "./acquisition.ts";
import { drawsOf } from "./draws.ts";
import { fitGaussianProcess } from "./gaussian-process.ts";
import { iterationNames } from "./iteration-names.ts";
import { numberOption } from "./number-option.ts";
import { Standings } from "./standings.ts";
import { startingCandidates } from "./starting-candidates.ts";
import { distance, unitSpace, valuesKey } from "./unit-space.ts";

/**
 * tune's `tune_bayes()`: the starting candidates, and then one after the other that of which a Gaussian process of all scores so far
 * says that it is most worth trying (Jones, Schonlau and Welch 1998). It is chosen from 5,000 candidates of a Latin hypercube, anew
 * each time; what has been tried is not tried again.
 *
 * It ends after `iter` (10) of them, or `no_improve` (10) without a better one. After `uncertain` of them without a better one (default
 * never) the next one is drawn from the tenth of which least is known.
 */
export const bayes: Search = function* (context) {
  const { parameters, folds, seed } = context;
  const iterations = numberOption(context, "iter", 10);
  const patience = numberOption(context, "no_improve", 10);
  const uncertain = numberOption(context, "uncertain", Infinity);
  const objective = (context.options["objective"] as ObjectiveDescription | undefined) ?? {
    kind: "objective",
    name: "exp_improve",
  };
  const standings = new Standings(context);
  const space = unitSpace(parameters);
  const trialsOf = ({ config, values }: Candidate): Trial[] =>
    folds.map((fold): Trial => ({ config, values, fold: fold.id }));

  const tried = startingCandidates(context);
  standings.add(yield { candidates: tried.slice(), trials: tried.flatMap(trialsOf) });
  // Nothing is tuned: there is no other candidate.
  if (context.parameters.length === 0) return;
  if (tried.every(({ config }) => standings.of(config) === null)) {
    yield {
      notes: [
        "None of the candidates that the search starts from has a value, so there is nothing to go by.",
      ],
    };
    return;
  }
  const names = iterationNames(tried, iterations);
  let best = bestScore();
  let sinceBetter = 0;
  let sinceSure = 0;
  for (let i = 0; i < iterations; i++) {
    const notes: string[] = [];
    const values = nextValues(i, notes);
    if (values === undefined) {
      yield { notes: ["Every candidate that there can be has been tried."] };
      return;
    }
    const candidate: Candidate = { config: names[i]!, values, iteration: i + 1 };
    tried.push(candidate);
    standings.add(yield { candidates: [candidate], trials: trialsOf(candidate), notes });
    const score = standings.of(candidate.config);
    if (score !== null && score > best) {
      best = score;
      sinceBetter = sinceSure = 0;
    } else {
      sinceBetter++;
      sinceSure++;
    }
    if (sinceBetter >= patience && i + 1 < iterations) {
      yield { notes: [`No better candidate in ${patience} iterations: the search ends.`] };
      return;
    }
  }

  function bestScore(): number {
    return tried.reduce((most, { config }) => Math.max(most, standings.of(config) ?? -Infinity), -Infinity);
  }

  function nextValues(iteration: number, notes: string[]): ParameterValues | undefined {
    const draws = drawsOf(seed, iteration + 1);
    const known = new Set(tried.map(({ values }) => valuesKey(parameters, values)));
    const pool = makeGrid(
      { kind: "grid", method: "latin_hypercube", options: { size: POOL } },
      parameters,
      draws.below(2 ** 31),
    )
      .filter((values) => !known.has(valuesKey(parameters, values)))
      .map((values) => ({ values, point: space.point(values) }));
    if (pool.length === 0) return undefined;

    const scored = tried.flatMap(({ config, values }) => {
      const score = standings.of(config);
      return score === null ? [] : [{ point: space.point(values), score }];
    });
    const mean = scored.reduce((sum, { score }) => sum + score, 0) / scored.length;
    const spread = Math.sqrt(scored.reduce((sum, { score }) => sum + (score - mean) ** 2, 0) / scored.length);
    const process =
      spread > 0
        ? fitGaussianProcess(
            scored.map(({ point }) => point),
            scored.map(({ score }) => (score - mean) / spread),
            space.groups,
            draws.uniform,
          )
        : null;
    if (process === null) {
      notes.push(
        "No Gaussian process could be fitted to what is known so far: a candidate far from all others is tried.",
      );
      const all = tried.map(({ values }) => space.point(values));
      return largest(pool, ({ point }) =>
        all.reduce((least, one) => Math.min(least, distance(point, one)), Infinity),
      ).values;
    }
    const predicted = pool.map(({ values, point }) => {
      const { mean: at, sd } = process.predict(point);
      return { values, mean: mean + spread * at, sd: spread * sd };
    });
    if (sinceSure >= uncertain) {
      // Counted anew from here on; the candidate itself may count already.
      sinceSure = -1;
      const least = predicted.sort((a, b) => b.sd - a.sd);
      return least[draws.below(Math.max(1, Math.floor(least.length / 10)))]!.values;
    }
    return largest(predicted, (one) => acquisition(objective, one, best)).values;
  }
};

export function planBayes(context: SearchContext): SearchPlan {
  const further = context.parameters.length === 0 ? 0 : numberOption(context, "iter", 10);
  const candidates = context.candidates.length + further;
  return { candidates, trials: candidates * context.folds.length };
}

const POOL = 5000;

/** The first of those for which a function is largest. */
export function largest<One>(all: readonly One[], value: (one: One) => number): One {
  let [best] = all;
  let most = -Infinity;
  for (const one of all) {
    const own = value(one);
    if (own > most) [best, most] = [one, own];
  }
  return best!;
}
