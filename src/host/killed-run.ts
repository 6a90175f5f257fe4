import { appendFileSync, rmSync } from "node:fs";
import path from "node:path";
import type { RunEnded, RunState } from "../protocol/index.ts";
import { IN_RUN } from "../runs/index.ts";

/**
 * The last word of a run whose worker was cancelled, did not stop in time, and was ended by this window. Nobody
 * else knows why it is gone, so it is written here, after the one writer of the folder is dead; without it the
 * run would be taken for lost.
 *
 * @returns the event as it was written; it is the same where the folder cannot be written to any more.
 */
export function endKilledRun(folder: string, state: RunState, kept: string): RunEnded {
  const time = new Date();
  const started = state.started ? Date.parse(state.started.time) : time.getTime();
  const event: RunEnded = {
    type: "run_ended",
    run: state.started?.run ?? path.basename(folder),
    time: time.toISOString(),
    status: "cancelled",
    folder,
    kept,
    seconds: Math.max(0, time.getTime() - started) / 1000,
  };
  try {
    // The line break before it ends whatever half a line the kill has left behind.
    appendFileSync(path.join(folder, IN_RUN.events), `\n${JSON.stringify(event)}\n`);
    for (const name of [IN_RUN.alive, IN_RUN.cancel]) rmSync(path.join(folder, name), { force: true });
  } catch {
    // A disk that is full or gone: the window still says it, and a later one will call the run lost.
  }
  return event;
}
