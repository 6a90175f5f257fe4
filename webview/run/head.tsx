import { useEffect, useState } from "preact/hooks";
import { workflowTitle, type RunState } from "../../src/protocol/index.ts";
import { dayAndTime } from "../format.ts";
import { usePanel } from "../panel-context.ts";
import { allFailed, isTuning, trialsInAll } from "../tuning/tuning-facts.ts";
import { Button } from "../ui.ts";
import { runName } from "./run-name.ts";

/** The line at the top: which workflow, which run, when; and the one thing to do about it. */
export function Head({ run, state }: { run: string; state: RunState }) {
  const { send, canFit } = usePanel();
  const running = state.status === "running" || state.status === "waiting";
  const [stopping, setStopping] = useState(false);
  useEffect(() => setStopping(false), [running, run]);
  // Until the run has said who it is, the host's name for it is all there is.
  const workflow = state.started ? workflowTitle(state.started.spec) : run;
  const again = isTuning(state) ? "Tune again" : "Fit again";
  return (
    <header class="head">
      <h1>
        <span class="workflow">{workflow}</span>
        {state.started !== null && (
          <span class="quiet" title={run}>
            {` · ${runName(run)} · ${dayAndTime(state.started.time)}${resumedWords(state)}`}
          </span>
        )}
      </h1>
      <div class="actions">
        {running ? (
          <Button
            disabled={stopping}
            onClick={() => {
              setStopping(true);
              send({ type: "cancel" });
            }}
          >
            {stopping ? "Stopping" : "Stop"}
          </Button>
        ) : (
          <>
            {canGoOn(state) && (
              <Button
                disabled={!canFit}
                onClick={() => send({ type: "resume" })}
                {...(canFit
                  ? {}
                  : { label: "Resume: trust this workspace first, because fitting runs its code." })}
              >
                Resume
              </Button>
            )}
            <Button
              primary={!isTuning(state)}
              disabled={!canFit}
              onClick={() => send({ type: "fit_again" })}
              {...(canFit
                ? {}
                : { label: `${again}: trust this workspace first, because fitting runs its code.` })}
            >
              {again}
            </Button>
          </>
        )}
      </div>
    </header>
  );
}

/** Whether there is something left that can be done. Of a tuning that failed, for want of disk perhaps, the trials that are missing. */
function canGoOn({ status, started, tuning }: RunState): boolean {
  if (started === null) return false;
  if (status === "cancelled" || status === "lost") return true;
  return (
    status === "failed" && tuning !== null && !allFailed(tuning) && tuning.done < (trialsInAll(tuning) ?? 0)
  );
}

/** Where a run went on after its last stop. */
function resumedWords(state: RunState): string {
  const { resumed } = state;
  if (resumed === null) return "";
  if (isTuning(state)) return " · resumed";
  return resumed.epoch === 0 ? " · begun anew" : ` · resumed after epoch ${resumed.epoch}`;
}
