import * as vscode from "vscode";
import type { Fits } from "./fits.ts";
import { progressWords } from "./run-words.ts";
import type { WatchedRun } from "./watched-run.ts";

/** **Cancel fit**: the one that goes on, or the one a person picks. What is finished is kept. */
export async function cancelFit(fits: Fits): Promise<void> {
  const running = fits.running;
  if (running.length === 0) {
    void vscode.window.showInformationMessage("Nothing is being fitted.");
    return;
  }
  const run = running.length === 1 ? running[0] : await pick(running);
  run?.cancel();
}

async function pick(running: readonly WatchedRun[]): Promise<WatchedRun | undefined> {
  const picked = await vscode.window.showQuickPick(
    running.map((run) => ({ label: run.title, description: progressWords(run.state), run })),
    { title: "Cancel fit", placeHolder: "Choose the fit to stop" },
  );
  return picked?.run;
}
