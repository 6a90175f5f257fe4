import type { RunState, TuningState } from "../../src/protocol/index.ts";
import { count, countOf } from "../format.ts";
import type { EndingWords } from "../run/ending-words.ts";
import { allFailed, firstFailure, trialsInAll } from "./tuning-facts.ts";

/** What the panel says of a tuning that did not end well, or that ended and has nothing to show for it; null of any other. */
export function tuningEndingWords({ status, tuning, ended }: RunState): EndingWords | null {
  const none = tuning === null || tuning.done === 0;
  const after = none ? null : afterTrials(tuning);
  const kept = ended?.kept ?? (none ? "Nothing was tried yet, so nothing was lost." : allKept(tuning));
  switch (status) {
    case "failed":
    case "done":
      if (tuning !== null && allFailed(tuning) && (status === "done" || tuning.done === trialsInAll(tuning)))
        return {
          kind: "failed",
          what: `Every candidate failed: ${firstFailure(tuning) ?? "none of them said why."}`,
          kept: "Change what they have in common, or the ranges of the grid, and tune again.",
          place: ended?.error?.place ?? null,
        };
      if (status === "done") return null;
      return {
        kind: "failed",
        what: ended?.error?.message ?? "The tuning failed and did not say why. Its log may: KSpec: Show log.",
        kept,
        place: ended?.error?.place ?? null,
      };
    case "cancelled":
      return {
        kind: "cancelled",
        what: after === null ? "Stopped before the first trial was over." : `Stopped after ${after}.`,
        kept,
        place: null,
      };
    case "lost":
      return {
        kind: "lost",
        what: `The process of this tuning is gone and did not say why. ${
          after === null ? "No trial was over yet." : `It had ended ${after}.`
        }`,
        kept: none ? "Resume to begin anew." : `${allKept(tuning)} Resume to run the missing ones.`,
        place: null,
      };
    default:
      return null;
  }
}

/** `58 of 150 trials`. */
function afterTrials(tuning: TuningState): string {
  const inAll = trialsInAll(tuning);
  return inAll === null
    ? countOf(tuning.done, "trials")
    : `${count(tuning.done)} of ${countOf(inAll, "trials")}`;
}

function allKept({ done }: TuningState): string {
  return done === 1 ? "It is kept." : "All of them are kept.";
}
