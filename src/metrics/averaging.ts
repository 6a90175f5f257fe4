import { oneAgainstRest, type OneAgainstRest } from "./confusion.ts";
import type { ClassHow, Confusion, Estimator } from "./metric.ts";

/** Estimators of metrics of one class against the rest. */
export const AVERAGED: readonly Estimator[] = ["macro", "macro_weighted", "micro", "binary"];
/** The same for areas under curves, which have no counts to add up. */
export const AVERAGED_AREAS: readonly Estimator[] = ["macro", "macro_weighted", "binary"];

/** A share of rows of one class against the rest: [how many, of how many]. */
export interface Share {
  readonly of: (one: OneAgainstRest) => readonly [number, number];
  /** Why there is none, where a class has no such rows: "no row is of it". */
  readonly without: string;
}

export const SENSITIVITY: Share = { of: (one) => [one.hits, one.truths], without: "no row is of it" };
export const SPECIFICITY: Share = {
  of: ({ hits, others, estimates }) => [others - (estimates - hits), others],
  without: "every row is of it",
};
export const PRECISION: Share = {
  of: (one) => [one.hits, one.estimates],
  without: "no row was taken for it",
};

/**
 * A share by class: for "binary" that of the event alone, for "micro" one of all classes together, else one for each class. NaN where
 * it is not defined, with a note that names the classes.
 *
 * @param left What becomes of such classes in a mean: "left out" or "missing".
 */
export function shares(name: string, confusion: Confusion, how: ClassHow, share: Share): number[] {
  const classes = oneAgainstRest(confusion);
  if (how.estimator === "binary") {
    const [some, all] = share.of(classes[how.event]!);
    if (all <= 0) how.note(`${name} is not defined for "${how.levels[how.event]}": ${share.without}.`);
    return [all <= 0 ? NaN : some / all];
  }
  const pairs = classes.map(share.of);
  const without = how.levels.filter((_, i) => pairs[i]![1] <= 0);
  if (without.length > 0) how.note(`${name} is not defined for ${listed(without)}: ${share.without}.`);
  if (how.estimator === "micro") {
    const [some, all] = pairs.reduce(([a, b], [c, d]) => [a + c, b + d], [0, 0]);
    return [some / all];
  }
  return pairs.map(([some, all]) => (all <= 0 ? NaN : some / all));
}

/** The share of rows that are of the class, in the form of `shares`. */
export function prevalences(confusion: Confusion, { estimator, event }: ClassHow): number[] {
  const classes = oneAgainstRest(confusion);
  if (estimator === "binary") return [classes[event]!.truths / confusion.total];
  if (estimator === "micro") return [1 / classes.length];
  return classes.map(({ truths }) => truths / confusion.total);
}

/**
 * One number of values by class, as the estimator has it.
 *
 * @param values As `shares` gives them.
 * @param truths How many rows are of each class.
 * @param undefinedOnes "skip": the mean is that of the others; "keep": it is not defined either. A class without rows has no part in
 *   "macro_weighted" in either case.
 */
export function average(
  values: readonly number[],
  truths: readonly number[],
  estimator: Estimator,
  undefinedOnes: "skip" | "keep",
): number {
  let sum = 0;
  let all = 0;
  for (const [i, value] of values.entries()) {
    const weight = estimator === "macro_weighted" ? truths[i]! : 1;
    if (weight === 0 || (undefinedOnes === "skip" && Number.isNaN(value))) continue;
    sum += weight * value;
    all += weight;
  }
  return sum / all;
}

export function truthsOf({ counts }: Confusion): number[] {
  return counts.map((row) => row.reduce((a, b) => a + b, 0));
}

/** `"a", "b" and 3 more`. */
function listed(levels: readonly string[]): string {
  const quoted = levels.slice(0, 5).map((level) => `"${level}"`);
  if (levels.length > 5) return `${quoted.join(", ")} and ${levels.length - 5} more classes`;
  return quoted.length === 1 ? quoted[0]! : `${quoted.slice(0, -1).join(", ")} and ${quoted.at(-1)}`;
}
