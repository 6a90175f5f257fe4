import { fork, type ChildProcess } from "node:child_process";
import os from "node:os";
import path from "node:path";
import { Channel, UserError, type Backend, type ParameterValues } from "../../protocol/index.ts";
import type { Trial, TrialResult, TrialRunner } from "../../tuning/contract.ts";
import type { FromTrialWorker, PrepareProgress, ToTrialWorker, TrialSetup } from "./trial-messages.ts";

/**
 * Processes that try trials. One that dies fails the trials that it was at, with a note, and another takes its place: an error of the
 * system's, or memory that runs out, costs one trial and not the tuning.
 */
export class TrialWorkers implements TrialRunner {
  readonly workers: number;
  readonly backend: Backend;
  #setup: TrialSetup;
  readonly #log: (line: string) => void;
  readonly #idle: TrialWorker[];
  readonly #all: Set<TrialWorker>;
  readonly #waiting: ((worker: TrialWorker) => void)[] = [];

  private constructor(
    backend: Backend,
    setup: TrialSetup,
    log: (line: string) => void,
    first: TrialWorker,
    others: readonly TrialWorker[],
  ) {
    this.workers = setup.workers;
    this.backend = backend;
    this.#setup = setup;
    this.#log = log;
    this.#idle = [first];
    this.#all = new Set([first, ...others]);
    for (const worker of others) this.#releaseWhenReady(worker);
  }

  /**
   * Starts all processes, and says what computes in the first one as soon as it is there.
   *
   * @throws UserError when it cannot work at all; the signal's reason.
   */
  static async start(
    setup: TrialSetup,
    log: (line: string) => void,
    signal: AbortSignal,
  ): Promise<TrialWorkers> {
    const all = Array.from({ length: setup.workers }, () => new TrialWorker(setup, log));
    const [first, ...others] = all as [TrialWorker, ...TrialWorker[]];
    const stop = () => all.forEach((worker) => worker.kill());
    signal.addEventListener("abort", stop, { once: true });
    try {
      return new TrialWorkers(await first.ready, setup, log, first, others);
    } catch (error) {
      stop();
      throw signal.aborted ? signal.reason : error;
    } finally {
      signal.removeEventListener("abort", stop);
    }
  }

  /** What the spec asks to be kept of trials is kept in this run from now on. */
  keepIn(folder: string): void {
    this.#setup = { ...this.#setup, folder };
    for (const worker of this.#all) worker.keepIn(folder);
  }

  /** Fetches weights and computes the features of all rows, on one worker for all. @throws UserError; the signal's reason. */
  async prepare(
    values: ParameterValues,
    progress: (progress: PrepareProgress) => void,
    signal: AbortSignal,
  ): Promise<void> {
    const first = this.#idle.shift()!;
    try {
      await first.prepare(values, progress, signal);
    } finally {
      if (first.alive) this.#release(first);
      else this.#replace(first);
    }
  }

  async run(
    trials: readonly Trial[],
    started: () => void,
    signal: AbortSignal,
  ): Promise<readonly TrialResult[]> {
    const worker = await this.#take(signal);
    started();
    const began = performance.now();
    try {
      const results = await worker.run(trials, signal);
      return results;
    } catch (error) {
      signal.throwIfAborted();
      if (worker.unfit) throw error;
      const seconds = Math.round(performance.now() - began) / 1000;
      return trials.map(({ config, fold, epochs }) => ({
        config,
        fold,
        ...(epochs === undefined ? {} : { epochs }),
        status: "failed" as const,
        metrics: [],
        notes: [{ type: "error" as const, message: (error as Error).message }],
        seconds,
        history: [],
      }));
    } finally {
      if (worker.alive && !signal.aborted) this.#release(worker);
      else this.#replace(worker, signal.aborted);
    }
  }

  async close(): Promise<void> {
    for (const worker of this.#all) worker.kill();
    await Promise.all([...this.#all].map((worker) => worker.ended));
  }

  #take(signal: AbortSignal): Promise<TrialWorker> {
    signal.throwIfAborted();
    for (let idle = this.#idle.shift(); idle !== undefined; idle = this.#idle.shift()) {
      if (idle.alive || idle.unfit) return Promise.resolve(idle);
      // It died while it had nothing to do, which is no trial's fault.
      this.#replace(idle);
    }
    return new Promise((resolve, reject) => {
      const stop = () => reject(signal.reason as Error);
      signal.addEventListener("abort", stop, { once: true });
      this.#waiting.push((worker) => {
        signal.removeEventListener("abort", stop);
        resolve(worker);
      });
    });
  }

  #release(worker: TrialWorker): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#idle.push(worker);
    else next(worker);
  }

  #replace(worker: TrialWorker, closing = false): void {
    worker.kill();
    this.#all.delete(worker);
    if (!closing) this.#startAnother();
  }

  #startAnother(): void {
    const worker = new TrialWorker(this.#setup, this.#log);
    this.#all.add(worker);
    this.#releaseWhenReady(worker);
  }

  #releaseWhenReady(worker: TrialWorker): void {
    // One that cannot start is handed out all the same: whoever is given it says why.
    worker.ready.then(
      () => this.#release(worker),
      () => this.#release(worker),
    );
  }
}

/** One process. It is at one thing at a time. */
class TrialWorker {
  readonly ready: Promise<Backend>;
  readonly ended: Promise<void>;
  alive = true;
  /** It has said itself that it cannot go on: the next one could not either. */
  unfit = false;
  readonly #child: ChildProcess;
  readonly #channel: Channel<FromTrialWorker, ToTrialWorker>;
  /** Whoever waits for what it is at. */
  #fail: (error: Error) => void = () => undefined;
  #why = "";

  constructor(setup: TrialSetup, log: (line: string) => void) {
    this.#child = fork(trialWorkerScript(), [], {
      cwd: path.dirname(setup.file),
      execArgv: [],
      stdio: ["ignore", "pipe", "pipe", "ipc"],
      env: { ...process.env, KSPEC_TRIAL_WORKER: "1" },
    });
    for (const stream of [this.#child.stdout, this.#child.stderr])
      stream?.setEncoding("utf8").on("data", (text: string) => {
        this.#why = lastLine(text) ?? this.#why;
        for (const line of text.split("\n")) if (line.trim() !== "") log(line);
      });
    this.ended = new Promise((resolve) =>
      this.#child.once("close", (code, signal) => {
        this.alive = false;
        this.#fail(new UserError("worker-died", deathWords(code, signal, this.#why)));
        resolve();
      }),
    );
    const child = this.#child;
    child.on("error", (error) => this.#fail(error));
    this.#channel = new Channel<FromTrialWorker, ToTrialWorker>({
      post: (message) => {
        if (child.connected) child.send(message as object, () => undefined);
      },
      listen: (receive) => {
        child.on("message", receive);
        return () => child.off("message", receive);
      },
    });
    this.#channel.on("log", ({ line }) => log(line));
    this.ready = new Promise((resolve, reject) => {
      this.#fail = reject;
      this.#channel.on("ready", ({ backend }) => resolve(backend));
      this.#channel.on("unfit", ({ code, message }) => {
        this.unfit = true;
        this.#fail(new UserError(code, message));
        this.kill();
      });
    });
    this.ready.catch(() => undefined);
    this.#channel.send({ type: "setup", setup });
  }

  prepare(
    values: ParameterValues,
    progress: (progress: PrepareProgress) => void,
    signal: AbortSignal,
  ): Promise<void> {
    return this.#ask(signal, (resolve, reject) => {
      this.#channel.on("progress", (message) => progress(message.progress));
      this.#channel.on("prepared", ({ failure }) =>
        failure === undefined ? resolve() : reject(new UserError(failure.code, failure.message)),
      );
      this.#channel.send({ type: "prepare", values });
    });
  }

  run(trials: readonly Trial[], signal: AbortSignal): Promise<readonly TrialResult[]> {
    return this.#ask(signal, (resolve) => {
      this.#channel.on("results", ({ results }) => resolve(results));
      this.#channel.send({ type: "run", trials });
    });
  }

  keepIn(folder: string): void {
    this.#channel.send({ type: "keep", folder });
  }

  kill(): void {
    this.#child.kill("SIGKILL");
  }

  async #ask<Answer>(
    signal: AbortSignal,
    ask: (resolve: (answer: Answer) => void, reject: (error: Error) => void) => void,
  ): Promise<Answer> {
    await this.ready;
    // A fit cannot be broken off between two batches from outside; its process can.
    const stop = () => this.kill();
    try {
      return await new Promise<Answer>((resolve, reject) => {
        this.#fail = reject;
        if (!this.alive) reject(new UserError("worker-died", deathWords(null, null, this.#why)));
        signal.addEventListener("abort", stop, { once: true });
        ask(resolve, reject);
      });
    } finally {
      signal.removeEventListener("abort", stop);
      this.#fail = () => undefined;
    }
  }
}

/** The bundle beside ours; run from the sources, the one that was built of them. */
function trialWorkerScript(): string {
  const here = import.meta.dirname;
  return path.basename(here) === "tune"
    ? path.join(here, "..", "..", "..", "dist", "trial-worker.js")
    : path.join(here, "trial-worker.js");
}

/** As many as there are cores, but no more than have a gigabyte each. */
export function workersFor(asked: number | undefined, trials: number | null): number {
  const most = Math.min(os.availableParallelism(), Math.max(1, Math.floor(os.freemem() / 1e9)));
  return Math.max(1, Math.min(asked ?? most, trials ?? Infinity));
}

function deathWords(code: number | null, signal: NodeJS.Signals | null, why: string): string {
  const how =
    signal === "SIGKILL"
      ? "was killed (SIGKILL), as a system does that runs out of memory"
      : signal !== null
        ? `was ended by ${signal}`
        : `ended with code ${code ?? "unknown"}`;
  const said = why === "" ? "" : ` It last said: ${why}`;
  return `The process that tried it ${how}.${said} Fewer workers (--workers 1) or smaller batches need less memory.`;
}

function lastLine(text: string): string | undefined {
  return text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "")
    .at(-1)
    ?.slice(0, 200);
}
