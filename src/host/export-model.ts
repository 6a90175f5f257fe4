import { existsSync } from "node:fs";
import path from "node:path";
import * as vscode from "vscode";
import { IN_RUN, type RunRow } from "../runs/index.ts";
import { runCli } from "./cli-process.ts";
import { itemOf, runsNewestFirst } from "./pick-run.ts";
import { givenSpec } from "./spec-choice.ts";

/**
 * **Export model…**: writes the model of a run, one of the spec that is given or in front where it has some, as ONNX or for
 * TensorFlow.js. It runs no code of the user's, so it may also in an untrusted workspace.
 */
export async function exportModel(
  given: unknown,
  { extension, log }: { readonly extension: vscode.Uri; readonly log: vscode.LogOutputChannel },
): Promise<void> {
  const run = await pickRun(givenSpec(given));
  if (!run) return;
  const format = await pickFormat();
  if (!format) return;
  const target = await pickPlace(run, format);
  if (!target) return;

  const end = await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title: `Exporting ${run.model}`, cancellable: true },
    (_, cancellation) => {
      const stop = new AbortController();
      cancellation.onCancellationRequested(() => stop.abort());
      const script = vscode.Uri.joinPath(extension, "dist", "cli.js").fsPath;
      // The dialog has asked whether a file that is there may be replaced.
      const args = ["export", run.folder, "--to", format.to, "--out", target.fsPath, "--force"];
      return runCli(script, args, stop.signal);
    },
  );
  if (end.how === "cancelled") return;
  if (end.how === "failed") {
    log.error(`Export of ${run.folder}: ${end.message}`);
    void vscode.window.showErrorMessage(end.message);
    return;
  }
  log.info(`${run.run} was exported to ${target.fsPath}.`);
  const reveal = "Reveal";
  const name = path.basename(target.fsPath);
  const { notes = [] } = (end.said[0] ?? {}) as { notes?: readonly string[] };
  const told = [`${run.model} was exported to ${name}.`, ...notes].join(" ");
  const chosen = await vscode.window.showInformationMessage(told, reveal);
  if (chosen === reveal) await vscode.commands.executeCommand("revealFileInOS", target);
}

/** The spec's newest runs come first, and only they where there are some; runs without a model are left out. */
async function pickRun(spec: vscode.Uri | undefined): Promise<RunRow | undefined> {
  const rows = runsNewestFirst(spec).filter(({ folder }) =>
    existsSync(path.join(folder, IN_RUN.model, "model.json")),
  );
  const own = rows.filter(({ file }) => file === spec?.fsPath);
  const offered = own.length > 0 ? own : rows;
  if (offered.length === 0) {
    void vscode.window.showInformationMessage(
      "There is no fitted model to export yet. Fit one from a spec file: the code lens above a workflow, or KSpec: Fit model.",
    );
    return undefined;
  }
  if (offered.length === 1) return offered[0];
  const picked = await vscode.window.showQuickPick(
    offered.map((row) => ({ ...itemOf(row), row })),
    {
      title: "Export model",
      placeHolder: "Choose a run, newest first",
      matchOnDescription: true,
    },
  );
  return picked?.row;
}

interface Format {
  readonly to: "onnx" | "tfjs";
  readonly label: string;
  readonly detail: string;
  readonly fileName: (model: string) => string;
  readonly filters?: Record<string, string[]>;
}

const FORMATS: readonly Format[] = [
  {
    to: "onnx",
    label: "ONNX",
    detail:
      "One file that takes raw data: the preprocessing is in it. For Python, C#, Java, browsers, phones.",
    fileName: (model) => `${model}.onnx`,
    filters: { ONNX: ["onnx"] },
  },
  {
    to: "tfjs",
    label: "TensorFlow.js",
    detail: "A folder with the layers model and its weights. It takes what the recipe makes of the data.",
    fileName: (model) => `${model}_tfjs`,
  },
];

function pickFormat(): Thenable<Format | undefined> {
  return vscode.window.showQuickPick(FORMATS, {
    title: "Export model",
    placeHolder: "Choose a format",
    matchOnDetail: true,
  });
}

/** Beside the spec, unless a person says otherwise. */
function pickPlace(run: RunRow, { label, fileName, filters }: Format): Thenable<vscode.Uri | undefined> {
  const beside = path.join(path.dirname(run.file), fileName(run.model));
  return vscode.window.showSaveDialog({
    title: `Export model as ${label}`,
    saveLabel: "Export",
    defaultUri: vscode.Uri.file(beside),
    ...(filters === undefined ? {} : { filters }),
  });
}
