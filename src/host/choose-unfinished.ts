import path from "node:path";
import { readRecord, type RunRow } from "../runs/index.ts";
import { pickRun, runsNewestFirst } from "./pick-run.ts";
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
  const rows = runsNewestFirst(spec).filter(isUnfinished);
  const own = rows.filter(({ file }) => file === spec?.fsPath);
  return pickRun(own.length > 0 ? own : rows, {
    title: "Resume",
    placeHolder: "Choose the run to go on with, newest first",
    none: "There is no run to resume: none was stopped, failed or lost its process.",
  });
}

function isUnfinished({ status }: RunRow): boolean {
  return status === "cancelled" || status === "failed" || status === "lost";
}
