import * as vscode from "vscode";
import type { Place } from "../protocol/index.ts";
import { resultWords } from "./run-words.ts";
import { endWords, keptWords, placeOfTrouble, type WatchEnd, type WatchedRun } from "./watched-run.ts";

/** How long a good end stays in the status bar, in milliseconds. */
const GOOD_NEWS_MS = 10_000;

/**
 * Says how a fit ended. Good news is quiet where the panel shows it already; trouble is a message with
 * the ways on.
 */
export async function showEnd(
  run: WatchedRun,
  end: WatchEnd,
  { panelIsVisible, log }: { panelIsVisible: boolean; log: vscode.LogOutputChannel },
): Promise<void> {
  const { state, title } = run;
  if (end.how === "killed" || state.status === "cancelled") {
    const stopped = `${title} was stopped. ${keptWords(run)}`;
    if (panelIsVisible) vscode.window.setStatusBarMessage(`$(debug-stop) ${stopped}`, GOOD_NEWS_MS);
    else await offer(run, vscode.window.showInformationMessage, stopped, log, true);
    return;
  }
  if (end.how === "finished" && state.status === "done") {
    const result = [title, resultWords(state.metrics)].filter(Boolean).join(": ");
    if (panelIsVisible) vscode.window.setStatusBarMessage(`$(check) ${result}`, GOOD_NEWS_MS);
    else await offer(run, vscode.window.showInformationMessage, `${result}.`, log);
    return;
  }
  if (end.how === "finished") {
    const why = state.ended?.error?.message ?? "The fit ended without a result.";
    await offer(run, vscode.window.showErrorMessage, `${title}: ${why}`, log);
    return;
  }
  const inTheMiddle = end.how === "crashed" || end.how === "lost";
  const kept = inTheMiddle ? ` ${keptWords(run)}` : "";
  await offer(run, vscode.window.showErrorMessage, `${title}: ${endWords(end)}${kept}`, log, inTheMiddle);
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
  mayGoOn = false,
): Promise<void> {
  const place = placeOfTrouble(run.state);
  const openLine = "Open line";
  const resume = "Resume";
  const showResults = "Show results";
  const showLog = "Show log";
  const trouble = run.shownState.status === "failed" || run.lost;
  const chosen = await show(
    message,
    ...(place ? [openLine] : []),
    ...(run.folder && mayGoOn ? [resume] : []),
    ...(run.folder ? [showResults] : []),
    ...(trouble ? [showLog] : []),
  );
  if (chosen === openLine && place) await openPlace(place);
  if (chosen === resume) await vscode.commands.executeCommand("kspec.resume", run.folder);
  if (chosen === showResults)
    await vscode.commands.executeCommand("kspec.showResults", vscode.Uri.file(run.file));
  if (chosen === showLog) log.show(true);
}
