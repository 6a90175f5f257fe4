import type { Place, RunState } from "../../src/protocol/index.ts";
import { tuningEndingWords } from "../tuning/tuning-ending.ts";
import { isTuning } from "../tuning/tuning-facts.ts";

/** What the panel says of a run that did not end well; null of one that runs or is done. */
export interface EndingWords {
  readonly kind: "failed" | "cancelled" | "lost";
  readonly what: string;
  /** What can be used of it. */
  readonly kept: string | null;
  readonly place: Place | null;
}

export function endingWords(state: RunState): EndingWords | null {
  if (isTuning(state)) return tuningEndingWords(state);
  const epoch = state.epochs.at(-1)?.epoch ?? 0;
  const kept = state.ended?.kept ?? null;
  switch (state.status) {
    case "failed":
      return {
        kind: "failed",
        what:
          state.ended?.error?.message ?? "The run failed and did not say why. Its log may: KSpec: Show log.",
        kept: kept ?? (epoch === 0 ? "Nothing was fitted yet, so nothing was lost." : null),
        place: state.ended?.error?.place ?? null,
      };
    case "cancelled":
      return {
        kind: "cancelled",
        what: epoch === 0 ? "Stopped before the first epoch was over." : `Stopped after epoch ${epoch}.`,
        kept: kept ?? (epoch === 0 ? "There is no model to keep." : null),
        place: null,
      };
    case "lost":
      return {
        kind: "lost",
        what:
          epoch === 0
            ? "The process of this run is gone and did not say why."
            : `The process of this run is gone and did not say why. The last it said was epoch ${epoch}.`,
        kept: "Everything it had written is kept in the run's folder and shown here. Resume to go on after the last epoch that was kept; fit again to start over.",
        place: null,
      };
    default:
      return null;
  }
}
