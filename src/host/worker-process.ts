import { fork, type ChildProcess } from "node:child_process";
import { closeSync, existsSync, mkdirSync, openSync, readFileSync } from "node:fs";
import path from "node:path";
import {
  Channel,
  type FitBestRequest,
  type FitRequest,
  type FromWorker,
  type Port,
  type ResumeRequest,
  type ToWorker,
  type TuneRequest,
} from "../protocol/index.ts";
import { readRecord } from "../runs/index.ts";

/** What a worker is asked to do. */
export type WorkRequest = FitRequest | ResumeRequest | TuneRequest | FitBestRequest;

/** How a worker came to its end. */
export type WorkerEnd =
  | { readonly how: "finished" }
  | {
      readonly how: "refused";
      readonly message: string;
      readonly problems: Extract<FromWorker, { type: "refused" }>["problems"];
    }
  /** Cancelled, and it did not stop by itself in time. */
  | { readonly how: "killed" }
  /** It never said that it was ready; `reason` is a sentence. */
  | { readonly how: "not_started"; readonly reason: string; readonly lastLines: readonly string[] }
  /** It ended in the middle of its work. */
  | {
      readonly how: "crashed";
      readonly code: number | null;
      readonly signal: NodeJS.Signals | null;
      readonly lastLines: readonly string[];
    };

export interface WorkerOptions {
  /** Path of the worker's bundle. */
  readonly script: string;
  /**
   * Where its stdout and stderr go. A file and no pipe: the worker outlives a reload of the window, and
   * writing to a pipe that nobody holds any more would end it.
   */
  readonly logFile: string;
  /** Set on top of this process's environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** Milliseconds until `ready` must be there. Default 30,000: a cold disk under a virus scanner is slow. */
  readonly readyWithin?: number;
  /** Milliseconds between cancel and kill for a worker that works on a run. Default 5,000. */
  readonly killAfter?: number;
  /** The same while it is loading the spec, where nothing can be lost and a loop may never end. Default 1,000. */
  readonly killLoadingAfter?: number;
}

export interface WorkerListener {
  ready?(pid: number, version: string): void;
  event(event: Extract<FromWorker, { type: "event" }>["event"]): void;
  log(line: string): void;
  /** Any sign of life: it says something at least every two seconds, unless a batch or a loop holds it. */
  heard?(): void;
}

/** How long a worker may take to end after its last word. */
const LINGER_MS = 10_000;

/**
 * One worker process doing one job: a fit, or a tuning and the fit it leads to. It is started in a process group of its own, so that neither a reload
 * of the window nor a Ctrl-C in the terminal that started the editor reaches it.
 */
export class WorkerProcess {
  /** Settles once, when the process is gone or has said its last word; never rejects. */
  readonly ended: Promise<WorkerEnd>;
  readonly pid: number | undefined;
  readonly #child: ChildProcess;
  readonly #channel: Channel<FromWorker, ToWorker>;
  readonly #options: WorkerOptions;
  readonly #timers = new Set<NodeJS.Timeout>();
  #finish!: (end: WorkerEnd) => void;
  #ready = false;
  #inRun = false;
  #said: WorkerEnd | undefined;
  #cancelled = false;
  #killed = false;

  constructor(request: WorkRequest, listener: WorkerListener, options: WorkerOptions) {
    this.#options = options;
    this.ended = new Promise((resolve) => {
      this.#finish = (end) => {
        for (const timer of this.#timers) clearTimeout(timer);
        this.#timers.clear();
        resolve(end);
      };
    });

    this.#child = start(request, options);
    this.pid = this.#child.pid;
    this.#channel = new Channel<FromWorker, ToWorker>(portOf(this.#child, listener))
      .on("ready", ({ pid, version }) => {
        this.#ready = true;
        listener.ready?.(pid, version);
        // A fit that was cancelled before it could begin need not begin.
        if (this.#cancelled) this.#kill();
        else this.#channel.send(request);
      })
      .on("event", ({ event }) => {
        if (event.type === "run_started" || event.type === "resumed") {
          this.#inRun = true;
          // After a tuning comes its fit: the end of the one is not the end of the work.
          this.#said = undefined;
        }
        listener.event(event);
        if (event.type === "run_ended") this.#said = { how: "finished" };
      })
      .on("log", ({ line }) => listener.log(line))
      .on("refused", ({ message, problems }) => (this.#said = { how: "refused", message, problems }))
      .on("finished", () => {
        this.#finish(this.#said ?? { how: "finished" });
        // It ends by itself; one that something holds open must not stay for ever.
        setTimeout(() => this.#kill(), LINGER_MS).unref();
      });

    const readyWithin = options.readyWithin ?? 30_000;
    this.#after(readyWithin, () => {
      if (this.#ready) return;
      this.#kill();
      this.#finish({
        how: "not_started",
        reason: `It did not get ready within ${readyWithin / 1000} s.`,
        lastLines: lastLinesOf(options.logFile),
      });
    });
    this.#child.once("error", (error) =>
      this.#finish({ how: "not_started", reason: error.message, lastLines: [] }),
    );
    this.#child.once("exit", (code, signal) => {
      // Messages that are still in the channel come before the end is told.
      const tell = () => this.#finish(this.#endAfterExit(code, signal));
      if (this.#child.connected) {
        this.#child.once("disconnect", tell);
        this.#after(1_000, tell);
      } else setImmediate(tell);
    });
  }

  /** Asks it to stop at the next batch and to keep what is finished; ends it when it does not. */
  cancel(): void {
    if (this.#cancelled) return;
    this.#cancelled = true;
    if (this.#ready) this.#channel.send({ type: "cancel" });
    const { killAfter = 5_000, killLoadingAfter = 1_000 } = this.#options;
    const begun = this.#inRun;
    this.#after(begun ? killAfter : killLoadingAfter, () => {
      // A run that began in the meantime has something to save: it gets its full time.
      if (!begun && this.#inRun) this.#after(killAfter - killLoadingAfter, () => this.#kill());
      else this.#kill();
    });
  }

  #endAfterExit(code: number | null, signal: NodeJS.Signals | null): WorkerEnd {
    if (this.#said) return this.#said;
    if (this.#killed && this.#cancelled) return { how: "killed" };
    const lastLines = lastLinesOf(this.#options.logFile);
    if (!this.#ready)
      return { how: "not_started", reason: `It ended with ${endedWith(code, signal)}.`, lastLines };
    return { how: "crashed", code, signal, lastLines };
  }

  #kill(): void {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    this.#killed = true;
    endWithChildren(this.#child);
  }

  #after(milliseconds: number, then: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      then();
    }, milliseconds);
    this.#timers.add(timer);
  }
}

/** "exit code 3" or "signal SIGKILL". */
export function endedWith(code: number | null, signal: NodeJS.Signals | null): string {
  return signal ? `signal ${signal}` : `exit code ${code ?? "unknown"}`;
}

/** Workers that try trials are children of the worker, in the group of processes that it was given at its start. */
function endWithChildren(child: ChildProcess): void {
  if (child.pid !== undefined && process.platform !== "win32")
    try {
      process.kill(-child.pid, "SIGKILL");
      return;
    } catch {
      // It has only just been forked, or is gone: there is no such group.
    }
  child.kill("SIGKILL");
}

function start(request: WorkRequest, options: WorkerOptions): ChildProcess {
  mkdirSync(path.dirname(options.logFile), { recursive: true });
  const log = openSync(options.logFile, "a");
  const settings = {
    cwd: folderOf(request),
    env: workerEnvironment(process.env, options.env),
    // Not the editor's own flags: an inspector's port, for one, can be had only once.
    execArgv: [],
    detached: true,
    windowsHide: true,
    stdio: ["ignore", log, log, "ipc"] as const,
  };
  try {
    return fork(options.script, [], { ...settings, stdio: [...settings.stdio] });
  } finally {
    closeSync(log);
  }
}

/** Where the spec lies; of a run whose spec is gone, its own folder. */
function folderOf(request: WorkRequest): string {
  if (request.type === "fit" || request.type === "tune") return path.dirname(request.file);
  const spec = readRecord(request.folder)?.spec.file;
  return spec !== undefined && existsSync(path.dirname(spec)) ? path.dirname(spec) : request.folder;
}

/** The editor's environment without what is meant for the editor's own Node. */
export function workerEnvironment(
  own: NodeJS.ProcessEnv,
  added: Readonly<Record<string, string>> = {},
): NodeJS.ProcessEnv {
  const env: NodeJS.ProcessEnv = { ...own, ...added, ELECTRON_RUN_AS_NODE: "1" };
  for (const name of Object.keys(env))
    if (name === "NODE_OPTIONS" || name.startsWith("VSCODE_")) delete env[name];
  return env;
}

function portOf(child: ChildProcess, { heard }: WorkerListener): Port {
  return {
    post: (message) => {
      // A worker that is just ending says so by itself; that it cannot be written to is no news.
      if (child.connected) child.send(message as object, () => undefined);
    },
    listen: (receive) => {
      const hear = (message: unknown) => {
        heard?.();
        receive(message);
      };
      child.on("message", hear);
      return () => child.off("message", hear);
    },
  };
}

/** At most twelve, of the last 8 kB. */
function lastLinesOf(file: string): string[] {
  let text: string;
  try {
    text = readFileSync(file, "utf8").slice(-8192);
  } catch {
    return [];
  }
  return text
    .split(/\r?\n/)
    .filter((line) => line.trim() !== "")
    .slice(-12);
}
