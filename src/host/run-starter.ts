import path from "node:path";
import * as vscode from "vscode";
import type { FitBestRequest, FitRequest, TuneRequest } from "../protocol/index.ts";
import { showEnd } from "./end-messages.ts";
import { logRun } from "./fit-log.ts";
import { showProgress } from "./fit-progress.ts";
import type { Fits } from "./fits.ts";
import type { LanguageServer } from "./language-server.ts";
import type { RefusedProblems } from "./refused-problems.ts";
import type { ResultsPanels } from "./results-panels.ts";
import { progressWords } from "./run-words.ts";
import { settingsFor } from "./settings.ts";
import type { UnfinishedRuns } from "./unfinished-runs.ts";
import type { WatchedRun } from "./watched-run.ts";
import { resumeInWorker, runInWorker, type AskedFor, type WorkListener } from "./worker-runs.ts";
import type { WorkerOptions } from "./worker-process.ts";

export interface RunStarterParts {
  readonly extension: vscode.Uri;
  readonly logFolder: vscode.Uri;
  readonly fits: Fits;
  readonly panels: ResultsPanels;
  readonly language: LanguageServer;
  readonly problems: RefusedProblems;
  readonly unfinished: UnfinishedRuns;
  readonly log: vscode.LogOutputChannel;
}

/** Starts jobs in worker processes and lets everybody watch their runs: panel, status bar, notification, log. */
export class RunStarter {
  readonly #parts: RunStarterParts;

  constructor(parts: RunStarterParts) {
    this.#parts = parts;
  }

  /** A fit, a tuning, or the fit of a tuning's candidate. */
  start(request: FitRequest | TuneRequest | FitBestRequest, asked: AskedFor): WatchedRun {
    const { problems, log } = this.#parts;
    const spec = vscode.Uri.file(asked.file);
    const { env, runsFolder } = settingsFor(spec);
    const folder = request.type === "fit_best" ? path.dirname(request.folder) : runsFolder;
    problems.clear(spec);
    log.info(`${asked.title}: ${asked.kind} of ${asked.file}`);
    const run = runInWorker(request, asked, this.#worker(env), this.#listener(asked.title, folder));
    this.#watch(run, folder);
    return run;
  }

  /** Goes on with the run in a folder. @returns undefined where its folder cannot be read. */
  resume(folder: string, specFile: string | undefined): WatchedRun | undefined {
    const { env } = settingsFor(vscode.Uri.file(specFile ?? folder));
    const runsFolder = path.dirname(folder);
    const listener = this.#listener(path.basename(folder), runsFolder);
    const run = resumeInWorker(folder, this.#worker(env), listener);
    if (!run) return undefined;
    this.#parts.log.info(`${run.title}: the run in ${folder} is resumed`);
    this.#watch(run, runsFolder);
    return run;
  }

  /** A run that a window before this one started goes on: it is watched from here on, and told of when it ends. */
  goesOn(run: WatchedRun): void {
    const { log, unfinished } = this.#parts;
    log.info(`${run.title}: the ${run.kind} goes on (${run.folder ?? ""}).`);
    unfinished.remember(run);
    logRun(run, log);
    void run.ended.then(() => this.#tellEnd(run));
  }

  /**
   * Asks what to do about a run that goes on and would be in the way of another one.
   *
   * @param instead what the button says that cancels it.
   * @returns whether to go on with the other one, the running one being cancelled.
   */
  async mayReplace(running: WatchedRun, instead: string): Promise<boolean> {
    const show = "Show results";
    const chosen = await vscode.window.showWarningMessage(
      `${running.title} is being ${running.kind === "tuning" ? "tuned" : "fitted"} (${progressWords(running.state)}).`,
      instead,
      show,
    );
    if (chosen === show)
      this.#parts.panels.show(running, settingsFor(vscode.Uri.file(running.file)).runsFolder);
    if (chosen !== instead) return false;
    // Its process may begin another run before it hears that it shall stop: a tuning's fit.
    for (let run: WatchedRun | undefined = running; run !== undefined; run = run.next) {
      run.cancel();
      await run.ended;
    }
    return true;
  }

  #worker(env: Readonly<Record<string, string>>): WorkerOptions {
    const { extension, logFolder } = this.#parts;
    return {
      script: vscode.Uri.joinPath(extension, "dist", "worker.js").fsPath,
      logFile: path.join(logFolder.fsPath, `worker-${Date.now()}-${++started}.log`),
      env,
    };
  }

  #listener(title: string, runsFolder: string): WorkListener {
    return {
      log: (line) => this.#parts.log.info(`${title}: ${line}`),
      next: (run) => this.#watch(run, runsFolder),
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

  async #tellEnd(run: WatchedRun): Promise<void> {
    const { panels, log } = this.#parts;
    if (run.end) await showEnd(run, run.end, { panelIsVisible: panels.isVisible(run), log });
  }
}

/** Worker logs of one window must not meet. */
let started = 0;
