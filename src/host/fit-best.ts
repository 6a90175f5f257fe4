import * as vscode from "vscode";
import { chooseCandidate } from "./choose-tuning.ts";
import type { RunningSpecs } from "./fit-model.ts";
import { isTrusted } from "./only-trusted.ts";
import { settingsFor } from "./settings.ts";

/**
 * **Fit best**: fits the workflow of a tuning with its best candidate's values on all training rows, and evaluates it on the test
 * rows. What is fitted is the spec as it was when it was tuned.
 *
 * @param given as of `chooseCandidate`.
 * @param config another candidate than the best.
 */
export async function fitBest(
  { starter, fits }: RunningSpecs,
  given: unknown,
  config: string | undefined,
): Promise<void> {
  if (!(await isTrusted(OFF))) return;
  const chosen = await chooseCandidate(given, config, { title: "Fit best", fits });
  if (!chosen) return;
  const { run, folder, candidate } = chosen;
  const { file, workflow, title } = run;
  const running = fits.of(file, workflow);
  if (running && !(await starter.mayReplace(running, "Cancel it and fit the candidate"))) return;
  const { seed } = settingsFor(vscode.Uri.file(file));
  starter.start(
    { type: "fit_best", folder, config: candidate.config, ...(seed === undefined ? {} : { seed }) },
    { file, kind: "fit", title, ...(workflow === undefined ? {} : { workflow }) },
  );
}

const OFF =
  "Fit best is off in Restricted Mode: fitting runs the code of the spec. Trust this workspace to fit.";
