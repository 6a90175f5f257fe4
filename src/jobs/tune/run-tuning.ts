import type { TuningDescription } from "../../kspec/tuning-description.ts";
import {
  isUserError,
  ranked,
  reduceAll,
  RUN_EVENT_VERSION,
  UserError,
  valueOf,
  type Candidate,
  type MetricRow,
  type RunEnded,
  type RunEvent,
  type TrialEnded,
  type TuneRequest,
  type TuningState,
} from "../../protocol/index.ts";
import {
  createRun,
  IN_RUN,
  resumeRun,
  runsFolderFor,
  type RunRecord,
  type RunWriter,
} from "../../runs/index.ts";
import type { SearchContext } from "../../tuning/contract.ts";
import { makeGrid } from "../../tuning/grids/index.ts";
import { NOTHING_KNOWN, runSearch, type Known } from "../../tuning/run-search.ts";
import { SEARCHES } from "../../tuning/searches/index.ts";
import { blockLine, blockNamed } from "../block-line.ts";
import { detailsOf, messageOf } from "../error-message.ts";
import { asProblem, type FileDiagnostic } from "../file-diagnostic.ts";
import type { FitHooks } from "../fit.ts";
import { kspecVersion } from "../kspec-version.ts";
import type { LoadedSpec } from "../load-spec.ts";
import { plainArguments } from "../plain-arguments.ts";
import { changedFiles } from "../resumed-run.ts";
import { RunLog } from "../run-log.ts";
import { millisecondsOf } from "../worked-time.ts";
import { candidatesTable } from "./candidates-table.ts";
import { kindOf, type NamedTuning } from "./choose-tunable.ts";
import { sameFit } from "./same-fit.ts";
import { foldSizes, settleTuning, type SettledTuning } from "./settle-tuning.ts";
import { TrialWorkers, workersFor } from "./trial-workers.ts";
import type { ResumedTuning } from "./resume-tuning.ts";

export interface TuningTask extends NamedTuning {
  readonly spec: LoadedSpec;
  /** The name the tuning, or the fit that it leads to, is exported by; and which of the chain's tunings it is. */
  readonly exported: string;
  readonly index: number;
  readonly request: Pick<TuneRequest, "workspace" | "runs" | "workers" | "time_budget" | "only_tune">;
  readonly seed: number;
  readonly remarks: readonly FileDiagnostic[];
  /** The tuning whose results this one starts from. */
  readonly earlier?: TuningState;
  /** The run that goes on; absent: it makes one. */
  readonly resumed?: ResumedTuning;
}

export interface TuningEnded {
  readonly ended: RunEnded;
  /** null where it failed before anything was known of it. */
  readonly tuning: TuningState | null;
}

/**
 * Makes a run of a tuning, or opens the one that goes on, and does it. A trial is in the run's `events.jsonl` when it has ended,
 * before the next one begins.
 *
 * @throws UserError when there can be no run: parameters or resamples that cannot be, data that cannot be read, a folder that cannot
 *   be written to.
 */
export async function runTuning(
  task: TuningTask,
  hooks: FitHooks,
  signal?: AbortSignal,
): Promise<TuningEnded> {
  const began = performance.now();
  const { spec, seed, tuning, resumed } = task;
  const settled = await settleTuning(tuning, spec.folder, seed, signal);
  if (resumed !== undefined) resumed.check(settled);
  const context = searchContext(task, settled);
  const { search, plan } = methodOf(tuning, settled);
  const planned = plan(context);
  const control = tuning.control;
  const count = workersFor(task.request.workers ?? control.workers, planned.trials);
  // Its folder must have a name before a worker may write into it, and what computes is known by the workers alone.
  const workers = await TrialWorkers.start(
    {
      file: spec.file,
      snapshot: { texts: spec.texts },
      exported: task.exported,
      index: task.index,
      seed,
      workers: count,
    },
    hooks.log,
    signal ?? new AbortController().signal,
  );
  let run: RunWriter;
  try {
    run = begin(task, settled, workers);
  } catch (error) {
    await workers.close();
    throw error;
  }
  const stop = new AbortController();
  const events: RunEvent[] = [...(resumed?.events ?? [])];
  const log = new RunLog(
    run,
    (event) => {
      events.push(event);
      hooks.event(event);
    },
    () => stop.abort(),
    resumed?.events,
  );
  const asked = AbortSignal.any([run.cancelled, ...(signal === undefined ? [] : [signal])]);
  const both = AbortSignal.any([stop.signal, asked]);
  const state = () => reduceAll(events).tuning;
  const end = (rest: Pick<RunEnded, "status"> & Partial<RunEnded>): TuningEnded => {
    const seconds = Math.round(performance.now() - began + millisecondsOf(resumed?.events ?? [])) / 1000;
    const ended = log.say({ type: "run_ended", folder: run.folder, seconds, ...rest }) as RunEnded;
    log.close();
    run.close();
    return { ended, tuning: state() };
  };
  try {
    started(task, settled, run, log, planned, workers.workers);
    workers.keepIn(run.folder);
    const known = knownOf(task, log, context, resumed?.events ?? []);
    await prepare(workers, context, log, both);
    log.phase("tune");
    let done = known.trials.length;
    const total = planned.trials;
    log.progress("tune", done, total, "trials");
    const budget = task.request.time_budget ?? control.time_budget;
    const how = await runSearch(
      {
        search,
        context,
        runner: workers,
        known,
        sameFit: sameFit(settled),
        foldByFold: control.parallel_over === "resamples",
        ...(budget === undefined ? {} : { deadline: performance.now() + budget * 1000 }),
      },
      {
        candidates: (candidates) => log.say({ type: "candidates_added", candidates }),
        started: ({ config, fold, epochs }) =>
          log.say({ type: "trial_started", config, fold, ...(epochs === undefined ? {} : { epochs }) }),
        ended: (result) => {
          log.say({ type: "trial_ended", ...result });
          if (log.failure !== undefined) throw log.failure;
          if (control.verbose === true) hooks.log(trialWords(result));
          log.progress("tune", ++done, total === null ? null : Math.max(total, done), "trials");
        },
        eliminated: (gone) => log.say({ type: "candidates_eliminated", ...gone }),
        note: (message) => log.note("information", "search", message),
      },
      both,
    );
    if (how === "budget") {
      const of = total === null ? "" : ` of ${total.toLocaleString("en-US")}`;
      const best = done === 0 ? "" : ", and the best of these is taken";
      log.note(
        "warning",
        "time-budget",
        `The time budget of ${budget} s is used up: ${done.toLocaleString("en-US")}${of} trials are done${best}. For the others: kspec tune --resume ${run.id}.`,
      );
      if (done === 0) return end({ status: "cancelled", kept: whatIsKept(state()) });
    }
    log.phase("save");
    const tuned = state()!;
    keepTables(run, tuned, settled);
    const every = tuned.candidates.length > 0 && tuned.candidates.every(({ summary }) => noValue(summary));
    if (every)
      return end({
        status: "failed",
        error: await everyFailed(tuned, spec),
        kept: "The notes of all trials are kept.",
      });
    return end({ status: "done" });
  } catch (error) {
    stop.abort();
    const kept = whatIsKept(state());
    const cause = log.failure ?? error;
    if (log.failure === undefined && asked.aborted) return end({ status: "cancelled", kept });
    const place = spec.lineOf(cause) ?? (await blockLine(cause, spec));
    if (!isUserError(cause)) hooks.log(detailsOf(cause));
    return end({
      status: "failed",
      error: { message: messageOf(cause), ...(place === undefined ? {} : { place }) },
      kept,
    });
  } finally {
    await workers.close();
  }
}

/** Fetches weights and computes features before any trial, so that one worker does it for all. */
async function prepare(
  workers: TrialWorkers,
  { candidates }: SearchContext,
  log: RunLog,
  signal: AbortSignal,
): Promise<void> {
  try {
    await workers.prepare(
      candidates[0] ?? {},
      (told) =>
        told.phase === "load"
          ? log.progress("load", told.done, told.total, told.unit)
          : log.progress("features", told.done, told.total, "images", told.cached),
      signal,
    );
  } catch (error) {
    signal.throwIfAborted();
    // A candidate that cannot be built is a note of its trials, also when it is the first.
    if (!isUserError(error) || blockNamed(error) === undefined) throw error;
  }
}

/** Without marks a workflow is resampled once, as tune does: so it is after its best values were written into the text. */
function methodOf({ method }: TuningDescription, { parameters }: Pick<SettledTuning, "parameters">) {
  return SEARCHES[parameters.length === 0 ? "fit_resamples" : method];
}

/** @throws UserError for a grid that cannot be, and where the results that it starts from are gone. */
export function searchContext(
  { tuning, seed, earlier, resumed }: Pick<TuningTask, "tuning" | "seed" | "earlier" | "resumed">,
  settled: Pick<SettledTuning, "workflow" | "parameters" | "metrics" | "folds">,
): SearchContext {
  const { parameters, metrics, folds } = settled;
  if (folds.length === 0) throw new UserError("no-folds", "The resamples have no fold.");
  const starting = earlier?.candidates ?? startedFrom(tuning, resumed);
  return {
    parameters,
    metrics,
    folds: foldSizes(folds),
    ...(starting === undefined
      ? { candidates: startingValues(tuning, parameters, seed) }
      : {
          candidates: starting.map(({ values }) => values),
          configs: starting.map(({ config }) => config),
        }),
    options: { max_epochs: epochsOf(settled.workflow.model.arguments), ...tuning.control, ...tuning.options },
    seed,
  };
}

/** What a search that goes on began with, where that was another tuning's results: its own run tells of them. */
function startedFrom(
  { options }: TuningDescription,
  resumed: ResumedTuning | undefined,
): readonly Candidate[] | undefined {
  if (resumed === undefined || kindOf(options["initial"]) !== "tuning") return undefined;
  if (resumed.starting.length > 0) return resumed.starting;
  throw new UserError(
    "nothing-to-start-from",
    `${resumed.record.run} was stopped before it had taken over the results that it starts from. Tune the spec anew.`,
  );
}

function startingValues(
  { method, grid, options }: TuningDescription,
  parameters: SettledTuning["parameters"],
  seed: number,
): SearchContext["candidates"] {
  if (method === "fit_resamples" || parameters.length === 0) return [{}];
  const initial = options["initial"];
  // tune_bayes begins with five candidates and simulated annealing with one, unless they are told how many.
  const size =
    typeof initial === "number"
      ? initial
      : method === "tune_bayes"
        ? 5
        : method === "tune_sim_anneal"
          ? 1
          : undefined;
  return makeGrid(size ?? grid, parameters, seed);
}

// ---------------------------------------------------------------- the run's folder and its first lines

function begin(task: TuningTask, settled: SettledTuning, workers: TrialWorkers): RunWriter {
  const { spec, exported, request, seed, resumed, workflowId } = task;
  const { workflow, dataset } = settled;
  const { backend } = workers;
  const versions = { kspec: kspecVersion(), node: process.versions.node };
  if (resumed !== undefined)
    return resumeRun(resumed.folder, resumed.record, resumed.claim, { backend, versions });
  const { model } = workflow;
  const name = workflowId ?? (exported === "default" ? model.spec.model_name : exported);
  const run = createRun(
    runsFolderFor(spec.file, { workspace: request.workspace, override: request.runs }),
    name,
    {
      kind: "tuning",
      tuning: {
        index: task.index,
        ...(workflowId === undefined ? {} : { workflow_id: workflowId }),
        ...(request.only_tune === true ? { only_tune: true } : {}),
      },
      spec: { file: spec.file, workflow: exported, model: model.spec.model_name, texts: spec.texts },
      mode: model.spec.mode,
      arguments: plainArguments(model.arguments),
      engine: model.engine,
      seed,
      epochs: epochsOf(model.arguments),
      backend,
      versions,
      metrics: settled.metrics.map(({ name }) => name),
    },
  );
  run.update({
    data: {
      name: dataset.name,
      fingerprint: dataset.fingerprint,
      rows: {
        train: dataset.train.rows,
        validation: dataset.validation?.rows ?? 0,
        test: dataset.test?.rows ?? 0,
      },
    },
  });
  return run;
}

function epochsOf(given: Readonly<Record<string, unknown>>): number {
  const epochs = given["fit_epochs"];
  return typeof epochs === "number" ? epochs : 1;
}

function started(
  task: TuningTask,
  settled: SettledTuning,
  run: RunWriter,
  log: RunLog,
  planned: { readonly candidates: number | null; readonly trials: number | null },
  workers: number,
): void {
  const { record } = run;
  if (task.resumed === undefined)
    log.say({
      type: "run_started",
      version: RUN_EVENT_VERSION,
      kind: "tuning",
      spec: { file: record.spec.file, workflow: record.spec.workflow, model: record.spec.model },
      mode: record.mode,
      arguments: record.arguments,
      seed: record.seed,
      backend: record.backend,
      versions: record.versions,
      folder: run.folder,
      epochs: record.epochs,
    });
  else goesOn(task.resumed.record, run, log);
  log.phase("load");
  log.say({
    type: "tuning_started",
    method: task.tuning.method,
    parameters: settled.parameters,
    metrics: settled.metrics,
    resampling: settled.label,
    folds: foldSizes(settled.folds),
    ...planned,
    workers,
  });
  for (const remark of task.remarks) log.say(asProblem(remark));
  for (const note of settled.notes) log.note(...note);
}

function goesOn(before: RunRecord, run: RunWriter, log: RunLog): void {
  log.say({
    type: "resumed",
    epoch: 0,
    epochs: run.record.epochs,
    backend: run.record.backend,
    folder: run.folder,
  });
  const changed = changedFiles(before);
  if (changed.length > 0)
    log.note(
      "warning",
      "spec-changed",
      `${changed.join(", ")} ${changed.length === 1 ? "says" : "say"} something else than when this tuning began. It goes on as it began; tune the spec anew for what it says now.`,
    );
}

/** What need not be tried: what this run has said already, and trials of the tuning that it starts from. */
function knownOf(
  { earlier }: TuningTask,
  log: RunLog,
  context: SearchContext,
  said: readonly RunEvent[],
): Known {
  const trials = said.filter((event): event is TrialEnded => event.type === "trial_ended").map(withoutStamp);
  const candidates = new Set(
    said.flatMap((event) =>
      event.type === "candidates_added" ? event.candidates.map(({ config }) => config) : [],
    ),
  );
  const eliminated = new Set(
    said.flatMap((event) => (event.type === "candidates_eliminated" ? event.configs : [])),
  );
  if (earlier === undefined || candidates.size > 0)
    return { ...NOTHING_KNOWN, trials, candidates, eliminated };
  const same = earlier.started.folds.map(({ id }) => id).join() === context.folds.map(({ id }) => id).join();
  if (!same) return NOTHING_KNOWN;
  log.say({
    type: "candidates_added",
    candidates: earlier.candidates.map(({ config, values }) => ({ config, values, iteration: 0 })),
  });
  const taken = earlier.candidates.flatMap((one) => one.trials.map(withoutStamp));
  for (const result of taken) log.say({ type: "trial_ended", ...result });
  return {
    trials: taken,
    candidates: new Set(earlier.candidates.map(({ config }) => config)),
    eliminated: new Set(),
  };
}

function withoutStamp({
  type: _type,
  run: _run,
  time: _time,
  ...result
}: TrialEnded): Known["trials"][number] {
  return result;
}

// ---------------------------------------------------------------- its end

/** `pre0_mod03_post0 on Fold2: accuracy 0.941 (0.21 s)` */
function trialWords({ config, fold, metrics, notes, seconds }: Known["trials"][number]): string {
  const values = metrics.map((row) => `${row[".metric"]} ${row[".estimate"]?.toPrecision(3) ?? "NA"}`);
  return `${config} on ${fold}: ${[...values, ...notes.map(({ message }) => message)].join(", ")} (${seconds.toPrecision(2)} s)`;
}

/** `candidates.csv`: a row a candidate, best first; `metrics.json`: the best one's means. */
function keepTables(run: RunWriter, tuned: TuningState, { metrics }: SettledTuning): void {
  run.write(IN_RUN.candidates, candidatesTable(tuned));
  const best = ranked(tuned)[0];
  if (best === undefined || noValue(best.summary)) return;
  run.writeMetrics(
    metrics.flatMap(({ name }): MetricRow[] => {
      const value = valueOf(best, name);
      return value === undefined
        ? []
        : [{ ".metric": name, ".estimator": value.estimator, ".estimate": value.mean, set: "validation" }];
    }),
  );
}

function noValue(summary: TuningState["candidates"][number]["summary"]): boolean {
  return Object.values(summary).every(({ mean }) => mean === null);
}

async function everyFailed(tuned: TuningState, spec: LoadedSpec): Promise<NonNullable<RunEnded["error"]>> {
  const first = tuned.candidates
    .flatMap(({ trials }) => trials.flatMap(({ notes }) => notes))
    .find(({ type }) => type === "error" || type === "warning");
  const why = first?.message ?? "No metric is defined on any fold.";
  const place = await blockLine(new Error(why), spec);
  return { message: `Every candidate failed. The first: ${why}`, ...(place === undefined ? {} : { place }) };
}

function whatIsKept(tuned: TuningState | null): string {
  if (tuned === null || tuned.done === 0) return "No trial was finished.";
  const of = tuned.started.trials === null ? "" : ` of ${tuned.started.trials.toLocaleString("en-US")}`;
  return `${tuned.done.toLocaleString("en-US")}${of} ${tuned.done === 1 && of === "" ? "trial is" : "trials are"} kept, and ${IN_RUN.events} has all of them.`;
}
