import { useEffect, useState } from "preact/hooks";
import type { RunState } from "../../src/protocol/index.ts";
import { dayAndTime } from "../format.ts";
import { usePanel } from "../panel-context.ts";
import { Button } from "../ui.ts";
import { runName } from "./run-name.ts";

/** The line at the top: which workflow, which run, when; and the one thing to do about it. */
export function Head({ run, state }: { run: string; state: RunState }) {
  const { send, canFit } = usePanel();
  const running = state.status === "running" || state.status === "waiting";
  const [stopping, setStopping] = useState(false);
  useEffect(() => setStopping(false), [running, run]);
  const workflow = state.started?.spec.workflow ?? null;
  return (
    <header class="head">
      <h1>
        {workflow !== null && <span class="workflow">{workflow}</span>}
        <span class="quiet" title={run}>
          {workflow !== null && " · "}
          {runName(run)}
          {state.started !== null && ` · ${dayAndTime(state.started.time)}`}
        </span>
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
          <Button
            primary
            disabled={!canFit}
            onClick={() => send({ type: "fit_again" })}
            {...(canFit
              ? {}
              : { label: "Fit again: trust this workspace first, because fitting runs its code." })}
          >
            Fit again
          </Button>
        )}
      </div>
    </header>
  );
}
