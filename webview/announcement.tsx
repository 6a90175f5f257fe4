import type { RunState } from "../src/protocol/index.ts";
import { endingWords } from "./run/ending-words.ts";
import { headlineOf } from "./run/headline-words.ts";
import { runningPhase } from "./run/phase-words.ts";
import { trialsInAll } from "./tuning/tuning-facts.ts";

/** What a screen reader says of its own accord: phases, every tenth of the epochs or trials, and the end. */
export function Announcement({ state }: { state: RunState }) {
  return (
    <p class="hidden" role="status" aria-live="polite">
      {announcement(state)}
    </p>
  );
}

export function announcement(state: RunState): string {
  const ending = endingWords(state);
  if (ending !== null) return [ending.what, ending.kept].filter(Boolean).join(" ");
  const headline = headlineOf(state);
  if (state.status === "done") return [headline.number, headline.title].filter(Boolean).join(" ");
  const phase = runningPhase(state);
  if (phase === null) return "";
  if (phase.phase === "tune" && state.tuning !== null) {
    const inAll = trialsInAll(state.tuning);
    const over = everyTenth(state.tuning.done, inAll ?? 0);
    return over === 0 ? "Tuning" : `${over} of ${inAll} trials are over`;
  }
  if (phase.phase !== "fit") return headline.title;
  const epochs = state.started?.epochs ?? 0;
  const over = everyTenth(state.epochs.at(-1)?.epoch ?? 0, epochs);
  return over === 0 ? "Fitting" : `Epoch ${over} of ${epochs} is over`;
}

function everyTenth(done: number, inAll: number): number {
  const step = Math.max(1, Math.ceil(inAll / 10));
  return inAll === 0 ? 0 : Math.floor(done / step) * step;
}
