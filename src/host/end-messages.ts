import * as vscode from "vscode";
import type { Place, RunState } from "../protocol/index.ts";
import { resultWords } from "./run-words.ts";
import { bestCandidate, bestWords } from "./tuning-words.ts";
import { endWords, keptWords, placeOfTrouble, type WatchEnd, type WatchedRun } from "./watched-run.ts";

/** How long a good end stays in the status bar, in milliseconds. */
const GOOD_NEWS_MS = 10_000;

/** What a message offers to do; in the order in which its buttons stand. */
type WayOn = "open line" | "resume" | "fit best" | "use values" | "show results" | "show log";

/**
 * Says how a run ended. Good news is quiet where the panel shows it already, or where the run's process goes on with another run;
 * trouble is a message with the ways on.
 */
export async function showEnd(
  run: WatchedRun,
  end: WatchEnd,
  { panelIsVisible, log }: { panelIsVisible: boolean; log: vscode.LogOutputChannel },
): Promise<void> {
  const { state, title } = run;
  const quiet = panelIsVisible || run.next !== undefined;
  const best = state.tuning !== null && bestCandidate(state.tuning) !== undefined;
  if (end.how === "killed" || state.status === "cancelled") {
    const stopped = `${title} was stopped. ${keptWords(run)}`;
    if (quiet) vscode.window.setStatusBarMessage(`$(debug-stop) ${stopped}`, GOOD_NEWS_MS);
    else
      await offer(run, vscode.window.showInformationMessage, stopped, log, [
        "resume",
        ...(best ? (["fit best"] as const) : []),
        "show results",
      ]);
    return;
  }
  if (end.how === "finished" && state.status === "done") {
    const result = doneWords(run);
    if (quiet) vscode.window.setStatusBarMessage(`$(check) ${result}`, GOOD_NEWS_MS);
    else
      await offer(run, vscode.window.showInformationMessage, `${result}.`, log, [
        ...(best && tunes(state) ? (["use values"] as const) : []),
        ...(best ? (["fit best"] as const) : []),
        "show results",
      ]);
    return;
  }
  if (end.how === "finished") {
    const why = state.ended?.error?.message ?? `The ${run.kind} ended without a result.`;
    // Trials that were done before a tuning failed, for want of disk perhaps, need not be done again.
    const goesOn = (state.tuning?.done ?? 0) > 0;
    await offer(run, vscode.window.showErrorMessage, `${title}: ${why}`, log, [
      "open line",
      ...(goesOn ? (["resume"] as const) : []),
      "show results",
      "show log",
    ]);
    return;
  }
  const inTheMiddle = end.how === "crashed" || end.how === "lost";
  const kept = inTheMiddle ? ` ${keptWords(run)}` : "";
  await offer(run, vscode.window.showErrorMessage, `${title}: ${endWords(end, run.kind)}${kept}`, log, [
    "open line",
    ...(inTheMiddle ? (["resume"] as const) : []),
    "show results",
    "show log",
  ]);
}

/** "digits_transfer: test accuracy 0.962", "Tuned digits_tune: best accuracy 0.951 (dense_units 64, dropout 0.2)". */
function doneWords({ title, kind, state }: WatchedRun): string {
  if (kind === "fit") return [title, resultWords(state.metrics)].filter(Boolean).join(": ");
  const best = state.tuning && bestWords(state.tuning);
  if (!tunes(state)) return [`Resampled ${title}`, best?.replace(/^best /, "")].filter(Boolean).join(": ");
  return `Tuned ${title}: ${best ?? "no candidate has a result"}`;
}

/** Whether there are values to use: `fit_resamples` has one candidate without any. */
function tunes({ tuning }: RunState): boolean {
  return (tuning?.started.parameters.length ?? 0) > 0;
}

/** Opens a text at a place, in the first column: the panel keeps its own. */
export async function openPlace(place: Place): Promise<void> {
  // The caret, and no selection: the next key typed must not replace what is wrong.
  const { line, character } = place.range.start;
  const selection = new vscode.Range(line, character, line, character);
  const uri = vscode.Uri.file(place.file);
  const shown = vscode.window.visibleTextEditors.find(({ document }) => document.uri.fsPath === uri.fsPath);
  await vscode.window.showTextDocument(uri, {
    selection,
    viewColumn: shown?.viewColumn ?? vscode.ViewColumn.One,
  });
}

async function offer(
  run: WatchedRun,
  show: typeof vscode.window.showErrorMessage,
  message: string,
  log: vscode.LogOutputChannel,
  ways: readonly WayOn[],
): Promise<void> {
  const { folder } = run;
  const place = placeOfTrouble(run.state);
  const command = (id: string) => vscode.commands.executeCommand(id, folder);
  const possible = ways.filter((way) =>
    way === "open line" ? place !== undefined : way === "show log" || folder !== undefined,
  );
  const chosen = await show(message, ...possible.map((way) => BUTTONS[way]));
  if (chosen === BUTTONS["open line"] && place) await openPlace(place);
  if (chosen === BUTTONS["resume"]) await command("kspec.resume");
  if (chosen === BUTTONS["fit best"]) await command("kspec.fitBest");
  if (chosen === BUTTONS["use values"]) await command("kspec.useBestValues");
  if (chosen === BUTTONS["show results"]) await command("kspec.showResults");
  if (chosen === BUTTONS["show log"]) log.show(true);
}

const BUTTONS: Readonly<Record<WayOn, string>> = {
  "open line": "Open line",
  resume: "Resume",
  "fit best": "Fit best",
  "use values": "Use these values",
  "show results": "Show results",
  "show log": "Show log",
};
