import type { RunState } from "../../src/protocol/index.ts";
import { usePanel } from "../panel-context.ts";
import { Button } from "../ui.ts";
import { bestOf } from "./tuning-facts.ts";

export interface CandidateButtonsProps {
  /** The candidate that is meant. */
  readonly config: string;
  readonly best: boolean;
  /** Whether there are values to write: a model that was only resampled has none. */
  readonly values: boolean;
  readonly running: boolean;
  /** At most one button of a section is primary. Default false. */
  readonly primary?: boolean;
}

/** What can be done with a candidate: write its values into the spec, or fit it on all training rows. */
export function CandidateButtons({ config, best, values, running, primary = false }: CandidateButtonsProps) {
  const { send, canFit } = usePanel();
  const fit = best ? (values ? "Fit best" : "Fit") : "Fit this candidate";
  const why = !canFit
    ? "trust this workspace first, because fitting runs its code."
    : running
      ? "stop the tuning first, or wait until it is done."
      : null;
  return (
    <div class="candidate-buttons">
      {values && <Button onClick={() => send({ type: "use_values", config })}>Use these values</Button>}
      <Button
        primary={primary && why === null}
        disabled={why !== null}
        onClick={() => send({ type: "fit_candidate", config })}
        {...(why === null ? {} : { label: `${fit}: ${why}` })}
      >
        {fit}
      </Button>
    </div>
  );
}

/** The same of the best candidate, below the answer of a tuning that is over. */
export function BestButtons({ state }: { state: RunState }) {
  const best = state.tuning === null || state.status === "running" ? null : bestOf(state.tuning);
  if (best === null) return null;
  return (
    <div class="best-buttons">
      <CandidateButtons
        config={best.config}
        best
        values={Object.keys(best.values).length > 0}
        running={false}
        primary
      />
    </div>
  );
}
