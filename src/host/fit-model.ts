import * as vscode from "vscode";
import type { Fits } from "./fits.ts";
import type { LanguageServer } from "./language-server.ts";
import { isTrusted } from "./only-trusted.ts";
import type { RunStarter } from "./run-starter.ts";
import { bringIntoSight, savedSpec } from "./saved-spec.ts";
import { requestOf } from "./settings.ts";
import { pickRunnable, specName, workflowTitle, type Runnable } from "./spec-choice.ts";

/** What Fit model and Tune model need of the host. */
export interface RunningSpecs {
  readonly starter: RunStarter;
  readonly fits: Fits;
  readonly language: LanguageServer;
}

/**
 * **Fit model**: from whatever the command was given to a run that is watched.
 *
 * @param workflow the export's name, where it was said.
 * @param inFront whether the spec is brought into sight; not where the panel asked, which may stand alone.
 */
export async function fitModel(
  { starter, fits, language }: RunningSpecs,
  given: unknown,
  workflow: string | undefined,
  { inFront = true } = {},
): Promise<void> {
  if (!(await isTrusted(OFF))) return;
  const spec = await savedSpec(given, "Fit model", language);
  if (!spec) return;
  const { uri, document, runnables } = spec;
  let name = workflow;
  if (name === undefined) {
    if (onlyTunings(runnables)) return offerTuning(uri);
    const picked = await pickRunnable(runnables, "fit");
    if (picked === "none") return;
    name = picked?.name;
  }
  if (inFront) await bringIntoSight(document);
  const running = fits.of(uri.fsPath, name);
  if (running && !(await starter.mayReplace(running, "Cancel and fit again"))) return;
  starter.start(
    { type: "fit", ...requestOf(uri), ...(name === undefined ? {} : { workflow: name }) },
    {
      file: uri.fsPath,
      kind: "fit",
      title: workflowTitle(uri, name, runnables),
      ...(name === undefined ? {} : { workflow: name }),
    },
  );
}

function onlyTunings(runnables: readonly Runnable[]): boolean {
  return runnables.length > 0 && runnables.every(({ kind }) => kind === "tune");
}

async function offerTuning(spec: vscode.Uri): Promise<void> {
  const tune = "Tune model";
  const chosen = await vscode.window.showInformationMessage(
    `${specName(spec)}.kspec.ts exports a tuning and no workflow to fit. Tune it, and fit its best candidate then.`,
    tune,
  );
  if (chosen === tune) await vscode.commands.executeCommand("kspec.tune", spec);
}

/** A spec is a program: it is run only in a trusted workspace. */
const OFF =
  "Fit model is off in Restricted Mode: fitting runs the code of the spec. Trust this workspace to fit; diagnostics work without.";
