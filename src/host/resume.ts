import path from "node:path";
import * as vscode from "vscode";
import { readRecord } from "../runs/index.ts";
import { chooseUnfinished } from "./choose-unfinished.ts";
import type { Fits } from "./fits.ts";
import { isTrusted } from "./only-trusted.ts";
import type { ResultsPanels } from "./results-panels.ts";
import type { RunStarter } from "./run-starter.ts";

/** **Resume**: goes on with a fit or a tuning that was stopped, or whose process is gone; of several a person picks one. */
export async function resume(
  given: unknown,
  { starter, fits, panels }: { starter: RunStarter; fits: Fits; panels: ResultsPanels },
): Promise<void> {
  if (!(await isTrusted(OFF))) return;
  const folder = await chooseUnfinished(given);
  if (folder === undefined) return;
  const going = fits.inFolder(folder);
  if (going?.going) {
    panels.show(going, path.dirname(folder));
    return;
  }
  const spec = readRecord(folder)?.spec;
  const running = spec && fits.of(spec.file, spec.workflow);
  if (running && !(await starter.mayReplace(running, "Cancel it and resume"))) return;
  if (!starter.resume(folder, spec?.file))
    void vscode.window.showErrorMessage(
      `The run in ${folder} cannot be read: its run.json is missing or damaged.`,
    );
}

const OFF =
  "Resume is off in Restricted Mode: fitting runs the code of the spec. Trust this workspace to resume the run.";
