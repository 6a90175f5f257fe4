import type { RunEvent } from "./run-event.ts";

/** Host → worker: one worker process does one job. */
export type ToWorker =
  | FitRequest
  | ResumeRequest
  | TuneRequest
  | FitBestRequest
  /** Stop at the next batch; keep what is finished. */
  | { readonly type: "cancel" };

export interface FitRequest {
  readonly type: "fit";
  /** Absolute path of the spec. */
  readonly file: string;
  /** The exported workflow; absent: the default export, else the only one. */
  readonly workflow?: string;
  readonly seed?: number;
  /** Parent of the run's folder; absent: `.kspec/runs` as DESIGN.md §4 says. */
  readonly runs?: string;
  /** The open workspace folder: `.kspec` is never looked for above it. */
  readonly workspace?: string;
}

/** Go on with a run, in its folder, as its spec was when it began. */
export interface ResumeRequest {
  readonly type: "resume";
  /** The run's folder. */
  readonly folder: string;
  /** Go on to so many epochs; absent: to those the run was begun with. */
  readonly epochs?: number;
}

/** Tune what the spec exports under a name: tunings, and the final fit where that is what is exported. */
export interface TuneRequest extends Omit<FitRequest, "type" | "workflow"> {
  readonly type: "tune";
  /** The exported tuning, `last_fit` or `workflow_map`; absent: the default export, else the only one. */
  readonly export?: string;
  /** Also where the export is a last_fit: the tunings alone. */
  readonly only_tune?: boolean;
  readonly workers?: number;
  /** Seconds. */
  readonly time_budget?: number;
}

/** Fit the best candidate of a tuning run (`fit_best`): the workflow with its values, on all training rows. */
export interface FitBestRequest {
  readonly type: "fit_best";
  /** The tuning run's folder. */
  readonly folder: string;
  /** A candidate's `.config`; absent: the best. */
  readonly config?: string;
  readonly seed?: number;
}

/** Worker → host. */
export type FromWorker =
  /** Loaded, and listening. */
  | { readonly type: "ready"; readonly pid: number; readonly version: string }
  | { readonly type: "event"; readonly event: RunEvent }
  /** A line for the output channel. */
  | { readonly type: "log"; readonly line: string }
  /** Every two seconds, also while a batch is computed where that is possible. */
  | { readonly type: "alive" }
  /** The job could not become a run (a spec with errors, nothing to fit): no folder was made. */
  | {
      readonly type: "refused";
      readonly message: string;
      readonly problems: readonly Omit<Extract<RunEvent, { type: "problem" }>, "run" | "time">[];
    }
  /** The last message: the process ends by itself after it. */
  | { readonly type: "finished" };
