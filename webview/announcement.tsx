import type { RunState } from "../src/protocol/index.ts";
import { endingWords } from "./run/ending-words.ts";
import { headlineOf } from "./run/headline-words.ts";
import { runningPhase } from "./run/phase-words.ts";

/** What a screen reader says of its own accord: phases, every tenth of the epochs, and the end. */
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
  if (phase.phase !== "fit") return headline.title;
  const epochs = state.started?.epochs ?? 0;
  const step = Math.max(1, Math.ceil(epochs / 10));
  const over = Math.floor((state.epochs.at(-1)?.epoch ?? 0) / step) * step;
  return over === 0 ? "Fitting" : `Epoch ${over} of ${epochs} is over`;
}
