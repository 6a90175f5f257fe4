import type { Candidate, ParameterValue, ParameterValues, TunedParameter } from "../../protocol/index.ts";
import type { Search, SearchContext, SearchPlan, Trial } from "../contract.ts";
import { fromUnit, toUnit } from "../parameters/index.ts";
import { drawsOf, type Draws } from "./draws.ts";
import { iterationNames } from "./iteration-names.ts";
import { numberOption } from "./number-option.ts";
import { Standings } from "./standings.ts";
import { startingCandidates } from "./starting-candidates.ts";
import { distance, unitSpace, valuesKey } from "./unit-space.ts";

/**
 * finetune's `tune_sim_anneal()` (Kirkpatrick, Gelatt and Vecchi 1983; Bohachevsky, Johnson and Stein 1986): from the best of the
 * starting candidates to one near it, `iter` (10) times. A better one is always gone on from; one that is d percent worse in iteration
 * i with chance exp(−d · i · `cooling_coef` (0.02)). After `restart` (8) iterations without a new best it goes on from the best one; after
 * `no_improve` (default never) without any improvement it ends.
 */
export const simAnneal: Search = function* (context) {
  const { folds, seed } = context;
  const iterations = numberOption(context, "iter", 10);
  const patience = numberOption(context, "no_improve", Infinity);
  const restart = numberOption(context, "restart", 8);
  const cooling = numberOption(context, "cooling_coef", 0.02);
  const standings = new Standings(context);
  const trialsOf = ({ config, values }: Candidate): Trial[] =>
    folds.map((fold): Trial => ({ config, values, fold: fold.id }));

  const tried = startingCandidates(context);
  standings.add(yield { candidates: tried.slice(), trials: tried.flatMap(trialsOf) });
  // Nothing is tuned: there is no other candidate.
  if (context.parameters.length === 0) return;
  const first = tried.find(({ config }) => config === standings.ranked(tried.map((one) => one.config))[0])!;
  let best = { values: first.values, score: standings.of(first.config) };
  if (best.score === null) {
    yield {
      notes: [
        "None of the candidates that the search starts from has a value, so there is nothing to go by.",
      ],
    };
    return;
  }
  let current = best;
  let sinceBetter = 0;
  let sinceBest = 0;
  const names = iterationNames(tried, iterations);
  for (let i = 0; i < iterations; i++) {
    const draws = drawsOf(seed, i + 1);
    const values = neighbour(context, current.values, tried, draws);
    if (values === undefined) {
      yield { notes: ["Every candidate near the one that the search has come to has been tried: it ends."] };
      return;
    }
    const candidate: Candidate = { config: names[i]!, values, iteration: i + 1 };
    tried.push(candidate);
    standings.add(yield { candidates: [candidate], trials: trialsOf(candidate) });
    const score = standings.of(candidate.config);
    const found = { values, score };
    sinceBest++;
    sinceBetter++;
    if (score !== null && score > best.score!) {
      best = current = found;
      sinceBest = sinceBetter = 0;
    } else if (score !== null && score > current.score!) {
      current = found;
      sinceBetter = 0;
    } else if (draws.uniform() <= acceptance(current.score!, score, i + 1, cooling)) current = found;
    if (sinceBest >= restart) {
      current = best;
      sinceBest = 0;
    }
    if (sinceBetter >= patience && i + 1 < iterations) {
      yield { notes: [`No better candidate in ${patience} iterations: the search ends.`] };
      return;
    }
  }
};

export function planSimAnneal(context: SearchContext): SearchPlan {
  const further = context.parameters.length === 0 ? 0 : numberOption(context, "iter", 10);
  const candidates = context.candidates.length + further;
  return { candidates, trials: candidates * context.folds.length };
}

/**
 * How likely a candidate is gone on from that is no better than the one before it.
 *
 * @param iteration from 1.
 * @returns 0 for one without a value.
 */
export function acceptance(
  current: number,
  score: number | null,
  iteration: number,
  cooling: number,
): number {
  if (score === null) return 0;
  if (score >= current) return 1;
  const percent = (100 * (current - score)) / Math.abs(current);
  return Math.exp(-percent * iteration * cooling);
}

/**
 * Values near others: real parameters together go a step in any direction, as long as a number between the two of `radius`
 * ([0.05, 0.15]) of their ranges; a whole number changes with chance `flip` (0.75) by up to a tenth of its range, and at least to the
 * next one; a parameter without order takes another value with that chance. Of 100 such candidates that have not been tried one is
 * drawn, more likely the further it is from what has been tried.
 *
 * @returns undefined where all of them have been tried.
 */
function neighbour(
  context: SearchContext,
  current: ParameterValues,
  tried: readonly Candidate[],
  draws: Draws,
): ParameterValues | undefined {
  const { parameters, options } = context;
  const radius = (options["radius"] as readonly [number, number] | undefined) ?? [0.05, 0.15];
  const flip = numberOption(context, "flip", 0.75);
  const space = unitSpace(parameters);
  const known = new Set(tried.map(({ values }) => valuesKey(parameters, values)));
  const points = tried.map(({ values }) => space.point(values));
  const near = new Map<string, ParameterValues>();
  for (let i = 0; i < MOST_TRIES && near.size < PROPOSALS; i++) {
    const values = { ...current, ...stepped(parameters, current, radius, flip, draws) };
    const key = valuesKey(parameters, values);
    if (!known.has(key)) near.set(key, values);
  }
  if (near.size === 0) return undefined;
  const proposals = [...near.values()];
  const weights = proposals.map((values) => {
    const point = space.point(values);
    return points.reduce((least, one) => Math.min(least, distance(point, one)), Infinity) ** 2;
  });
  return proposals[draws.weighted(weights)]!;
}

function stepped(
  parameters: readonly TunedParameter[],
  current: ParameterValues,
  [least, most]: readonly [number, number],
  flip: number,
  draws: Draws,
): Record<string, ParameterValue> {
  const real = parameters.filter((one) => one.scale === "double" && one.values === undefined);
  const others = parameters.filter((one) => !real.includes(one));
  const values: Record<string, ParameterValue> = {};
  const length = least + draws.uniform() * (most - least);
  const direction = real.map(() => draws.normal());
  const norm = Math.hypot(...direction);
  for (const [i, parameter] of real.entries()) {
    const at = toUnit(parameter, current[parameter.id]!);
    values[parameter.id] = fromUnit(parameter, reflected(at + (length * direction[i]!) / norm));
  }
  const forced = real.length === 0 ? draws.below(others.length) : -1;
  for (const [i, parameter] of others.entries())
    if (draws.uniform() <= flip || i === forced)
      values[parameter.id] = otherValue(parameter, current[parameter.id]!, draws);
  return values;
}

function otherValue(parameter: TunedParameter, current: ParameterValue, draws: Draws): ParameterValue {
  const { scale, values = [] } = parameter;
  const at = toUnit(parameter, current);
  if (scale === "nominal") {
    if (values.length < 2) return current;
    const own = Math.floor(at * values.length);
    return values[(own + 1 + draws.below(values.length - 1)) % values.length]!;
  }
  const way = draws.uniform() < 0.5 ? -1 : 1;
  const value = fromUnit(parameter, reflected(at + way * NEAR * draws.uniform()));
  if (!Object.is(value, current)) return value;
  // The step was too short for a whole number to change: the next one that way, or the other way at an end.
  for (const to of [way, -way])
    for (let step = FINEST; step <= 1; step += FINEST) {
      const place = at + to * step;
      if (place < 0 || place > 1) break;
      const next = fromUnit(parameter, place);
      if (!Object.is(next, current)) return next;
    }
  return current;
}

/** A step over an end comes back from it. */
function reflected(place: number): number {
  return place < 0 ? -place : place > 1 ? 2 - place : place;
}

const PROPOSALS = 100;
const MOST_TRIES = 2000;
/** Whole numbers move by up to so much of their range. */
const NEAR = 0.1;
const FINEST = 1 / 512;
