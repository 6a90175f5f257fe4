import * as vscode from "vscode";
import type { LanguageServer } from "./language-server.ts";
import { isSpec } from "./spec-choice.ts";

/** How long the text must stand still before it is asked about, in milliseconds. */
const QUIET_MS = 500;

/** Keeps the context `kspec.tunable`: whether the spec in front exports a tuning, so that its title offers **Tune model**. */
export function watchTunable(language: LanguageServer): vscode.Disposable {
  let said = false;
  let asked = 0;
  let timer: NodeJS.Timeout | undefined;
  const look = async () => {
    const mine = ++asked;
    const uri = vscode.window.activeTextEditor?.document.uri;
    // With the focus in the panel the title of the spec stays as it is.
    if (!uri || !isSpec(uri)) return;
    const runnables = (await language.runnables(uri)) ?? [];
    const tunable = runnables.some(({ kind }) => kind === "tune");
    if (mine !== asked || tunable === said) return;
    said = tunable;
    await vscode.commands.executeCommand("setContext", "kspec.tunable", tunable);
  };
  const soon = (wait: number) => {
    clearTimeout(timer);
    timer = setTimeout(() => void look(), wait);
  };
  soon(0);
  return vscode.Disposable.from(
    vscode.window.onDidChangeActiveTextEditor(() => soon(0)),
    vscode.workspace.onDidChangeTextDocument(({ document }) => {
      if (document === vscode.window.activeTextEditor?.document && isSpec(document.uri)) soon(QUIET_MS);
    }),
    { dispose: () => clearTimeout(timer) },
  );
}
