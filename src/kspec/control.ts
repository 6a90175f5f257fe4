import { readOptions, type KnownOptions } from "./known-options.ts";
import { named } from "./layer.ts";
import { SpecError } from "./spec-error.ts";
import type { ControlDescription } from "./tuning-description.ts";

/** How a tuning is run, not what it looks for: what the `control_…` functions give. */
export interface Control extends ControlDescription {
  readonly kind: "control";
}

/** What every tuning can be told. */
export interface ControlOptions {
  /** Keeps the predictions of every trial, for `collect_predictions`. Default false. */
  save_pred?: boolean;
  /** Tells every trial on the command line. Default false. */
  verbose?: boolean;
  /** What else is kept of every trial's fit: "history", the log of all its epochs. Default nothing. */
  extract?: "history";
  /** "resamples": all candidates of a fold on one worker; "everything": trials one by one. Default "everything". */
  parallel_over?: "resamples" | "everything";
  /** Processes that fit trials. What comes out does not depend on it. Default: as many as there are cores and memory allow. */
  workers?: number;
  /** Seconds after which no further trial begins. Default: no limit. */
  time_budget?: number;
  /** Of grids, folds, initial weights and order of rows. Default 1. */
  seed?: number;
}
export interface RaceControlOptions extends ControlOptions {
  /** Folds that all candidates get before the first elimination, at least 2. Default 3. */
  burn_in?: number;
  /** Of two candidates, the number of folds after which the better one so far wins. Default 10. */
  num_ties?: number;
  /** Significance level of an elimination, 0 to 1. Default 0.05. */
  alpha?: number;
  /** Goes through the folds in an order drawn by the seed. Default true. */
  randomize?: boolean;
}
export interface BayesControlOptions extends ControlOptions {
  /** Iterations without a better candidate after which the search ends. Default 10. */
  no_improve?: number;
  /** Iterations without a better candidate after which the most uncertain one is tried. Default: never. */
  uncertain?: number;
}
export interface SimAnnealControlOptions extends ControlOptions {
  /** Iterations without a better candidate after which the search ends. Default: never. */
  no_improve?: number;
  /** Iterations without a better candidate after which it goes on from the best one. Default 8. */
  restart?: number;
  /** Least and largest step, as shares of the parameters' ranges. Default [0.05, 0.15]. */
  radius?: readonly [least: number, largest: number];
  /** Chance that a parameter without order takes another value. Default 0.75. */
  flip?: number;
  /** How fast worse candidates become unacceptable. Default 0.02. */
  cooling_coef?: number;
}

const basic: KnownOptions<ControlOptions> = {
  save_pred: "optional",
  verbose: "optional",
  extract: "optional",
  parallel_over: "optional",
  workers: "optional",
  time_budget: "optional",
  seed: "optional",
};
const race: KnownOptions<RaceControlOptions> = {
  ...basic,
  burn_in: "optional",
  num_ties: "optional",
  alpha: "optional",
  randomize: "optional",
};
const bayes: KnownOptions<BayesControlOptions> = {
  ...basic,
  no_improve: "optional",
  uncertain: "optional",
};
const simAnneal: KnownOptions<SimAnnealControlOptions> = {
  ...basic,
  no_improve: "optional",
  restart: "optional",
  radius: "optional",
  flip: "optional",
  cooling_coef: "optional",
};

/**
 * How a grid is run (tune's `control_grid`).
 *
 * ```ts
 * control_grid({ save_pred: true, workers: 2, time_budget: 600 })
 * ```
 */
export function control_grid(options?: ControlOptions): Control {
  return control("control_grid", basic, options);
}

/** How resamples are fitted (tune's `control_resamples`). */
export function control_resamples(options?: ControlOptions): Control {
  return control("control_resamples", basic, options);
}

/**
 * How a race is run (finetune's `control_race`).
 *
 * ```ts
 * control_race({ burn_in: 3, alpha: 0.05 })
 * ```
 */
export function control_race(options?: RaceControlOptions): Control {
  return control("control_race", race, options);
}

/** How a Bayesian search is run (tune's `control_bayes`). */
export function control_bayes(options?: BayesControlOptions): Control {
  return control("control_bayes", bayes, options);
}

/** How simulated annealing is run (finetune's `control_sim_anneal`). */
export function control_sim_anneal(options?: SimAnnealControlOptions): Control {
  return control("control_sim_anneal", simAnneal, options);
}

function control(where: string, known: KnownOptions<ControlOptions>, options: unknown): Control {
  const given = readOptions(where, known, options);
  for (const [name, value] of Object.entries(given)) {
    const { fits, words } = wanted[name as keyof typeof wanted];
    if (!fits(value))
      throw new SpecError("bad-option", `${where}(): ${name} must be ${words}, and it is ${named(value)}.`);
  }
  return Object.freeze({ kind: "control", ...given } as Control);
}

type Test = (value: unknown) => boolean;
const number: Test = (value) => typeof value === "number" && Number.isFinite(value);
const within =
  (least: number, most: number): Test =>
  (value) =>
    number(value) && (value as number) >= least && (value as number) <= most;
const whole =
  (least: number): Test =>
  (value) =>
    Number.isSafeInteger(value) && (value as number) >= least;
const above: Test = (value) => number(value) && (value as number) > 0;
const either: Test = (value) => typeof value === "boolean";
const oneOf =
  (...names: readonly string[]): Test =>
  (value) =>
    names.includes(value as string);

const wanted = {
  save_pred: { fits: either, words: "true or false" },
  verbose: { fits: either, words: "true or false" },
  extract: { fits: oneOf("history"), words: '"history"' },
  parallel_over: { fits: oneOf("resamples", "everything"), words: '"resamples" or "everything"' },
  workers: { fits: whole(1), words: "a whole number from 1 on" },
  time_budget: { fits: above, words: "a number of seconds above 0" },
  seed: { fits: whole(0), words: "a whole number from 0 on" },
  burn_in: { fits: whole(2), words: "a whole number from 2 on" },
  num_ties: { fits: whole(1), words: "a whole number from 1 on" },
  alpha: {
    fits: (value: unknown) => above(value) && (value as number) < 1,
    words: "a number between 0 and 1",
  },
  randomize: { fits: either, words: "true or false" },
  no_improve: { fits: whole(1), words: "a whole number from 1 on" },
  uncertain: { fits: whole(1), words: "a whole number from 1 on" },
  restart: { fits: whole(1), words: "a whole number from 1 on" },
  radius: {
    fits: (value: unknown) =>
      Array.isArray(value) &&
      value.length === 2 &&
      value.every(above) &&
      (value[0] as number) <= (value[1] as number) &&
      (value[1] as number) <= 1,
    words: "two numbers above 0 and up to 1, the smaller one first",
  },
  flip: { fits: within(0, 1), words: "a number from 0 to 1" },
  cooling_coef: { fits: above, words: "a number above 0" },
} satisfies Record<
  keyof RaceControlOptions | keyof BayesControlOptions | keyof SimAnnealControlOptions,
  { fits: Test; words: string }
>;
