import type { Place, RunState } from "../../src/protocol/index.ts";
import { ErrorIcon, StoppedIcon, WarningIcon } from "../icons.tsx";
import { usePanel } from "../panel-context.ts";
import { Button } from "../ui.ts";
import { endingWords } from "./ending-words.ts";
import { lineName } from "./place-words.ts";

/** How a run ended that did not end well: what happened, where, what was kept. */
export function Ending({ state }: { state: RunState }) {
  const words = endingWords(state);
  if (words === null) return null;
  const Icon = { failed: ErrorIcon, cancelled: StoppedIcon, lost: WarningIcon }[words.kind];
  return (
    <section class={`ending ${words.kind}`} aria-label="How the run ended">
      <Icon />
      <div>
        <p class="what">{words.what}</p>
        {words.kept !== null && <p class="quiet">{words.kept}</p>}
        {words.place !== null && <ShowLine place={words.place} />}
      </div>
    </section>
  );
}

/** The way from a message to the line that it is about. */
export function ShowLine({ place }: { place: Place }) {
  const { send } = usePanel();
  return (
    <Button onClick={() => send({ type: "open", place })} label={`Show ${lineName(place)}`}>
      Show line {place.range.start.line + 1}
    </Button>
  );
}
