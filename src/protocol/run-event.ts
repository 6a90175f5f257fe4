/**
 * What a run says while it happens. One RunEvent is one line of `events.jsonl`, one line of
 * `kspec fit --json`, and one message from the worker to the host: the same object in all three.
 * Everything here survives `JSON.stringify`.
 */

import type { Stamp } from "./stamp.ts";
import type { ParameterValues, TuningEvent } from "./tuning-event.ts";

/** Raised when a field changes its meaning or goes; adding a field does not raise it. */
export const RUN_EVENT_VERSION = 1;

export type RunEvent =
  | RunStarted
  | Resumed
  | PhaseStarted
  | Progress
  | ModelBuilt
  | TrainerChosen
  | EpochEnd
  | Metrics
  | Evaluation
  | ProblemFound
  | RunEnded
  | TuningEvent;

export type Mode = "classification" | "regression";

export interface RunStarted extends Stamp {
  readonly type: "run_started";
  readonly version: typeof RUN_EVENT_VERSION;
  /** Absent: a fit. */
  readonly kind?: "fit" | "tuning";
  /** `file` is the spec's path; `workflow` the name it is exported by; `model` its `model_name`. */
  readonly spec: { readonly file: string; readonly workflow: string; readonly model: string };
  readonly mode: Mode;
  /** The model's arguments as they are used, defaults included. */
  readonly arguments: Readonly<Record<string, unknown>>;
  readonly seed: number;
  readonly backend: Backend;
  /** Versions of kspec, Node and TensorFlow.js. */
  readonly versions: Readonly<Record<string, string>>;
  /** The run's folder. */
  readonly folder: string;
  /** How many epochs will run at most. */
  readonly epochs: number;
  /** Of a fit that a tuning led to: the tuning's run, which lies in the same runs folder, the candidate, and its values. */
  readonly tuned?: { readonly run: string; readonly config: string; readonly values: ParameterValues };
  /** The last finished run of the same workflow in the same runs folder, for comparison. */
  readonly previous?: { readonly run: string; readonly metrics: readonly MetricRow[] };
}

/** A run that was stopped, or whose process was gone, goes on in its folder. */
export interface Resumed extends Stamp {
  readonly type: "resumed";
  /** The epoch after which it goes on; 0: it begins anew. What was said of later epochs is void: they are done again. */
  readonly epoch: number;
  /** How many epochs there will be at most. */
  readonly epochs: number;
  readonly backend: Backend;
  readonly folder: string;
}

export interface Backend {
  /** What computes: ONNX Runtime, TensorFlow's native library, or WebAssembly. */
  readonly name: "onnxruntime" | "tensorflow" | "wasm";
  /** Why this one, in one sentence. */
  readonly reason: string;
}

/** In the order in which they happen; a run without a frozen base has no `features`. A tuning has `tune` where a fit has `fit`. */
export const PHASES = ["load", "features", "fit", "tune", "evaluate", "save"] as const;
export type Phase = (typeof PHASES)[number];

export interface PhaseStarted extends Stamp {
  readonly type: "phase_started";
  readonly phase: Phase;
}

export interface Progress extends Stamp {
  readonly type: "progress";
  readonly phase: Phase;
  readonly done: number;
  /** null where nobody knows, as with a download of unknown length. */
  readonly total: number | null;
  readonly unit: "images" | "rows" | "batches" | "bytes" | "files" | "trials";
  /** Seconds left in this phase; null until it can be told. */
  readonly eta_s: number | null;
  /** How many of `done` were found in the feature cache; only in the phase "features". */
  readonly cached?: number;
  /** Units a second at the moment; absent until it can be told. */
  readonly per_s?: number;
}

export interface ModelBuilt extends Stamp {
  readonly type: "model_built";
  readonly layers: readonly BuiltLayer[];
  readonly parameters: { readonly total: number; readonly trainable: number };
}

export interface BuiltLayer {
  /** The layer block that made it. */
  readonly block: string;
  readonly name: string;
  /** Keras's class name. */
  readonly class: string;
  /** Without the batch axis; null is any length. */
  readonly output_shape: readonly (number | null)[];
  readonly parameters: number;
  readonly trainable: boolean;
  /** In the frozen prefix: computed once, not in every epoch. */
  readonly frozen: boolean;
  /** Names of the layers it reads. */
  readonly reads: readonly string[];
}

/** What trains the network, once that is known: it depends on the network's layers, loss and metrics. Once for each stage of a fit. */
export interface TrainerChosen extends Stamp {
  readonly type: "trainer_chosen";
  /** Its reason says what keeps ONNX Runtime from it, where something does. */
  readonly trainer: Backend;
}

export interface EpochEnd extends Stamp {
  readonly type: "epoch_end";
  /** From 1. */
  readonly epoch: number;
  readonly epochs: number;
  /** Keras's names: `loss`, `accuracy`, `val_loss`, `val_accuracy`, … */
  readonly logs: Readonly<Record<string, number>>;
}

export type DataSplit = "train" | "validation" | "test";

export interface Metrics extends Stamp {
  readonly type: "metrics";
  readonly set: DataSplit;
  /** How many rows they were computed from. */
  readonly n: number;
  readonly metrics: readonly MetricRow[];
}

/** A row of yardstick's: `{ ".metric": "accuracy", ".estimator": "multiclass", ".estimate": 0.944, set: "test" }`. */
export interface MetricRow {
  readonly ".metric": string;
  readonly ".estimator": string;
  /** null where the metric is not defined, e.g. recall without a single positive. */
  readonly ".estimate": number | null;
  readonly set: DataSplit;
  /** Which outcome it is of; only where the model has several. */
  readonly outcome?: string;
}

/** What the panel draws of the test set; whole predictions are in `predictions.csv`. One per outcome. */
export interface Evaluation extends Stamp {
  readonly type: "evaluation";
  readonly set: DataSplit;
  readonly outcome: string;
  readonly n: number;
  /** Class levels in order; empty in regression. */
  readonly levels: readonly string[];
  /** Rows truth, columns estimate; empty in regression. */
  readonly confusion: readonly (readonly number[])[];
  /** The share of the commonest class of the training set in this set: what always guessing it would get. */
  readonly baseline: number | null;
  readonly examples: readonly Example[];
}

export interface Example {
  /** Row in `predictions.csv`, from 1. */
  readonly row: number;
  readonly truth: string | number;
  readonly estimate: string | number;
  /** Of the estimate; absent in regression. */
  readonly probability?: number;
  /** A PNG, relative to the run's folder, with `/`; absent where the input is no image. */
  readonly image?: string;
}

export interface ProblemFound extends Stamp {
  readonly type: "problem";
  readonly severity: "error" | "warning" | "information" | "hint";
  /** A rule's code, or a short kebab-case word for what is no rule. */
  readonly code: string;
  /** What is wrong, and what to do. */
  readonly message: string;
  readonly place?: Place;
  /** Title of the quick fix that the editor offers there, if it offers one. */
  readonly fix?: string;
}

/** A place in a text; positions as in LSP: from 0, characters in UTF-16. */
export interface Place {
  readonly file: string;
  readonly range: { readonly start: Position; readonly end: Position };
}
export interface Position {
  readonly line: number;
  readonly character: number;
}

export interface RunEnded extends Stamp {
  readonly type: "run_ended";
  readonly status: "done" | "failed" | "cancelled";
  readonly folder: string;
  /** Present when it failed. */
  readonly error?: { readonly message: string; readonly place?: Place };
  /** What can be used of it, in one sentence: "The model of epoch 3 is kept." */
  readonly kept?: string;
  readonly seconds: number;
}
