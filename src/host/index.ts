import path from "node:path";
import * as vscode from "vscode";
import { cancelFit, stopRun } from "./cancel-fit.ts";
import { clearCache } from "./clear-cache.ts";
import { applyFix } from "./apply-fix.ts";
import { COMMANDS, type CommandHost } from "./commands.ts";
import { Doctor } from "./doctor.ts";
import { openPlace } from "./end-messages.ts";
import { exportModel } from "./export-model.ts";
import { fitBest } from "./fit-best.ts";
import { fitModel, type RunningSpecs } from "./fit-model.ts";
import { Fits } from "./fits.ts";
import { installTensorFlow, removeTensorFlow } from "./install-tensorflow.ts";
import { LanguageServer } from "./language-server.ts";
import { newSpec } from "./new-spec.ts";
import { RefusedProblems } from "./refused-problems.ts";
import { ResultsPanels } from "./results-panels.ts";
import { resume } from "./resume.ts";
import { RunStarter } from "./run-starter.ts";
import { showResults } from "./show-results.ts";
import { showFitsInStatusBar } from "./status-bar.ts";
import { watchTunable } from "./tunable-context.ts";
import { tuneModel } from "./tune-model.ts";
import { UnfinishedRuns } from "./unfinished-runs.ts";
import { useValues } from "./use-values.ts";
import type { WatchedRun } from "./watched-run.ts";

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
      fitAgain: (run) => void again(run),
      cancel: (run) => void stopRun(run),
      resume: (run) => void resume(run.folder, parts),
      useValues: (run, config) => void useValues(parts, run.folder, config),
      fitCandidate: (run, config) => void fitBest(parts, run.folder, config),
      openPlace: (place) => void openPlace(place),
      applyFix: (place, title) => void applyFix(place, title),
    });
    const starter = new RunStarter({
      extension,
      logFolder: context.logUri,
      fits,
      panels,
      language,
      problems,
      unfinished,
      log,
    });
    const parts: RunningSpecs & { panels: ResultsPanels } = { starter, fits, language, panels };
    const again = (run: WatchedRun) => runAgain(parts, run);
    const doctor = new Doctor(extension);
    const installing = { extension, storage: context.globalStorageUri, log };
    const commands: CommandHost = {
      fit: (spec, workflow) => fitModel(parts, spec, workflow),
      tune: (spec, name) => tuneModel(parts, spec, name),
      fitBest: (tuning, config) => fitBest(parts, tuning, config),
      useBestValues: (tuning, config) => useValues(parts, tuning, config),
      cancelFit: () => cancelFit(fits),
      resume: (run) => resume(run, parts),
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
      watchTunable(language),
      ...Object.entries(COMMANDS).map(([id, command]) =>
        vscode.commands.registerCommand(id, (...args: unknown[]) => command.run(commands, ...args)),
      ),
    );
    for (const run of unfinished.find(fits)) {
      fits.add(run);
      starter.goesOn(run);
    }
  }

  stop(): Promise<void> {
    return this.#language.stop();
  }

  dispose(): void {
    this.#parts.dispose();
  }
}

/** What a run did once more, with the spec as it is now; the fit of a candidate as it was, for its values are the tuning's. */
function runAgain(parts: RunningSpecs, run: WatchedRun): Promise<void> {
  const spec = vscode.Uri.file(run.file);
  const tuned = run.state.started?.tuned;
  if (run.kind === "tuning") return tuneModel(parts, spec, run.workflow, { inFront: false });
  if (tuned && run.folder !== undefined)
    return fitBest(parts, path.join(path.dirname(run.folder), tuned.run), tuned.config);
  return fitModel(parts, spec, run.workflow, { inFront: false });
}
