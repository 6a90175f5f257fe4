import path from "node:path";
import * as vscode from "vscode";
import type { FitRequest } from "../protocol/index.ts";
import { readRecord } from "../runs/index.ts";
import { chooseUnfinished } from "./choose-unfinished.ts";
import { showEnd } from "./end-messages.ts";
import { logRun } from "./fit-log.ts";
import { showProgress } from "./fit-progress.ts";
import type { Fits } from "./fits.ts";
import type { LanguageServer } from "./language-server.ts";
import { isTrusted } from "./only-trusted.ts";
import type { RefusedProblems } from "./refused-problems.ts";
import type { ResultsPanels } from "./results-panels.ts";
import { progressWords } from "./run-words.ts";
import { settingsFor } from "./settings.ts";
import { givenSpec, pickSpec, pickWorkflow, workflowTitle } from "./spec-choice.ts";
import type { UnfinishedRuns } from "./unfinished-runs.ts";
import { fitInWorker, resumeInWorker, type WatchedRun } from "./watched-run.ts";
import type { WorkerOptions } from "./worker-process.ts";

export interface FitModelParts {
  readonly extension: vscode.Uri;
  readonly logFolder: vscode.Uri;
  readonly fits: Fits;
  readonly panels: ResultsPanels;
  readonly language: LanguageServer;
  readonly problems: RefusedProblems;
  readonly unfinished: UnfinishedRuns;
  readonly log: vscode.LogOutputChannel;
}

/** **Fit model**: from whatever the command was given to a run that is watched. */
export class FitModel {
  readonly #parts: FitModelParts;

  constructor(parts: FitModelParts) {
    this.#parts = parts;
  }

  async run(given: unknown, workflow: string | undefined, { again = false } = {}): Promise<void> {
    if (!(await isTrusted(OFF))) return;
    const spec = givenSpec(given) ?? (await pickSpec("Fit model"));
    if (!spec) return;
    const saved = await savedOnDisk(spec);
    if (!saved) return;

    // The language server knows only texts that are open.
    const document = await vscode.workspace.openTextDocument(saved);
    const runnables = (await this.#parts.language.runnables(saved)) ?? [];
    let name = workflow;
    if (name === undefined) {
      const picked = await pickWorkflow(runnables);
      if (picked === "none") return;
      name = picked?.name;
    }

    // The panel opens beside the spec, so the spec is to be in sight.
    const inSight = vscode.window.visibleTextEditors.some((editor) => editor.document === document);
    if (!inSight && !again)
      await vscode.window.showTextDocument(document, { viewColumn: vscode.ViewColumn.One, preview: false });

    const running = this.#parts.fits.of(saved.fsPath, name);
    if (running && !(await this.#askAboutRunning(running, "Cancel and fit again"))) return;
    this.#start(saved, name, workflowTitle(saved, name, runnables));
  }

  /** The same spec and workflow once more, as they are now. */
  async again(run: WatchedRun): Promise<void> {
    await this.run(vscode.Uri.file(run.file), run.workflow, { again: true });
  }

  /** **Resume**: goes on with a run that was stopped, or whose process is gone; of several a person picks one. */
  async resume(given: unknown): Promise<void> {
    if (!(await isTrusted(RESUME_OFF))) return;
    const folder = await chooseUnfinished(given);
    if (folder === undefined) return;
    const { fits, panels, log } = this.#parts;
    const going = fits.inFolder(folder);
    if (going?.going) {
      panels.show(going, path.dirname(folder));
      return;
    }
    const spec = readRecord(folder)?.spec;
    const running = spec && fits.of(spec.file, spec.workflow);
    if (running && !(await this.#askAboutRunning(running, "Cancel it and resume"))) return;
    const { env } = settingsFor(vscode.Uri.file(spec?.file ?? folder));
    const name = path.basename(folder);
    const run = resumeInWorker(folder, this.#worker(env), (line) => log.info(`${name}: ${line}`));
    if (!run) {
      void vscode.window.showErrorMessage(
        `The run in ${folder} cannot be read: its run.json is missing or damaged.`,
      );
      return;
    }
    log.info(`${run.title}: the run in ${folder} is resumed`);
    this.#watch(run, path.dirname(folder));
  }

  #start(spec: vscode.Uri, workflow: string | undefined, title: string): void {
    const { problems, log } = this.#parts;
    const settings = settingsFor(spec);
    const request: FitRequest = {
      type: "fit",
      file: spec.fsPath,
      ...(workflow === undefined ? {} : { workflow }),
      ...(settings.seed === undefined ? {} : { seed: settings.seed }),
      ...(settings.runs === undefined ? {} : { runs: settings.runs }),
      ...(settings.workspace === undefined ? {} : { workspace: settings.workspace }),
    };
    problems.clear(spec);
    log.info(`${title}: fit of ${spec.fsPath}`);
    const run = fitInWorker(request, title, this.#worker(settings.env), (line) =>
      log.info(`${title}: ${line}`),
    );
    this.#watch(run, settings.runsFolder);
  }

  #worker(env: Readonly<Record<string, string>>): WorkerOptions {
    const { extension, logFolder } = this.#parts;
    return {
      script: vscode.Uri.joinPath(extension, "dist", "worker.js").fsPath,
      logFile: path.join(logFolder.fsPath, `worker-${Date.now()}-${++started}.log`),
      env,
    };
  }

  #watch(run: WatchedRun, runsFolder: string): void {
    const { fits, panels, problems, unfinished, log } = this.#parts;
    fits.add(run);
    unfinished.remember(run);
    logRun(run, log);
    panels.show(run, runsFolder);
    showProgress(run);
    void run.ended.then((end) => {
      if (end.how === "refused") problems.show(end.problems);
      return this.#tellEnd(run);
    });
  }

  /** A fit that a window before this one started goes on: it is watched from here on, and told of when it ends. */
  resumed(run: WatchedRun): void {
    const { log, unfinished } = this.#parts;
    log.info(`${run.title}: the fit goes on (${run.folder ?? ""}).`);
    unfinished.remember(run);
    logRun(run, log);
    void run.ended.then(() => this.#tellEnd(run));
  }

  async #tellEnd(run: WatchedRun): Promise<void> {
    const { panels, log } = this.#parts;
    if (run.end) await showEnd(run, run.end, { panelIsVisible: panels.isVisible(run), log });
  }

  /** @returns whether to go on with another fit, the running one being cancelled. */
  async #askAboutRunning(running: WatchedRun, again: string): Promise<boolean> {
    const show = "Show results";
    const chosen = await vscode.window.showWarningMessage(
      `${running.title} is being fitted (${progressWords(running.state)}).`,
      again,
      show,
    );
    if (chosen === show)
      this.#parts.panels.show(running, settingsFor(vscode.Uri.file(running.file)).runsFolder);
    if (chosen !== again) return false;
    running.cancel();
    await running.ended;
    return true;
  }
}

/** Worker logs of one window must not meet. */
let started = 0;

/** A spec is a program: it is run only in a trusted workspace. */
const OFF =
  "Fit model is off in Restricted Mode: fitting runs the code of the spec. Trust this workspace to fit; diagnostics work without.";
const RESUME_OFF =
  "Resume is off in Restricted Mode: fitting runs the code of the spec. Trust this workspace to resume the run.";

/** The worker reads the spec, and what it imports, from disk: what is unsaved is saved first. */
async function savedOnDisk(spec: vscode.Uri): Promise<vscode.Uri | undefined> {
  const open = vscode.workspace.textDocuments.find(({ uri }) => uri.toString() === spec.toString());
  let saved: vscode.Uri | undefined = spec;
  if (open?.isUntitled) saved = await vscode.workspace.save(spec);
  else if (open?.isDirty && !(await open.save())) saved = undefined;
  if (!saved) {
    void vscode.window.showErrorMessage(
      `${path.posix.basename(spec.path)} could not be saved. Save it, then fit again: the background process reads it from disk.`,
    );
    return undefined;
  }
  if (saved.scheme !== "file") {
    void vscode.window.showErrorMessage(
      `${path.posix.basename(spec.path)} is not in a folder on disk. Save a copy of it on disk, then fit that.`,
    );
    return undefined;
  }
  const neighbours = vscode.workspace.textDocuments.filter(
    ({ isDirty, isUntitled, uri, languageId }) =>
      isDirty &&
      !isUntitled &&
      uri.scheme === "file" &&
      ["typescript", "javascript", "json"].includes(languageId),
  );
  for (const document of neighbours) await document.save();
  return saved;
}
