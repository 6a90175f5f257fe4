import * as vscode from "vscode";
import { isTrusted } from "./only-trusted.ts";
import type { RunningSpecs } from "./fit-model.ts";
import { bringIntoSight, savedSpec } from "./saved-spec.ts";
import { requestOf, workersFor } from "./settings.ts";
import { pickRunnable, specName, workflowTitle } from "./spec-choice.ts";

/**
 * **Tune model**: runs the tuning that a spec exports. Of a `last_fit` the tuning alone: **Fit model** goes on from its results.
 *
 * @param name the export's, where it was said.
 * @param inFront as of `fitModel`.
 */
export async function tuneModel(
  { starter, fits, language }: RunningSpecs,
  given: unknown,
  name: string | undefined,
  { inFront = true } = {},
): Promise<void> {
  if (!(await isTrusted(OFF))) return;
  const spec = await savedSpec(given, "Tune model", language);
  if (!spec) return;
  const { uri, document, runnables } = spec;
  let asked = name;
  if (asked === undefined) {
    if (runnables.length > 0 && runnables.every(({ kind }) => kind !== "tune")) {
      void vscode.window.showInformationMessage(
        `${specName(uri)}.kspec.ts exports no tuning. Mark arguments of the model with tune(), and export one: ` +
          `export const results = tune_grid(my_workflow, { resamples: vfold_cv({ v: 5 }) }).`,
      );
      return;
    }
    const picked = await pickRunnable(runnables, "tune");
    if (picked === "none") return;
    asked = picked?.name;
  }
  if (inFront) await bringIntoSight(document);
  const running = fits.of(uri.fsPath, asked);
  if (running && !(await starter.mayReplace(running, "Cancel and tune again"))) return;
  const workers = workersFor(uri);
  const leadsToFit = runnables.some((one) => one.name === asked && one.kind === "fit");
  starter.start(
    {
      type: "tune",
      ...requestOf(uri),
      ...(asked === undefined ? {} : { export: asked }),
      ...(leadsToFit ? { only_tune: true } : {}),
      ...(workers === undefined ? {} : { workers }),
    },
    {
      file: uri.fsPath,
      kind: "tuning",
      title: workflowTitle(uri, asked, runnables),
      ...(asked === undefined ? {} : { workflow: asked }),
    },
  );
}

const OFF =
  "Tune model is off in Restricted Mode: tuning runs the code of the spec. Trust this workspace to tune; diagnostics work without.";
