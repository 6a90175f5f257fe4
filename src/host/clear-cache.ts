import * as vscode from "vscode";
import { runCli, type CliEnd } from "./cli-process.ts";
import { cacheEnvironment } from "./settings.ts";

/**
 * **Clear feature cache…**: shows what frozen bases' features are kept and how large they are, and removes those that a person
 * chooses. It runs no code of the user's, so it may also in an untrusted workspace.
 */
export async function clearCache({
  extension,
  log,
}: {
  readonly extension: vscode.Uri;
  readonly log: vscode.LogOutputChannel;
}): Promise<void> {
  const script = vscode.Uri.joinPath(extension, "dist", "cli.js").fsPath;
  const cli = (title: string, ...args: string[]) =>
    vscode.window.withProgress({ location: vscode.ProgressLocation.Window, title }, () =>
      runCli(script, ["cache", ...args], new AbortController().signal, cacheEnvironment()),
    );
  const failed = (end: CliEnd) => {
    if (end.how !== "failed") return;
    log.error(`Feature cache: ${end.message}`);
    void vscode.window.showErrorMessage(end.message);
  };

  const listed = await cli("Reading the feature cache");
  if (listed.how !== "done") return failed(listed);
  const rows = listed.said.filter(isRow);
  if (rows.length === 0) {
    void vscode.window.showInformationMessage("The feature cache is empty.");
    return;
  }
  const chosen = await vscode.window.showQuickPick(rows.map(itemOf), {
    title: "Clear feature cache",
    placeHolder: "Choose what to remove; a later fit computes it again",
    canPickMany: true,
    matchOnDescription: true,
  });
  if (chosen === undefined || chosen.length === 0) return;
  const cleared = await cli("Clearing the feature cache", "clear", ...chosen.map(({ key }) => key));
  if (cleared.how !== "done") return failed(cleared);
  const freed = cleared.said.reduce<number>((sum, row) => sum + (row as { freed: number }).freed, 0);
  log.info(`${inMegabytes(freed)} of the feature cache were cleared.`);
  void vscode.window.showInformationMessage(`${inMegabytes(freed)} were freed.`);
}

/** A line of `kspec cache --json`. */
interface Row {
  readonly type: "base" | "files";
  readonly key: string;
  readonly about: string | null;
  readonly entries?: number;
  readonly bytes: number;
  readonly last_used: string | null;
}

function isRow(said: unknown): said is Row {
  const { type } = said as { type?: unknown };
  return type === "base" || type === "files";
}

function itemOf({
  type,
  key,
  about,
  entries,
  bytes,
  last_used,
}: Row): vscode.QuickPickItem & { key: string } {
  const used = last_used === null ? "" : ` · used ${new Date(last_used).toLocaleString()}`;
  const count = entries === undefined ? "" : ` · ${entries.toLocaleString("en-US")} entries`;
  return {
    key,
    label: about ?? "Unknown base",
    description: `${inMegabytes(bytes)}${count}${used}`,
    picked: type === "base",
  };
}

function inMegabytes(bytes: number): string {
  return bytes < 1e9 ? `${(bytes / 1e6).toFixed(1)} MB` : `${(bytes / 1e9).toFixed(1)} GB`;
}
