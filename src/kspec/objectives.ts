import { named } from "./layer.ts";
import { SpecError } from "./spec-error.ts";
import type { ObjectiveDescription } from "./tuning-description.ts";

/** What a Bayesian search makes as large as it can: tune's acquisition functions. */
export interface Objective extends ObjectiveDescription {
  readonly kind: "objective";
}

/**
 * Expected improvement over the best candidate so far (Jones, Schonlau and Welch 1998).
 *
 * @param trade_off Above 0 looks further away from what is known to be good; in units of the metric. Default 0.
 */
export function exp_improve(trade_off = 0): Objective {
  return withTradeOff("exp_improve", trade_off);
}

/**
 * Probability of being better than the best candidate so far.
 *
 * @param trade_off By how much better, in units of the metric. Default 0.
 */
export function prob_improve(trade_off = 0): Objective {
  return withTradeOff("prob_improve", trade_off);
}

/**
 * The bound of a candidate's confidence interval.
 *
 * @param kappa How many standard deviations the bound is from the mean; larger ones look further away. Default 0.1.
 */
export function conf_bound(kappa = 0.1): Objective {
  return Object.freeze({ kind: "objective", name: "conf_bound", kappa: from0("conf_bound", "kappa", kappa) });
}

function withTradeOff(name: "exp_improve" | "prob_improve", trade_off: number): Objective {
  return Object.freeze({ kind: "objective", name, trade_off: from0(name, "trade_off", trade_off) });
}

function from0(where: string, option: string, value: unknown): number {
  if (typeof value === "number" && Number.isFinite(value) && value >= 0) return value;
  throw new SpecError(
    "bad-option",
    `${where}(): ${option} must be a number from 0 on, and it is ${named(value)}.`,
  );
}
