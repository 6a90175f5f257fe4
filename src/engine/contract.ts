import type { Baked } from "../data/baked.ts";
import type { FineTuneDescription, ModelDescription } from "../kspec/description.ts";
import type { Backend, BuiltLayer, Phase } from "../protocol/index.ts";
import type { FeatureStore } from "./feature-store/contract.ts";
import type { BasesAtHand } from "./preloaded-bases.ts";
import type { TrainingState } from "./training/checkpoint.ts";
import type { Reached } from "./training/train.ts";

export type { Reached };

/** What a fit is asked. The data are baked: the recipe has run, nothing here knows of files or columns. */
export interface FitJob {
  readonly model: ModelDescription;
  /** Rows in order; `fit_validation_split` takes the last fraction, before any shuffling (Keras). */
  readonly train: Baked;
  /** The dataset's own validation rows; then `fit_validation_split` is not used. */
  readonly validation?: Baked;
  /** Rows that will be predicted after the fit: their features are computed with the others, and found in the cache then. */
  readonly test?: Baked;
  readonly seed: number;
  /** Folder that relative paths in the spec start at. */
  readonly specFolder: string;
  /** Bases that are being read already (`preflight`), or that fits have in common. */
  readonly preloaded?: BasesAtHand;
  /** Bytes that an input's rows may take in memory; what is larger is read anew in every epoch. Default: a share of what is free. */
  readonly memoryForRows?: number;
  /** What is trained of a frozen base after the head; absent: nothing. */
  readonly fineTune?: FineTuneDescription;
  /** Where the fit goes on, as if it had never stopped; absent: it begins. */
  readonly resume?: TrainingState;
  /** Where the features of frozen bases are kept; null: nowhere. Default: this user's feature cache. */
  readonly store?: FeatureStore | null;
}

/** What a fit says while it runs. Async methods are awaited before the fit goes on. */
export interface FitListener {
  phase(phase: Phase): void;
  progress(
    phase: Phase,
    done: number,
    total: number | null,
    unit: "images" | "rows" | "batches" | "bytes" | "files",
    /** How many of `done` were not computed but found in the feature cache; only in the phase "features". */
    cached?: number,
  ): void;
  built(layers: readonly BuiltLayer[], parameters: { total: number; trainable: number }): void;
  /** What trains the network, and why: once for each stage, before its first epoch. */
  trainer?(chosen: Backend): void;
  /**
   * After each epoch, with a model that can be saved and used at that moment.
   *
   * @param save false: a better epoch's model is to be kept (`modelCheckpoint`).
   */
  epochEnd(
    epoch: number,
    epochs: number,
    logs: Readonly<Record<string, number>>,
    model: FittedModel,
    save: boolean,
  ): Promise<void>;
  /** After each epoch, and at the end, with what a later fit could go on from. */
  reached?(reached: Reached): Promise<void>;
  /** Something the user should know that is no failure: a slower engine, an ignored option. */
  note(severity: "warning" | "information", code: string, message: string): void;
}

export interface FittedModel {
  readonly backend: Backend;
  /** Epochs that are in the weights. */
  readonly epoch: number;
  /** Outcome → rows × units: probabilities in classification (a one-unit sigmoid gives two columns), values in regression. */
  predict(
    inputs: Baked,
    signal?: AbortSignal,
    onRows?: (done: number) => void,
  ): Promise<ReadonlyMap<string, Prediction>>;
  /**
   * Writes a complete tfjs LayersModel (raw input → output, the frozen base included) in such an order that the
   * folder holds a complete model at every moment, also when it is killed. Frozen weights are written once.
   */
  save(folder: string): Promise<void>;
  dispose(): void;
}

export interface Prediction {
  readonly units: number;
  readonly values: Float32Array;
}

export interface FitResult {
  readonly model: FittedModel | null;
  readonly epochs: number;
  /** "early": a callback stopped it. "cancelled": the signal did; `model` is the last finished epoch's, or null with none finished. */
  readonly stopped: "finished" | "early" | "cancelled";
}
