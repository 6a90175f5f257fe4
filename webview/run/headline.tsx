import { useId, useState } from "preact/hooks";
import type { RunState } from "../../src/protocol/index.ts";
import { timeLeft } from "../format.ts";
import { headlineOf, type Engine } from "./headline-words.ts";
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
      <Facts facts={headline.facts} engine={headline.engine} reason={state.started?.backend.reason} />
    </section>
  );
}

/** What trains stands last; why that is not ONNX Runtime is one click away. */
function Facts({
  facts,
  engine,
  reason,
}: {
  facts: readonly string[];
  engine: Engine | null;
  reason: string | undefined;
}) {
  const [open, setOpen] = useState(false);
  const explanation = useId();
  const why = engine?.whyNotNative ?? null;
  return (
    <>
      <p class="facts quiet">
        {facts.map((fact) => (
          <span key={fact}>{fact}</span>
        ))}
        {engine === null ? (
          facts.length === 0 && "\u00a0"
        ) : (
          <span title={why === null ? reason : undefined}>
            {engine.words}
            {why !== null && (
              <>
                {" "}
                <button
                  class="link"
                  aria-expanded={open}
                  aria-controls={explanation}
                  onClick={() => setOpen(!open)}
                >
                  why not ONNX Runtime?
                </button>
              </>
            )}
          </span>
        )}
      </p>
      {why !== null && open && (
        <p id={explanation} class="quiet why-not" role="status">
          {why} ONNX Runtime trains several times faster; KSpec: Doctor says what this computer has.
        </p>
      )}
    </>
  );
}
