import { byThreshold, type ScoredEvents } from "../probability/thresholds.ts";

/** Points from the lowest threshold to the highest: what sensitivity and specificity are when rows that score at least it count as events. */
export interface RocCurve {
  /** −Infinity, the scores ascending, Infinity. */
  readonly threshold: readonly number[];
  readonly specificity: readonly number[];
  readonly sensitivity: readonly number[];
}

/** @param rows There must be events and others. */
export function rocCurve(rows: ScoredEvents): RocCurve {
  const { thresholds, found, wrong } = byThreshold(rows);
  const [events, others] = [found.at(-1)!, wrong.at(-1)!];
  return {
    threshold: [-Infinity, ...thresholds.toReversed(), Infinity],
    specificity: [0, ...wrong.toReversed().map((each) => 1 - each / others), 1],
    sensitivity: [1, ...found.toReversed().map((each) => each / events), 0],
  };
}
