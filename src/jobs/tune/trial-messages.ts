import type { SpecSnapshot } from "../load-spec.ts";
import type { Backend, ParameterValues, Progress } from "../../protocol/index.ts";
import type { Trial, TrialResult } from "../../tuning/contract.ts";

/** How far a worker is that prepares: bytes of weights that are fetched, then features. */
export type PrepareProgress =
  | {
      readonly phase: "load";
      readonly done: number;
      readonly total: number | null;
      readonly unit: Progress["unit"];
    }
  | { readonly phase: "features"; readonly done: number; readonly total: number; readonly cached: number };

/** What a worker must know to try trials of a tuning. */
export interface TrialSetup {
  /** Absolute path of the spec, and what it and its neighbours said. */
  readonly file: string;
  readonly snapshot: SpecSnapshot;
  /** The name the tuning is exported by, and which of its tunings it is. */
  readonly exported: string;
  readonly index: number;
  readonly seed: number;
  /** The run's folder, for what the spec asks to be kept of trials; absent: nothing is. */
  readonly folder?: string;
  /** How many workers share the machine. */
  readonly workers: number;
}

/** Tuning → trial worker. */
export type ToTrialWorker =
  | { readonly type: "setup"; readonly setup: TrialSetup }
  | { readonly type: "keep"; readonly folder: string }
  /** Compute the features of all rows. */
  | { readonly type: "prepare"; readonly values: ParameterValues }
  | { readonly type: "run"; readonly trials: readonly Trial[] };

/** Trial worker → tuning. */
export type FromTrialWorker =
  | { readonly type: "ready"; readonly backend: Backend }
  /** It cannot work, or not go on: a message for people. */
  | { readonly type: "unfit"; readonly code: string; readonly message: string }
  | { readonly type: "progress"; readonly progress: PrepareProgress }
  | { readonly type: "prepared"; readonly failure?: { readonly code: string; readonly message: string } }
  | { readonly type: "results"; readonly results: readonly TrialResult[] }
  | { readonly type: "log"; readonly line: string };
