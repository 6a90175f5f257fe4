import path from "node:path";
import * as vscode from "vscode";
import { listRuns, readRecord, type RunRow } from "../runs/index.ts";
import type { Fits } from "./fits.ts";
import type { ResultsPanels } from "./results-panels.ts";
import { pickRun, runsNewestFirst } from "./pick-run.ts";
import { settingsFor } from "./settings.ts";
import { givenSpec } from "./spec-choice.ts";
import { watchFolder } from "./watched-run.ts";

/**
 * **Show results**: of the run whose folder is given; else of the spec that is given or in front; what is being fitted comes first, then the newest
 * run. Without a spec: what is being fitted, else a choice among the workspace's runs.
 */
export async function showResults(given: unknown, fits: Fits, panels: ResultsPanels): Promise<void> {
  if (typeof given === "string" && path.isAbsolute(given) && readRecord(given) !== null)
    return showFolder(given, fits, panels);
  const spec = givenSpec(given);
  const ofSpec = spec && fits.running.findLast(({ file }) => file === spec.fsPath);
  const going = ofSpec ?? fits.running.at(-1);
  if (going && (!spec || ofSpec || listRunsOf(spec).length === 0)) {
    panels.show(going, settingsFor(vscode.Uri.file(going.file)).runsFolder);
    return;
  }
  const newest = spec && listRunsOf(spec)[0];
  const folder = newest?.folder ?? (await pickAnyRun(spec));
  if (folder !== undefined) showFolder(folder, fits, panels);
}

function showFolder(folder: string, fits: Fits, panels: ResultsPanels): void {
  const run = fits.inFolder(folder) ?? watchFolder(folder);
  if (!run) {
    void vscode.window.showErrorMessage(
      `The run in ${folder} cannot be read: its run.json is missing or damaged.`,
    );
    return;
  }
  fits.add(run);
  panels.show(run, path.dirname(folder));
}

/** The runs of one spec, newest first. */
function listRunsOf(spec: vscode.Uri): RunRow[] {
  if (spec.scheme !== "file") return [];
  return listRuns(settingsFor(spec).runsFolder).filter(({ file }) => file === spec.fsPath);
}

function pickAnyRun(spec: vscode.Uri | undefined): Promise<string | undefined> {
  return pickRun(runsNewestFirst(spec), {
    title: "Show results",
    placeHolder: "Choose a run, newest first",
    none: "No runs yet. Fit a model from a spec file: the code lens above a workflow, or KSpec: Fit model.",
  });
}
