import * as vscode from "vscode";
import type { Fits } from "./fits.ts";
import { progressWords, shortProgress } from "./run-words.ts";

/** The status bar's item: there while something is fitted or tuned, gone otherwise; a click shows the results. */
export function showFitsInStatusBar(fits: Fits): vscode.Disposable {
  const item = vscode.window.createStatusBarItem("kspec.fits", vscode.StatusBarAlignment.Left, 0);
  item.name = "KSpec fits";
  item.command = "kspec.showResults";
  let shown = "";
  let fitting = false;
  const draw = () => {
    const runs = fits.running;
    const first = runs[0];
    if (fitting !== runs.length > 0) {
      fitting = runs.length > 0;
      void vscode.commands.executeCommand("setContext", "kspec.fitting", fitting);
    }
    if (!first) {
      shown = "";
      return item.hide();
    }
    const text =
      runs.length === 1
        ? `$(loading~spin) ${[first.title, shortProgress(first.state)].filter(Boolean).join(" ")}`
        : `$(loading~spin) ${runs.length} ${runs.some(({ kind }) => kind === "tuning") ? "runs" : "fits"}`;
    const details = runs.map((run) => `${run.title}: ${progressWords(run.state)}`).join("\n");
    if (shown === text + details) return;
    shown = text + details;
    item.text = text;
    item.tooltip = `${details}\nClick to show the results.`;
    item.accessibilityInformation = {
      label: `KSpec is ${runs.every(({ kind }) => kind === "tuning") ? "tuning" : "fitting"} ${details}`,
      role: "button",
    };
    item.show();
  };
  // Events come in hundreds a second; the bar is drawn a few times a second.
  let timer: NodeJS.Timeout | undefined;
  const stop = fits.subscribe(() => {
    timer ??= setTimeout(() => {
      timer = undefined;
      draw();
    }, 100);
  });
  return vscode.Disposable.from(item, {
    dispose: () => {
      stop();
      clearTimeout(timer);
    },
  });
}
