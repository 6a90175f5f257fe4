import os from "node:os";
import { NO_RUN, lost, reduce, type Place, type RunEvent, type RunState } from "../protocol/index.ts";
import { followRun, readRun, requestCancel, savedEpoch } from "../runs/index.ts";
import { runName } from "./run-words.ts";
import { keptTrials } from "./tuning-words.ts";
import { endedWith, type WorkerEnd } from "./worker-process.ts";

/** How what is watched came to its end. */
export type WatchEnd =
  | WorkerEnd
  /** A run that another process wrote, and that is gone without a word. */
  | { readonly how: "lost" };

/** A run is a fit, or a tuning with its trials. */
export type RunKind = "fit" | "tuning";

interface About {
  readonly file: string;
  /** What was asked for, until the run says what it is. Absent: a fit. */
  readonly kind?: RunKind;
  readonly workflow?: string | undefined;
  /** What it is called until the run says its own name. */
  readonly title: string;
  readonly folder?: string;
}

/**
 * A run as this window sees it, whoever feeds it: a worker of ours, a file that another process writes,
 * or a folder that is finished. Panel, status bar and notification all look at this one thing.
 */
export class WatchedRun {
  /** The spec's path. */
  readonly file: string;
  /** The workflow that was asked for, until the run says its own; undefined: the file's default. */
  readonly #asked: string | undefined;
  readonly #askedKind: RunKind;
  readonly #title: string;
  readonly #listeners = new Set<(news: readonly RunEvent[] | "ended") => void>();
  readonly #ended: Promise<WatchEnd>;
  #settle!: (end: WatchEnd) => void;
  #events: RunEvent[] = [];
  #state: RunState = NO_RUN;
  #end: WatchEnd | undefined;
  #folder: string | undefined;
  #cancel: () => void = () => undefined;
  #pid: number | undefined;
  #heard: number | undefined;
  #cancelled = false;
  #next: WatchedRun | undefined;

  constructor(about: About) {
    this.file = about.file;
    this.#askedKind = about.kind ?? "fit";
    this.#asked = about.workflow;
    this.#title = about.title;
    this.#folder = about.folder;
    this.#ended = new Promise((resolve) => (this.#settle = resolve));
  }

  get events(): readonly RunEvent[] {
    return this.#events;
  }
  get state(): RunState {
    return this.#state;
  }
  /** The run's folder; undefined until there is one. */
  get folder(): string | undefined {
    return this.#folder;
  }
  /** The name the workflow is exported by; undefined while only "the default one" is known. */
  get workflow(): string | undefined {
    return this.#state.started?.spec.workflow ?? this.#asked;
  }
  /** What people call it: "digits_transfer". */
  get title(): string {
    return runName(this.#state) ?? this.#title;
  }
  get kind(): RunKind {
    return this.#state.started ? (this.#state.started.kind ?? "fit") : this.#askedKind;
  }
  get end(): WatchEnd | undefined {
    return this.#end;
  }
  /** The run that the same process does after this one, once it has begun: after a tuning its fit. */
  get next(): WatchedRun | undefined {
    return this.#next;
  }
  /** Settles when nothing more will come; never rejects. */
  get ended(): Promise<WatchEnd> {
    return this.#ended;
  }
  get going(): boolean {
    return this.#end === undefined;
  }
  get cancelRequested(): boolean {
    return this.#cancelled;
  }
  /** Whether its process is gone without a last word, so that the state is only as good as the last event. */
  get lost(): boolean {
    return this.#end !== undefined && this.#events.length > 0 && this.#state.ended === null;
  }
  /** The state that people are shown. */
  get shownState(): RunState {
    return this.lost ? lost(this.#state) : this.#state;
  }

  /**
   * Seconds since the worker last said anything. 0 for a run that is not fed by a worker of ours: its
   * process speaks to its folder alone.
   */
  silence(now = Date.now()): number {
    return this.#heard === undefined || !this.going ? 0 : Math.max(0, (now - this.#heard) / 1000);
  }

  /** Calls back with every piece of news, and with "ended" at the end. Returns what stops it. */
  subscribe(listener: (news: readonly RunEvent[] | "ended") => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** @throws UserError where another process cannot be asked, because its run's folder cannot be written to. */
  cancel(): void {
    if (!this.going || this.#cancelled) return;
    this.#cancel();
    this.#cancelled = true;
  }

  /** The process that writes it, where it is none of ours and lives on this machine. */
  get foreignPid(): number | undefined {
    return this.going ? this.#pid : undefined;
  }

  /** For whoever feeds it: how it is asked to stop, and the process that writes it where that is none of ours. */
  fedBy(cancel: () => void, foreignPid?: number): this {
    this.#cancel = cancel;
    this.#pid = foreignPid;
    return this;
  }
  heard(): void {
    this.#heard = Date.now();
  }
  push(events: readonly RunEvent[]): void {
    for (const event of events) {
      if (event.type === "run_started" || event.type === "resumed") this.#folder = event.folder;
      this.#events.push(event);
      this.#state = reduce(this.#state, event);
    }
    for (const listener of [...this.#listeners]) listener(events);
  }
  /** The end of a run whose process goes on with another one. */
  finishBefore(next: WatchedRun): void {
    this.#next = next;
    this.finish({ how: "finished" });
  }
  finish(end: WatchEnd): void {
    if (this.#end) return;
    this.#end = end;
    for (const listener of [...this.#listeners]) listener("ended");
    this.#listeners.clear();
    this.#settle(end);
  }
}

/** A folder that was moved or copied is where it is, whatever its events say. */
export function inFolder(event: RunEvent, folder: string): RunEvent {
  return event.type === "run_started" || event.type === "resumed" ? { ...event, folder } : event;
}

/** Watches a run's folder: reads what is there, and follows it where another process still writes. */
export function watchFolder(folder: string): WatchedRun | undefined {
  const read = readRun(folder);
  const spec = read.record?.spec ?? read.events.find((event) => event.type === "run_started")?.spec;
  if (!spec) return undefined;
  const kind = read.record?.kind ?? "fit";
  const watched = new WatchedRun({
    file: spec.file,
    workflow: spec.workflow,
    title: spec.model,
    kind,
    folder,
  });
  watched.push(read.events.map((event) => inFolder(event, folder)));
  if (read.status !== "running") {
    watched.finish(read.status === "lost" ? { how: "lost" } : { how: "finished" });
    return watched;
  }
  const { pid, host } = read.record ?? {};
  watched.fedBy(() => requestCancel(folder), host === os.hostname() ? pid : undefined);
  void followRun(folder, (events) => watched.push(events), { offset: read.offset }).then(
    (how) => watched.finish(how === "ended" ? { how: "finished" } : { how: "lost" }),
    () => watched.finish({ how: "lost" }),
  );
  return watched;
}

/** What is kept of a run that did not end well: the model that its folder holds, or its finished trials. */
export function keptWords({ state, folder, kind }: Pick<WatchedRun, "state" | "folder" | "kind">): string {
  if (state.ended?.kept) return state.ended.kept;
  if (kind === "tuning") return keptTrials(state);
  const epoch = folder === undefined ? 0 : savedEpoch(folder);
  return epoch === 0
    ? "No epoch was finished, so there is no model."
    : `The model of epoch ${epoch} is kept.`;
}

/** Where the trouble is: of the error that ended a run, else of the first problem that has a place. */
export function placeOfTrouble(state: RunState): Place | undefined {
  return (
    state.ended?.error?.place ??
    state.problems.find(({ severity, place }) => severity === "error" && place)?.place
  );
}

/** Why there is no result, in a sentence or two. */
export function endWords(
  end: Exclude<WatchEnd, { how: "finished" } | { how: "killed" }>,
  kind: RunKind = "fit",
): string {
  switch (end.how) {
    case "refused":
      return end.message;
    case "not_started":
      return `The background process did not start. ${end.reason}`;
    case "crashed":
      return `The background process ended in the middle of the ${kind} (${endedWith(end.code, end.signal)}).`;
    case "lost":
      return "The process of this run is gone, and it did not say why.";
  }
}
