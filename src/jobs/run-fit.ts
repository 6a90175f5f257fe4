import type { FitListener, FitResult } from "../engine/contract.ts";
import {
  isUserError,
  RUN_EVENT_VERSION,
  type FitRequest,
  type MetricRow,
  type RunEnded,
} from "../protocol/index.ts";
import {
  createRun,
  lastFinishedRun,
  resumeRun,
  runsFolderFor,
  type RunRecord,
  type RunWriter,
} from "../runs/index.ts";
import { assess } from "./assess.ts";
import { blockLine } from "./block-line.ts";
import type { RunnableWorkflow } from "./choose-workflow.ts";
import { asProblem, type FileDiagnostic } from "./file-diagnostic.ts";
import { detailsOf, messageOf } from "./error-message.ts";
import type { FitHooks, FitOutcome } from "./fit.ts";
import { KeptEpochs } from "./kept-epochs.ts";
import { kspecVersion } from "./kspec-version.ts";
import type { LoadedSpec } from "./load-spec.ts";
import { plainArguments } from "./plain-arguments.ts";
import { readRows } from "./read-rows.ts";
import { changedFiles, type ResumedRun } from "./resumed-run.ts";
import { RunLog } from "./run-log.ts";
import { millisecondsOf } from "./worked-time.ts";

export interface FitTask {
  readonly spec: LoadedSpec;
  /** The name the workflow is exported by. */
  readonly name: string;
  readonly workflow: RunnableWorkflow;
  readonly request: FitRequest;
  readonly seed: number;
  readonly remarks: readonly FileDiagnostic[];
  /** The tuning that the workflow's values come from; absent: it has them itself. */
  readonly tuned?: RunRecord["tuned"];
  /** The run that it goes on with; absent: it makes one. */
  readonly resumed?: ResumedRun;
}

/**
 * Makes a run of a workflow, or opens the one that goes on, and does it, from `run_started` or `resumed` to `run_ended`. Whatever fails after the
 * folder is there ends the run as failed and is told in it.
 *
 * @throws UserError when the folder cannot be made, or nothing can compute.
 */
export async function runFit(task: FitTask, hooks: FitHooks, signal?: AbortSignal): Promise<FitOutcome> {
  const began = performance.now();
  const said = task.resumed?.events ?? [];
  const run = await begin(task);
  const stop = new AbortController();
  const log = new RunLog(run, hooks.event, () => stop.abort(), said);
  const kept: Kept = { epochs: new KeptEpochs(run, began), features: 0, metrics: [] };
  /** Somebody wants it to stop: by Ctrl-C, the host's message, or the cancel file. */
  const asked = AbortSignal.any([run.cancelled, ...(signal === undefined ? [] : [signal])]);
  const crash = watchForCrash();
  const end = (rest: Pick<RunEnded, "status"> & Partial<RunEnded>): FitOutcome => {
    crash.stop();
    const seconds = Math.round(performance.now() - began + millisecondsOf(said)) / 1000;
    const ended = log.say({ type: "run_ended", folder: run.folder, seconds, ...rest }) as RunEnded;
    log.close();
    run.close();
    return { how: "ended", ended, metrics: kept.metrics };
  };
  try {
    started(task, run, log);
    const work = fitAndAssess(task, run, log, hooks, AbortSignal.any([stop.signal, asked]), kept);
    const finished = await Promise.race([work, crash.happens]);
    // A folder that cannot be written to stopped it, and not a person.
    if (log.failure !== undefined) throw log.failure;
    return finished ? end({ status: "done" }) : end({ status: "cancelled", kept: whatIsKept(kept) });
  } catch (error) {
    stop.abort();
    const cause = log.failure ?? error;
    // Whatever an interrupted reader or download throws then, it is no failure.
    if (log.failure === undefined && asked.aborted)
      return end({ status: "cancelled", kept: whatIsKept(kept) });
    const place = task.spec.lineOf(cause) ?? (await blockLine(cause, task.spec));
    if (!isUserError(cause)) hooks.log(detailsOf(cause));
    return end({
      status: "failed",
      error: { message: messageOf(cause), ...(place === undefined ? {} : { place }) },
      kept: whatIsKept(kept),
    });
  }
}

/** What can be used of a run so far. */
interface Kept {
  readonly epochs: KeptEpochs;
  /** Rows whose features lie in the cache. */
  features: number;
  metrics: readonly MetricRow[];
}

function whatIsKept({ epochs, features }: Kept): string {
  if (epochs.saved > 0) return `The model of epoch ${epochs.saved} is kept.`;
  return features > 0
    ? `No epoch was finished. ${features.toLocaleString("en-US")} ${features === 1 ? "row has its" : "rows have their"} features in the cache: the next fit goes on from there.`
    : "Nothing is kept: no epoch was finished.";
}

/** The folder, with `run.json` in it. What computes is chosen first, because the run says so from its first line. */
async function begin(task: FitTask): Promise<RunWriter> {
  const { spec, name, workflow, request, seed, resumed } = task;
  const { model } = workflow;
  const engine = await import("../engine/index.ts");
  const backend = await engine.chooseBackend(model.engine, { specFolder: spec.folder });
  const { tf } = await import("../engine/tensorflow/index.ts");
  const versions = { kspec: kspecVersion(), node: process.versions.node, tensorflowjs: tf.version_core };
  if (resumed !== undefined) {
    const { record, folder, claim } = resumed;
    const asked = plainArguments({ ...DEFAULTS, ...model.arguments });
    return resumeRun(folder, record, claim, {
      backend,
      versions,
      epochs: epochsOf(workflow),
      arguments: asked,
    });
  }
  const folder = runsFolderFor(spec.file, { workspace: request.workspace, override: request.runs });
  return createRun(folder, name === "default" ? model.spec.model_name : name, {
    spec: { file: spec.file, workflow: name, model: model.spec.model_name, texts: spec.texts },
    mode: model.spec.mode,
    arguments: plainArguments({ ...DEFAULTS, ...model.arguments }),
    engine: model.engine,
    seed,
    epochs: epochsOf(workflow),
    backend,
    versions,
    ...(workflow.metrics === undefined ? {} : { metrics: workflow.metrics.metrics }),
    ...(task.tuned === undefined ? {} : { tuned: task.tuned }),
  });
}

/** Kerasnip's. The loss depends on the data and is left to the engine. */
const DEFAULTS = {
  learn_rate: 0.01,
  fit_epochs: 1,
  fit_batch_size: 32,
  fit_validation_split: 0,
  fit_shuffle: true,
  compile_optimizer: "adam",
};

/** How many there are at most. */
function epochsOf({ model, fine_tune }: RunnableWorkflow): number {
  const epochs = model.arguments["fit_epochs"];
  return (typeof epochs === "number" ? epochs : DEFAULTS.fit_epochs) + (fine_tune?.epochs ?? 0);
}

function started(task: FitTask, run: RunWriter, log: RunLog): void {
  if (task.resumed === undefined) startedAnew(task, run, log);
  else goesOn(task.resumed, run, log);
  for (const remark of task.remarks) log.say(asProblem(remark));
}

/** What is not as it was when the run began is told: the numbers may differ. */
function goesOn({ record: before, state }: ResumedRun, run: RunWriter, log: RunLog): void {
  const { epochs, backend, versions } = run.record;
  log.say({ type: "resumed", epoch: state?.epoch ?? 0, epochs, backend, folder: run.folder });
  const changed = changedFiles(before);
  if (changed.length > 0)
    log.note(
      "warning",
      "spec-changed",
      `${changed.join(", ")} ${changed.length === 1 ? "says" : "say"} something else than when this run began. It goes on as it began; fit the spec anew for what it says now.`,
    );
  if (backend.name !== before.backend.name || versions["kspec"] !== before.versions["kspec"])
    log.note(
      "warning",
      "resumed-elsewhere",
      `This run was begun by KSpec ${before.versions["kspec"]} on ${before.backend.name} and goes on by KSpec ${versions["kspec"]} on ${backend.name}: its last epochs may differ a little from those of a run that never stopped.`,
    );
}

function startedAnew({ spec, name }: FitTask, run: RunWriter, log: RunLog): void {
  const { record } = run;
  const runsFolder = run.path("..");
  const before = lastFinishedRun(runsFolder, spec.file, name);
  log.say({
    type: "run_started",
    version: RUN_EVENT_VERSION,
    spec: { file: spec.file, workflow: name, model: record.spec.model },
    mode: record.mode,
    arguments: record.arguments,
    seed: record.seed,
    backend: record.backend,
    versions: record.versions,
    folder: run.folder,
    epochs: record.epochs,
    ...(record.tuned === undefined ? {} : { tuned: record.tuned }),
    ...(before === undefined ? {} : { previous: { run: before.run, metrics: before.metrics } }),
  });
}

// ---------------------------------------------------------------- the work itself

/** @returns whether it got to its end; false when it was cancelled. */
async function fitAndAssess(
  task: FitTask,
  run: RunWriter,
  log: RunLog,
  hooks: FitHooks,
  signal: AbortSignal,
  kept: Kept,
): Promise<boolean> {
  const { workflow, spec, seed, resumed } = task;
  const { model } = workflow;
  const engine = await import("../engine/index.ts");
  log.phase("load");
  // Before the data are read: a file that is missing is told at once. The blocks are run for it.
  hooks.userCode?.(true);
  const preloaded = await engine
    .preflight(model, spec.folder, {
      signal,
      onProgress: (done, total, unit) => log.progress("load", done, total, unit),
      onNote: (severity, code, message) => log.note(severity, code, message),
    })
    .finally(() => hooks.userCode?.(false));
  const rows = await readRows(workflow, spec.folder, run, log, signal, resumed?.dataset);
  signal.throwIfAborted();

  hooks.userCode?.(true);
  const listener = listenerFor(task, log, hooks, kept);
  let result: FitResult;
  try {
    result = await engine.fitModel(
      {
        model,
        train: rows.train.baked,
        ...(rows.validation === undefined ? {} : { validation: rows.validation.baked }),
        ...(rows.test === undefined ? {} : { test: rows.test.baked }),
        seed,
        specFolder: spec.folder,
        preloaded,
        ...(resumed?.state ? { resume: resumed.state } : {}),
        ...(workflow.fine_tune === undefined ? {} : { fineTune: workflow.fine_tune }),
      },
      listener,
      signal,
    );
  } finally {
    hooks.userCode?.(false);
  }
  if (result.model === null) return false;
  try {
    await kept.epochs.end(result.model);
    if (result.stopped === "cancelled") return false;
    kept.metrics = await assess(workflow, run, log, result.model, rows, signal);
    return true;
  } finally {
    result.model.dispose();
  }
}

function listenerFor({ remarks }: FitTask, log: RunLog, hooks: FitHooks, kept: Kept): FitListener {
  return {
    phase: (phase) => log.phase(phase),
    progress: (phase, done, total, unit, cached) => {
      // With a word of the cache, what was counted lies in it.
      if (cached !== undefined) kept.features = done;
      log.progress(phase, done, total, unit, cached);
    },
    built: (layers, parameters) => {
      hooks.userCode?.(false);
      log.say({ type: "model_built", layers, parameters });
    },
    trainer: (trainer) => log.say({ type: "trainer_chosen", trainer }),
    epochEnd: async (epoch, epochs, logs, model, save) => {
      await kept.epochs.epochEnd(model, save);
      log.say({ type: "epoch_end", epoch, epochs, logs });
    },
    reached: (reached) => kept.epochs.reached(reached),
    note: (severity, code, message) => {
      // The rules have said it with its place in the text.
      if (!remarks.some((remark) => remark.code === code)) log.note(severity, code, message);
    },
  };
}

/**
 * What nobody catches, such as an error in a timer of the user's code: it ends the run as failed, and not the
 * process without a word. Listeners for it would not do: the WebAssembly build of TensorFlow.js has some that throw
 * again, and this callback comes before all of them. Rejections that nobody handles end here as well.
 */
function watchForCrash(): { readonly happens: Promise<never>; stop(): void } {
  let crash!: (error: unknown) => void;
  const happens = new Promise<never>((_, reject) => (crash = reject));
  happens.catch(() => undefined);
  // Whoever has set one already, as a debugger may, keeps it.
  if (process.hasUncaughtExceptionCaptureCallback()) return { happens, stop: () => undefined };
  process.setUncaughtExceptionCaptureCallback(crash);
  return { happens, stop: () => process.setUncaughtExceptionCaptureCallback(null) };
}
