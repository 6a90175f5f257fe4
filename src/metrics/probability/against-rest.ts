import { average } from "../averaging.ts";
import type { Classified, ClassHow } from "../metric.ts";
import type { ScoredEvents } from "./thresholds.ts";

/** The rows with one class as the event, scored by its probability. */
export function scored(
  { truth, probabilities, weights }: Classified,
  level: number,
  levels: number,
): ScoredEvents {
  return {
    events: Uint8Array.from(truth, (code) => (code === level ? 1 : 0)),
    scores: Float64Array.from(truth, (_, row) => probabilities[row * levels + level]!),
    weights,
  };
}

/**
 * A number of one class against the rest, for the event ("binary") or as a mean over classes. A class for which it is not defined leaves
 * the mean without a value, but for "macro_weighted", where a class without rows has no weight.
 *
 * @param value NaN where it is not defined.
 */
export function againstRest(
  data: Classified,
  how: ClassHow,
  value: (data: ScoredEvents, level: number) => number,
): number {
  const n = how.levels.length;
  if (how.estimator === "binary") return value(scored(data, how.event, n), how.event);
  const values = how.levels.map((_, level) => value(scored(data, level, n), level));
  const truths = new Array<number>(n).fill(0);
  data.truth.forEach((code, row) => (truths[code]! += data.weights?.[row] ?? 1));
  return average(values, truths, how.estimator, "keep");
}

/** Whether there are events and others, each with some weight; says so where there are not. */
export function hasBoth(
  name: string,
  { events, weights }: ScoredEvents,
  level: string,
  how: ClassHow,
): boolean {
  let some = false;
  let others = false;
  for (let row = 0; row < events.length; row++) {
    if (weights?.[row] === 0) continue;
    if (events[row] === 1) some = true;
    else others = true;
  }
  if (!some) how.note(`${name} is not defined for "${level}": no row is of it.`);
  else if (!others) how.note(`${name} is not defined for "${level}": every row is of it.`);
  return some && others;
}

/** Whether there are events; says so where there are not. */
export function hasEvents(
  name: string,
  { events, weights }: ScoredEvents,
  level: string,
  how: ClassHow,
): boolean {
  const some = events.some((event, row) => event === 1 && weights?.[row] !== 0);
  if (!some) how.note(`${name} is not defined for "${level}": no row is of it.`);
  return some;
}
