import type { RunState } from "../../src/protocol/index.ts";
import { CheckIcon, CrossIcon } from "../icons.tsx";
import { phaseLines, type PhaseLine } from "./phase-words.ts";

/** One line, each phase with its count; a thin bar over each says how far it is. */
export function Phases({ state }: { state: RunState }) {
  return (
    <ol class="phases" aria-label="Phases">
      {phaseLines(state).map((line) => (
        <li
          key={line.phase}
          class={`phase ${line.phase} ${line.stage}`}
          aria-current={line.stage === "running" ? "step" : undefined}
        >
          <span class="bar" aria-hidden="true">
            <span class="fill" style={{ transform: `scaleX(${line.share ?? 0})` }} />
          </span>
          <span class="phase-name">
            {line.name}
            {line.stage === "done" && <CheckIcon />}
            {line.stage === "broken" && <CrossIcon />}
            <span class="hidden">{STAGE_WORDS[line.stage]}</span>
          </span>
          <span class="count quiet" title={line.cost ?? undefined}>
            <span class="short">{line.count || "\u00a0"}</span>
            <span class="long">{line.longCount || "\u00a0"}</span>
          </span>
        </li>
      ))}
    </ol>
  );
}

const STAGE_WORDS: Record<PhaseLine["stage"], string> = {
  ahead: ", not yet",
  running: ", running",
  done: ", done",
  broken: ", broken off",
};
