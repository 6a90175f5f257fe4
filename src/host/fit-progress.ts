import * as vscode from "vscode";
import { percentDone, progressWords } from "./run-words.ts";
import type { RunKind, WatchedRun } from "./watched-run.ts";

/** Live text changes at most this often. */
const EVERY_MS = 250;

/** A worker that says nothing for so long is told of: it computes a very large batch, or is caught in a loop. */
const SILENT_S = 15;

/** The progress notification of a run: "epoch 3 of 5 · accuracy 0.941", "trial 58 of 150", with a button that cancels it. */
export function showProgress(run: WatchedRun): void {
  void vscode.window.withProgress(
    {
      location: vscode.ProgressLocation.Notification,
      title: `${run.kind === "tuning" ? "Tuning" : "Fitting"} ${run.title}`,
      cancellable: true,
    },
    (progress, cancellation) => {
      let reported = 0;
      let said = "";
      const report = () => {
        const message = run.cancelRequested ? "stopping" : progressWords(run.state) + silenceWords(run);
        const percent = percentDone(run.state);
        if (message === said && percent === reported) return;
        progress.report({ message, ...(percent > reported ? { increment: percent - reported } : {}) });
        said = message;
        reported = Math.max(reported, percent);
      };
      cancellation.onCancellationRequested(() => {
        run.cancel();
        report();
      });
      report();
      const timer = setInterval(report, EVERY_MS);
      return Promise.race([run.ended, isOtherThan(run, run.kind)]).then(() => {
        clearInterval(timer);
        if (run.going) showProgress(run);
      });
    },
  );
}

/** Settles when a run turns out to be of another kind than was asked for: a fit may need its tuning first. A title cannot be changed. */
function isOtherThan(run: WatchedRun, kind: RunKind): Promise<void> {
  return new Promise((resolve) => {
    const stop = run.subscribe(() => {
      if (run.kind === kind) return;
      stop();
      resolve();
    });
  });
}

function silenceWords(run: WatchedRun): string {
  const seconds = Math.floor(run.silence());
  return seconds < SILENT_S ? "" : ` · no word from the process for ${seconds} s`;
}
