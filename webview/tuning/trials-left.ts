import type { RunState } from "../../src/protocol/index.ts";
import { trialsInAll } from "./tuning-facts.ts";

/**
 * Seconds until the last trial, counted from the last event: trials that are left, at the speed of those that have ended since the
 * tuning began or went on. However many run at once, that is in the speed. null until two have ended, and where nobody knows how
 * many there will be.
 */
export function secondsForTrials({ tuning, phases, updated }: RunState): number | null {
  const inAll = tuning === null ? null : trialsInAll(tuning);
  if (tuning === null || inAll === null || updated === null) return null;
  const tune = phases.findLast(({ phase }) => phase === "tune")?.started;
  const begun = Math.max(Date.parse(tuning.started.time), tune === undefined ? 0 : Date.parse(tune));
  let ended = 0;
  let last = begun;
  for (const { trials } of tuning.candidates)
    for (const { time } of trials) {
      const at = Date.parse(time);
      if (at < begun) continue;
      ended++;
      last = Math.max(last, at);
    }
  if (ended < 2 || last <= begun) return null;
  const left = (Math.max(0, inAll - tuning.done) * (last - begun)) / ended / 1000;
  return Math.max(0, left - Math.max(0, Date.parse(updated) - last) / 1000);
}
