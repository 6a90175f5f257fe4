import type { RunState } from "../../src/protocol/index.ts";
import { timeLeft } from "../format.ts";
import { headlineOf } from "./headline-words.ts";
import { useTimeLeft } from "./use-time-left.ts";

/** The answer: a large number, or what is going on and how long still. Both take the same room. */
export function HeadlineBlock({ state }: { state: RunState }) {
  const left = useTimeLeft(state);
  const headline = headlineOf(state);
  const running = state.status === "running";
  return (
    <section class="headline" aria-label="Result">
      <p class="answer">
        {headline.number !== null && <strong class="number">{headline.number}</strong>}
        <span class={headline.number === null ? "number words" : "title"}>{headline.title}</span>
        {headline.aside !== null && (
          <span class="quiet" title={headline.asideMeaning ?? undefined}>
            {headline.aside}
          </span>
        )}
        {running && left !== null && <span class="quiet">{timeLeft(left)}</span>}
      </p>
      <p class="facts quiet" title={state.started?.backend.reason}>
        {headline.facts.length === 0
          ? "\u00a0"
          : headline.facts.map((fact) => <span key={fact}>{fact}</span>)}
      </p>
    </section>
  );
}
