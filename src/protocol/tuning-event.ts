/**
 * What a tuning says while it happens: RunEvents beside those of a fit, in the same `events.jsonl`. A trial is one candidate on one
 * fold; `trial_ended` holds all that is kept of it, so that a tuning goes on from these lines alone.
 */
import type { Stamp } from "./stamp.ts";

export type TuningEvent = TuningStarted | CandidatesAdded | TrialStarted | TrialEnded | CandidatesEliminated;

/** A hyperparameter's value: plain JSON. Descriptions such as `losses.huber()` are objects. */
export type ParameterValue =
  number | string | boolean | null | readonly unknown[] | Readonly<Record<string, unknown>>;
/** By parameter id. */
export type ParameterValues = Readonly<Record<string, ParameterValue>>;

/** A hyperparameter that is tuned, as it was settled when the tuning began. */
export interface TunedParameter {
  readonly id: string;
  /** Where the value goes: an argument of the model (`dense_units`), or an option of a recipe's step. */
  readonly target:
    | { readonly kind: "argument"; readonly argument: string }
    | { readonly kind: "step"; readonly step: number; readonly option: string };
  /** dials' function: `hidden_units`. */
  readonly type: string;
  readonly label: string;
  readonly scale: "integer" | "double" | "nominal";
  /** In units of `transform`; absent for nominal ones, and where only a table says what values there are. */
  readonly range?: readonly [number, number];
  readonly transform?: "log10" | "log2" | "log" | "log1p" | "sqrt" | "reciprocal" | "logit";
  readonly values?: readonly ParameterValue[];
}

export interface TunedMetric {
  /** yardstick's name. */
  readonly name: string;
  readonly direction: "maximize" | "minimize" | "zero";
}

/** A resample: which rows are learnt from, and which are predicted. */
export interface Fold {
  /** rsample's: `Fold1`; with repeats `Repeat1/Fold1`. */
  readonly id: string;
  /** How many rows. */
  readonly analysis: number;
  readonly assessment: number;
}

/** Follows `run_started`, and `resumed` too. */
export interface TuningStarted extends Stamp {
  readonly type: "tuning_started";
  /** tune's function: `tune_grid`. */
  readonly method: string;
  readonly parameters: readonly TunedParameter[];
  /** The first one decides. */
  readonly metrics: readonly TunedMetric[];
  /** For people: "5-fold cross-validation". */
  readonly resampling: string;
  readonly folds: readonly Fold[];
  /** How many there will be at most; null where nobody can tell. */
  readonly candidates: number | null;
  readonly trials: number | null;
  readonly workers: number;
}

export interface Candidate {
  /** tune's `.config`: `pre0_mod03_post0`, `iter4`. */
  readonly config: string;
  readonly values: ParameterValues;
  /** Of an iterative search, from 1; 0 for where it starts from. */
  readonly iteration?: number;
}

export interface CandidatesAdded extends Stamp {
  readonly type: "candidates_added";
  readonly candidates: readonly Candidate[];
}

export interface TrialStarted extends Stamp {
  readonly type: "trial_started";
  readonly config: string;
  readonly fold: string;
  /** Of successive halving: up to how many epochs this time. */
  readonly epochs?: number;
}

export interface TrialMetric {
  readonly ".metric": string;
  readonly ".estimator": string;
  /** null where the metric is not defined on this fold. */
  readonly ".estimate": number | null;
  /** Only where there are several outcomes. */
  readonly outcome?: string;
}

export interface TrialNote {
  readonly type: "error" | "warning" | "note";
  /** For people. */
  readonly message: string;
  /** The layer block it comes from, where that is known. */
  readonly block?: string;
}

export interface TrialEnded extends Stamp {
  readonly type: "trial_ended";
  readonly config: string;
  readonly fold: string;
  readonly epochs?: number;
  readonly status: "done" | "failed";
  /** Of the assessment rows; empty when it failed. */
  readonly metrics: readonly TrialMetric[];
  readonly notes: readonly TrialNote[];
  /** That it took, the reading of data and features left out. */
  readonly seconds: number;
  /** Log of epochs, thinned to at most 60. */
  readonly history: readonly { readonly epoch: number; readonly logs: Readonly<Record<string, number>> }[];
  /** Predictions of the assessment rows: a CSV relative to the run's folder, with `save_pred`. */
  readonly predictions?: string;
}

/** Candidates that a race or a halving gives no further trials. */
export interface CandidatesEliminated extends Stamp {
  readonly type: "candidates_eliminated";
  readonly configs: readonly string[];
  /** How many folds (races) or epochs (halving) they were judged by. */
  readonly after: number;
  readonly by: "folds" | "epochs";
  /** Trials that were planned for them and are not run. */
  readonly spared: number;
}
