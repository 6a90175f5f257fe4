import { byThreshold, type ScoredEvents } from "../probability/thresholds.ts";

/** How many of the events are found among the rows that score highest, from none of the rows to all of them. */
export interface GainCurve {
  /** How many rows, or the sum of their case weights. */
  readonly tested: readonly number[];
  /** How many events among them. */
  readonly events: readonly number[];
  /** Percent of all rows, and of all events. */
  readonly percentTested: readonly number[];
  readonly percentFound: readonly number[];
}

/** @param rows There must be events. */
export function gainCurve(rows: ScoredEvents): GainCurve {
  const { found, wrong } = byThreshold(rows);
  const tested = [0, ...found.map((each, i) => each + wrong[i]!)];
  const events = [0, ...found];
  const [all, allEvents] = [tested.at(-1)!, events.at(-1)!];
  return {
    tested,
    events,
    percentTested: tested.map((each) => (each / all) * 100),
    percentFound: events.map((each) => (each / allEvents) * 100),
  };
}
