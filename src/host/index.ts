import * as vscode from "vscode";
import { cancelFit, stopRun } from "./cancel-fit.ts";
import { clearCache } from "./clear-cache.ts";
import { applyFix } from "./apply-fix.ts";
import { COMMANDS, type CommandHost } from "./commands.ts";
import { Doctor } from "./doctor.ts";
import { openPlace } from "./end-messages.ts";
import { exportModel } from "./export-model.ts";
import { FitModel } from "./fit-model.ts";
import { Fits } from "./fits.ts";
import { installTensorFlow, removeTensorFlow } from "./install-tensorflow.ts";
import { LanguageServer } from "./language-server.ts";
import { newSpec } from "./new-spec.ts";
import { RefusedProblems } from "./refused-problems.ts";
import { ResultsPanels } from "./results-panels.ts";
import { showResults } from "./show-results.ts";
import { showFitsInStatusBar } from "./status-bar.ts";
import { UnfinishedRuns } from "./unfinished-runs.ts";

/** The parts of the extension, put together. */
export class Host implements vscode.Disposable {
  readonly #language: LanguageServer;
  readonly #parts: vscode.Disposable;

  constructor(context: vscode.ExtensionContext) {
    const extension = context.extensionUri;
    const log = vscode.window.createOutputChannel("KSpec", { log: true });
    const fits = new Fits();
    const problems = new RefusedProblems();
    const unfinished = new UnfinishedRuns(context.workspaceState);
    const language = new LanguageServer(extension, log);
    const panels = new ResultsPanels(extension, fits, {
      fitAgain: (run) => void fitModel.again(run),
      cancel: (run) => void stopRun(run),
      resume: (run) => void fitModel.resume(run.folder),
      openPlace: (place) => void openPlace(place),
      applyFix: (place, title) => void applyFix(place, title),
    });
    const fitModel = new FitModel({
      extension,
      logFolder: context.logUri,
      fits,
      panels,
      language,
      problems,
      unfinished,
      log,
    });
    const doctor = new Doctor(extension);
    const installing = { extension, storage: context.globalStorageUri, log };
    const commands: CommandHost = {
      fit: (spec, workflow) => fitModel.run(spec, workflow),
      cancelFit: () => cancelFit(fits),
      resume: (run) => fitModel.resume(run),
      showResults: (spec) => showResults(spec, fits, panels),
      exportModel: (spec) => exportModel(spec, { extension, log }),
      clearCache: () => clearCache({ extension, log }),
      newSpec: () => newSpec(extension),
      doctor: () => doctor.show(),
      installTensorFlow: () => installTensorFlow(installing),
      removeTensorFlow: () => removeTensorFlow(installing),
      showLog: () => log.show(true),
    };

    this.#language = language;
    this.#parts = vscode.Disposable.from(
      log,
      problems,
      language,
      doctor,
      panels.register(),
      showFitsInStatusBar(fits),
      ...Object.entries(COMMANDS).map(([id, command]) =>
        vscode.commands.registerCommand(id, (...args: unknown[]) => command.run(commands, ...args)),
      ),
    );
    for (const run of unfinished.find(fits)) {
      fits.add(run);
      fitModel.resumed(run);
    }
  }

  stop(): Promise<void> {
    return this.#language.stop();
  }

  dispose(): void {
    this.#parts.dispose();
  }
}
