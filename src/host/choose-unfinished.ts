import path from "node:path";
import * as vscode from "vscode";
import { listRuns, readRecord, type RunRow } from "../runs/index.ts";
import { itemOf, runsFolders } from "./show-results.ts";
import { givenSpec } from "./spec-choice.ts";

/**
 * The folder of the run that **Resume** goes on with: the one that is given, else what a person picks among the unfinished runs of the
 * spec in front, or of all where it has none.
 *
 * @param given A run's folder, as a path; or a spec, as commands are given one.
 */
export async function chooseUnfinished(given: unknown): Promise<string | undefined> {
  if (typeof given === "string" && path.isAbsolute(given) && readRecord(given) !== null) return given;
  const spec = givenSpec(given);
  const rows = [...runsFolders(spec)]
    .flatMap((folder) => listRuns(folder))
    .filter(isUnfinished)
    .sort((a, b) => b.started.localeCompare(a.started));
  const own = rows.filter(({ file }) => file === spec?.fsPath);
  const offered = own.length > 0 ? own : rows;
  if (offered.length === 0) {
    void vscode.window.showInformationMessage(
      "There is no run to resume: none was stopped, failed or lost its process.",
    );
    return undefined;
  }
  const picked = await vscode.window.showQuickPick(offered.map(itemOf), {
    title: "Resume",
    placeHolder: "Choose the run to go on with, newest first",
    matchOnDescription: true,
  });
  return picked?.folder;
}

function isUnfinished({ status }: RunRow): boolean {
  return status === "cancelled" || status === "failed" || status === "lost";
}
