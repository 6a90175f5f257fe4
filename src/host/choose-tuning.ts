import path from "node:path";
import { readRecord } from "../runs/index.ts";
import type { CandidateState, TuningState } from "../protocol/index.ts";
import * as vscode from "vscode";
import type { Fits } from "./fits.ts";
import { pickRun, runsNewestFirst } from "./pick-run.ts";
import { givenSpec } from "./spec-choice.ts";
import { bestCandidate } from "./tuning-words.ts";
import { watchFolder, type WatchedRun } from "./watched-run.ts";

/** A candidate of a tuning run, whose values are used or which is fitted. */
export interface ChosenCandidate {
  readonly run: WatchedRun;
  readonly folder: string;
  readonly tuning: TuningState;
  readonly candidate: CandidateState;
}

/**
 * The candidate that **Fit best** and **Use best values** mean.
 *
 * @param given A tuning run's folder, as a path; or a spec, as commands are given one: its only tuning run, else one that a person
 *   picks, among all of the open folders where it has none.
 * @param config The candidate's; absent: the best so far by the first metric.
 * @returns undefined where nobody chose one, or there is none, which is said then.
 */
export async function chooseCandidate(
  given: unknown,
  config: string | undefined,
  { title, fits }: { readonly title: string; readonly fits: Fits },
): Promise<ChosenCandidate | undefined> {
  const folder = await chooseTuning(given, title);
  const run = folder === undefined ? undefined : (fits.inFolder(folder) ?? watchFolder(folder));
  if (folder === undefined || run === undefined) return undefined;
  const { tuning } = run.state;
  const candidate =
    config === undefined
      ? tuning && bestCandidate(tuning)
      : tuning?.candidates.find((one) => one.config === config);
  if (tuning && candidate) return { run, folder, tuning, candidate };
  void vscode.window.showInformationMessage(
    config === undefined
      ? `No candidate of ${run.title} has a result yet. Wait for its first trials, or tune again.`
      : `${run.title} has no candidate ${config}.`,
  );
  return undefined;
}

async function chooseTuning(given: unknown, title: string): Promise<string | undefined> {
  if (typeof given === "string" && path.isAbsolute(given) && readRecord(given)?.kind === "tuning")
    return given;
  const spec = givenSpec(given);
  const rows = runsNewestFirst(spec).filter(({ kind }) => kind === "tuning");
  const own = rows.filter(({ file }) => file === spec?.fsPath);
  if (own.length === 1) return own[0]!.folder;
  return pickRun(own.length > 0 ? own : rows, {
    title,
    placeHolder: "Choose a tuning, newest first",
    none: "No model was tuned yet. Tune one from a spec file: the code lens above a tuning, or KSpec: Tune model.",
  });
}
