import type { FitBestRequest, FitRequest, RunEvent, TuneRequest } from "../protocol/index.ts";
import { readRun } from "../runs/index.ts";
import { endKilledRun } from "./killed-run.ts";
import { endWords, inFolder, keptWords, WatchedRun, type RunKind } from "./watched-run.ts";
import { WorkerProcess, type WorkerEnd, type WorkerOptions, type WorkRequest } from "./worker-process.ts";

/** Who is told what a worker does beside its runs' events. */
export interface WorkListener {
  /** A line for the output channel. */
  log(line: string): void;
  /** The worker has begun another run: after a tuning comes its fit. Told before the first event of it. */
  next(run: WatchedRun): void;
}

/** What is known of a job's run before it has said a word. */
export interface AskedFor {
  /** The spec's path. */
  readonly file: string;
  /** The export that was named; absent: the file's default. */
  readonly workflow?: string;
  readonly kind: RunKind;
  readonly title: string;
}

/**
 * Starts a job in a worker process and watches what it does.
 *
 * @returns its first run. What it does after that is told to `listener.next`, a run each.
 */
export function runInWorker(
  request: FitRequest | TuneRequest | FitBestRequest,
  asked: AskedFor,
  options: WorkerOptions,
  listener: WorkListener,
): WatchedRun {
  const first = new WatchedRun(asked);
  new WorkerRuns(request, first, options, listener);
  return first;
}

/**
 * Goes on with a run in a worker process and watches it, what it has said before included; undefined where there is no such run.
 * A refusal leaves what is shown of the run as it was.
 */
export function resumeInWorker(
  folder: string,
  options: WorkerOptions,
  listener: WorkListener,
): WatchedRun | undefined {
  const { record, events } = readRun(folder);
  if (record === null) return undefined;
  const { file, workflow, model } = record.spec;
  const run = new WatchedRun({ file, workflow, title: model, kind: record.kind ?? "fit", folder });
  run.push(events.map((event) => inFolder(event, folder)));
  new WorkerRuns({ type: "resume", folder }, run, options, listener);
  return run;
}

/** The runs that one worker does, one after the other: each is finished when the next one begins, the last one with the worker. */
class WorkerRuns {
  readonly #begun = Date.now();
  readonly #worker: WorkerProcess;
  readonly #listener: WorkListener;
  #run: WatchedRun;
  readonly #resumes: boolean;
  /** Whether this worker has begun the current run, or gone on with it. */
  #inRun = false;

  constructor(request: WorkRequest, first: WatchedRun, options: WorkerOptions, listener: WorkListener) {
    this.#run = first;
    this.#listener = listener;
    this.#resumes = request.type === "resume";
    this.#worker = new WorkerProcess(
      request,
      {
        ready: (pid, version) => listener.log(`Process ${pid} of KSpec ${version} is ready.`),
        event: (event) => this.#event(event),
        log: (line) => listener.log(line),
        heard: () => this.#run.heard(),
      },
      options,
    );
    first.fedBy(() => this.#worker.cancel());
    void this.#worker.ended.then((end) => this.#end(end));
  }

  #event(event: RunEvent): void {
    const before = this.#run.state.started;
    if (event.type === "run_started" && before !== null && before.run !== event.run) {
      const { file, workflow } = event.spec;
      this.#next(new WatchedRun({ file, workflow, title: this.#run.title, kind: event.kind ?? "fit" }));
    }
    this.#inRun ||= event.type === "run_started" || event.type === "resumed";
    this.#run.push([event]);
  }

  #next(run: WatchedRun): void {
    const before = this.#run;
    run.fedBy(() => this.#worker.cancel());
    this.#run = run;
    before.finishBefore(run);
    this.#listener.next(run);
  }

  #end(end: WorkerEnd): void {
    const trouble = end.how === "refused" || end.how === "crashed" || end.how === "not_started";
    // A tuning that is done stays done, whatever came of what was to follow it.
    if (trouble && this.#inRun && this.#run.state.ended !== null) {
      const { file, workflow, title } = this.#run;
      this.#next(new WatchedRun({ file, title, ...(workflow === undefined ? {} : { workflow }) }));
    }
    const run = this.#run;
    // The panel draws events and nothing else, so an end that no run could tell is told as events here.
    if (run.events.length === 0 || (end.how === "refused" && !this.#resumes))
      run.push(eventsOfNoRun(end, (Date.now() - this.#begun) / 1000, run.kind));
    else if (end.how === "killed" && this.#inRun && run.folder !== undefined && run.state.ended === null)
      run.push([endKilledRun(run.folder, run.state, keptWords(run))]);
    run.finish(end);
  }
}

function eventsOfNoRun(end: WorkerEnd, seconds: number, kind: RunKind): RunEvent[] {
  const stamp = { run: "", time: new Date().toISOString() };
  if (end.how === "killed")
    return [
      {
        type: "run_ended",
        ...stamp,
        status: "cancelled",
        folder: "",
        kept: "The spec was still being loaded, so there is no run.",
        seconds,
      },
    ];
  if (end.how === "finished") return [];
  const problems = end.how === "refused" ? end.problems : [];
  const place = problems.find((problem) => problem.place)?.place;
  return [
    // The error itself is told by the end; as a problem beside it, it would be said twice.
    ...problems
      .filter(({ message }) => end.how !== "refused" || message !== end.message)
      .map((problem): RunEvent => ({ ...problem, ...stamp })),
    {
      type: "run_ended",
      ...stamp,
      status: "failed",
      folder: "",
      seconds,
      error: { message: endWords(end, kind), ...(place ? { place } : {}) },
    },
  ];
}
