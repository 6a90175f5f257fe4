import * as vscode from "vscode";
import type { Fits } from "./fits.ts";
import { progressWords } from "./run-words.ts";
import type { WatchedRun } from "./watched-run.ts";

/** **Cancel fit or tuning**: the one that goes on, or the one a person picks. What is finished is kept. */
export async function cancelFit(fits: Fits): Promise<void> {
  const running = fits.running;
  if (running.length === 0) {
    void vscode.window.showInformationMessage("Nothing is being fitted or tuned.");
    return;
  }
  const run = running.length === 1 ? running[0] : await pick(running);
  if (run) await stopRun(run);
}

/**
 * Asks a run to stop. One that a window before this one started, or the command line, has nobody here who
 * would end it when it does not: after a while a person may.
 */
export async function stopRun(run: WatchedRun): Promise<void> {
  try {
    run.cancel();
  } catch (error) {
    void vscode.window.showErrorMessage(error instanceof Error ? error.message : String(error));
    return;
  }
  if (run.foreignPid === undefined) return;
  await Promise.race([run.ended, new Promise((resolve) => setTimeout(resolve, FOREIGN_STOP_MS))]);
  const pid = run.foreignPid;
  if (pid === undefined) return;
  const end = "End process";
  const chosen = await vscode.window.showWarningMessage(
    `${run.title} has not stopped yet. Wait, or end its process (${pid}); ${run.kind === "tuning" ? "finished trials are" : "the last finished epoch is"} kept either way.`,
    end,
  );
  if (chosen === end && run.foreignPid === pid) process.kill(pid, "SIGKILL");
}

/** How long a run that is not ours may take to stop before a person is asked. */
const FOREIGN_STOP_MS = 10_000;

async function pick(running: readonly WatchedRun[]): Promise<WatchedRun | undefined> {
  const picked = await vscode.window.showQuickPick(
    running.map((run) => ({ label: run.title, description: progressWords(run.state), run })),
    { title: "Cancel fit or tuning", placeHolder: "Choose what is to stop" },
  );
  return picked?.run;
}
