import type { Baked } from "../../data/baked.ts";
import type { FineTuneDescription, ModelDescription } from "../../kspec/description.ts";
import type { Prediction } from "../contract.ts";
import type { FeatureStore } from "../feature-store/contract.ts";

/** A fit of a candidate on the analysis rows of a fold, whose predictions of the assessment rows are wanted, and no model. */
export interface TrialJob {
  /** All its arguments are values. */
  readonly model: ModelDescription;
  /** The fold's rows after its recipe. Handing in the same object again spares its features and its copies. */
  readonly analysis: Baked;
  readonly assessment: Baked;
  /** Of initial weights, order and masks. */
  readonly seed: number;
  /** Epochs after which the assessment rows are predicted, ascending; the last one is where the fit ends. Absent: at the end. */
  readonly stops?: readonly number[];
  /** What is trained of a frozen base after the head; then there is one stop, and it counts the head's epochs. */
  readonly fineTune?: FineTuneDescription;
}

export interface TrialFit {
  /** By stop; a fit that a callback ended early has its end's predictions for all later stops. */
  readonly predictions: ReadonlyMap<number, ReadonlyMap<string, Prediction>>;
  readonly history: readonly { readonly epoch: number; readonly logs: Readonly<Record<string, number>> }[];
  readonly stopped: "finished" | "early" | "cancelled";
  /** What people should know: a slower engine, an option that is passed over. The same for the same trial, whatever was before it. */
  readonly notes: readonly { readonly severity: "warning" | "information"; readonly message: string }[];
}

/** Where trials of one spec are fitted, one after the other, in one process: what they have in common is made once. */
export interface TrialBench {
  /**
   * Computes what trials of this model need of these rows before any is fitted: the frozen prefix's features.
   *
   * @param progress Entries done and found in the cache.
   */
  prepare(
    model: ModelDescription,
    rows: Baked,
    signal: AbortSignal | undefined,
    progress: (done: number, total: number, cached: number) => void,
  ): Promise<void>;
  /** @throws UserError for a candidate that cannot be built or trained, naming its block where it can; the signal's reason. */
  fit(job: TrialJob, signal?: AbortSignal): Promise<TrialFit>;
  /** Builds the network and its training graph without fitting: `kspec compile`. @throws as `fit` does. */
  compile(
    model: ModelDescription,
    rows: Baked,
  ): Promise<{ readonly parameters: { readonly total: number; readonly trainable: number } }>;
  dispose(): Promise<void>;
}

export interface TrialBenchOptions {
  readonly specFolder: string;
  /** How many processes share the machine's cores. Default 1. */
  readonly workers?: number;
  /** Where features are kept; null: in memory alone. Default: this user's feature cache. */
  readonly store?: FeatureStore | null;
  /** Bytes of features that are held in memory; what was used longest ago goes. Default: a share of what is free. */
  readonly memory?: number;
  /** Told what is no trial's own: features that cannot be kept, a base that TensorFlow.js computes. */
  readonly note?: (severity: "warning" | "information", message: string) => void;
}
