import * as vscode from "vscode";
import { workflowTitle } from "../protocol/index.ts";
import { listRuns, runsFolderFor, type RunRow } from "../runs/index.ts";
import { resultWords } from "./run-words.ts";
import { settingsFor } from "./settings.ts";

/**
 * Lets a person choose among runs.
 *
 * @returns its folder; undefined where none was chosen, or there is none, which is said then.
 */
export async function pickRun(
  rows: readonly RunRow[],
  { title, placeHolder, none }: { title: string; placeHolder: string; none: string },
): Promise<string | undefined> {
  if (rows.length === 0) {
    void vscode.window.showInformationMessage(none);
    return undefined;
  }
  const picked = await vscode.window.showQuickPick(rows.map(itemOf), {
    title,
    placeHolder,
    matchOnDescription: true,
  });
  return picked?.folder;
}

/** The runs of the open folders, and those beside this spec. */
export function runsNewestFirst(spec: vscode.Uri | undefined): RunRow[] {
  return [...runsFolders(spec)]
    .flatMap((folder) => listRuns(folder))
    .sort((a, b) => b.started.localeCompare(a.started));
}

/** Where runs of the open folders, and of this spec, are kept. */
function runsFolders(spec: vscode.Uri | undefined): Set<string> {
  const folders = (vscode.workspace.workspaceFolders ?? []).filter(({ uri }) => uri.scheme === "file");
  return new Set([
    ...(spec ? [settingsFor(spec).runsFolder] : []),
    ...folders.map(({ uri }) => {
      const override = vscode.workspace.getConfiguration("kspec", uri).get<string>("runs.folder", "");
      return runsFolderFor(vscode.Uri.joinPath(uri, "any.kspec.ts").fsPath, {
        workspace: uri.fsPath,
        override,
      });
    }),
  ]);
}

/** A run in a list to choose from. */
export function itemOf(row: RunRow) {
  const when = new Date(row.started).toLocaleString();
  return {
    label: workflowTitle(row),
    description: [row.kind === "tuning" ? "tuning" : undefined, row.status, resultWords(row.metrics)]
      .filter(Boolean)
      .join(" · "),
    detail: `${when} · ${row.run}`,
    folder: row.folder,
  };
}
