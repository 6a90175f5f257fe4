import * as vscode from "vscode";
import { listRuns, runsFolderFor, type RunRow } from "../runs/index.ts";
import type { Fits } from "./fits.ts";
import type { ResultsPanels } from "./results-panels.ts";
import { workflowTitle } from "../protocol/index.ts";
import { resultWords } from "./run-words.ts";
import { settingsFor } from "./settings.ts";
import { givenSpec } from "./spec-choice.ts";
import { watchFolder } from "./watched-run.ts";

/**
 * **Show results**: of the spec that is given or in front; what is being fitted comes first, then the newest
 * run. Without a spec: what is being fitted, else a choice among the workspace's runs.
 */
export async function showResults(given: unknown, fits: Fits, panels: ResultsPanels): Promise<void> {
  const spec = givenSpec(given);
  const ofSpec = spec && fits.running.findLast(({ file }) => file === spec.fsPath);
  const going = ofSpec ?? fits.running.at(-1);
  if (going && (!spec || ofSpec || listRunsOf(spec).length === 0)) {
    panels.show(going, settingsFor(vscode.Uri.file(going.file)).runsFolder);
    return;
  }
  const newest = spec && listRunsOf(spec)[0];
  const folder = newest?.folder ?? (await pickRun(spec));
  if (folder === undefined) return;
  const run = fits.inFolder(folder) ?? watchFolder(folder);
  if (!run) {
    void vscode.window.showErrorMessage(
      `The run in ${folder} cannot be read: its run.json is missing or damaged.`,
    );
    return;
  }
  fits.add(run);
  panels.show(run, vscode.Uri.joinPath(vscode.Uri.file(folder), "..").fsPath);
}

/** The runs of one spec, newest first. */
function listRunsOf(spec: vscode.Uri): RunRow[] {
  if (spec.scheme !== "file") return [];
  return listRuns(settingsFor(spec).runsFolder).filter(({ file }) => file === spec.fsPath);
}

async function pickRun(spec: vscode.Uri | undefined): Promise<string | undefined> {
  const rows = [...runsFolders(spec)]
    .flatMap((folder) => listRuns(folder))
    .sort((a, b) => b.started.localeCompare(a.started));
  if (rows.length === 0) {
    void vscode.window.showInformationMessage(
      "No runs yet. Fit a model from a spec file: the code lens above a workflow, or KSpec: Fit model.",
    );
    return undefined;
  }
  const picked = await vscode.window.showQuickPick(rows.map(itemOf), {
    title: "Show results",
    placeHolder: "Choose a run, newest first",
    matchOnDescription: true,
  });
  return picked?.folder;
}

/** Where runs of the open folders, and of this spec, are kept. */
export function runsFolders(spec: vscode.Uri | undefined): Set<string> {
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
    description: [row.status, resultWords(row.metrics)].filter(Boolean).join(" · "),
    detail: `${when} · ${row.run}`,
    folder: row.folder,
  };
}
