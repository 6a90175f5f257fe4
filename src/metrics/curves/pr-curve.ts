import { byThreshold, type ScoredEvents } from "../probability/thresholds.ts";

/** Points from the highest threshold to the lowest: recall and precision when rows that score at least it count as events. */
export interface PrCurve {
  /** Infinity, then the scores descending. */
  readonly threshold: readonly number[];
  readonly recall: readonly number[];
  readonly precision: readonly number[];
}

/** @param rows There must be events. The curve starts where nothing is taken for an event: recall 0, precision 1. */
export function prCurve(rows: ScoredEvents): PrCurve {
  const { thresholds, found, wrong } = byThreshold(rows);
  const events = found.at(-1)!;
  return {
    threshold: [Infinity, ...thresholds],
    recall: [0, ...found.map((each) => each / events)],
    precision: [1, ...found.map((each, i) => each / (each + wrong[i]!))],
  };
}
