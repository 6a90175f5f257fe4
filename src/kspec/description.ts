/**
 * What a spec file says, as plain objects. The authoring functions make these; `model` turns layers
 * into a network, `data` reads datasets and runs recipes, `engine` fits. Making one computes nothing.
 * `kind` tells them apart.
 */
import type { SplitDatasetDescription } from "./tuning-description.ts";

// ---------------------------------------------------------------- layers

/** Anything that can be applied to tensors: a Keras layer, or a whole pretrained network. */
export type Applicable = LayerDescription | BaseDescription;

export interface LayerDescription {
  readonly kind: "layer";
  /** Keras's class name: `Dense`, `Conv2D`. */
  readonly class_name: string;
  /** Options as the author wrote them, in TensorFlow.js's camelCase; inner layers are descriptions. */
  readonly config: Readonly<Record<string, unknown>>;
  trainable: boolean;
}

/** A network from elsewhere, used as a layer. */
export interface BaseDescription {
  readonly kind: "base";
  readonly source: ApplicationSource | FileSource;
  /** False freezes every layer in it, batch normalisation included (Keras). */
  trainable: boolean;
}
export interface ApplicationSource {
  readonly from: "application";
  /** `resnet50`, `mobilenetV2`, … */
  readonly name: string;
  /** Keras's options in camelCase: weights ("imagenet", a path, null), includeTop, inputShape, pooling, alpha, classes. */
  readonly options: Readonly<Record<string, unknown>>;
}
export interface FileSource {
  readonly from: "file";
  /** `kspec:digits_base` (comes with KSpec), or a path from the spec's folder. */
  readonly path: string;
  /** Cut after the layer of this name. */
  readonly up_to?: string;
}

/** A symbolic tensor: the output of a layer applied to tensors. Applying one layer twice shares its weights. */
export interface TensorDescription {
  readonly kind: "tensor";
  readonly layer: Applicable;
  readonly inputs: readonly TensorDescription[];
}

export interface SequentialDescription {
  readonly kind: "sequential";
  readonly layers: Applicable[];
}

// ---------------------------------------------------------------- specs and models

/** One key of the object that a block takes. */
export interface BlockArgument {
  readonly name: string;
  /** As its type says; "unknown" where types cannot tell (then wiring and names decide). */
  readonly type: "tensor" | "number" | "string" | "boolean" | "array" | "other" | "unknown";
  readonly optional: boolean;
}

/** A user's function. `block_arguments` is attached when the file is compiled (language/transpile). */
export interface BlockFunction {
  (args: never): unknown;
  block_arguments?: readonly BlockArgument[];
}

export interface WiredBlock {
  readonly kind: "wired_block";
  readonly block: BlockFunction;
  /** One upstream for the block's one tensor, or argument → upstream. */
  readonly upstream: string | Readonly<Record<string, string>>;
}

export type Mode = "classification" | "regression";

export interface SpecDescription {
  readonly kind: "spec";
  readonly api: "functional" | "sequential";
  readonly model_name: string;
  readonly layer_blocks: Readonly<Record<string, BlockFunction | WiredBlock>>;
  readonly mode: Mode;
}

export type EngineName = "auto" | "native" | "tensorflow" | "wasm";

/** A spec with arguments: what `resnet_transfer({ … })` returns. */
export interface ModelDescription {
  readonly kind: "model";
  readonly spec: SpecDescription;
  /** As given; defaults are not filled in. Values may be `tune()`. */
  readonly arguments: Readonly<Record<string, unknown>>;
  readonly engine: EngineName;
}

export interface TuneDescription {
  readonly kind: "tune";
  readonly id?: string;
}

// ---------------------------------------------------------------- data and recipes

export type DatasetDescription =
  | { readonly kind: "dataset"; readonly name: "digits"; readonly options: DigitsOptions }
  | {
      readonly kind: "dataset";
      readonly name: "mnist" | "fashion_mnist" | "cifar10";
      readonly options: SubsetOptions;
    }
  | { readonly kind: "dataset"; readonly name: "cifar100"; readonly options: Cifar100Options }
  | {
      readonly kind: "dataset";
      readonly name: "image_folder";
      readonly path: string;
      readonly options: ImageFolderOptions;
    }
  | { readonly kind: "dataset"; readonly name: "csv"; readonly path: string; readonly options: CsvOptions }
  | SplitDatasetDescription;

/** The first `train` and `test` rows in the archive's own order; absent: all. */
export interface SubsetOptions {
  readonly train?: number;
  readonly test?: number;
}
export interface Cifar100Options extends SubsetOptions {
  /** 100 classes, or 20 groups of five. Default "fine". */
  readonly labels?: "fine" | "coarse";
}
export interface DigitsOptions extends SubsetOptions {
  /** Default: all ten. */
  readonly classes?: readonly number[];
}
export interface ImageFolderOptions {
  /** A share (0–1) or a number of images for each set; a folder with train/ and test/ brings its own split. */
  readonly test?: number;
  readonly validation?: number;
  readonly train?: number;
  /** Default 1. */
  readonly seed?: number;
  /** What a file that cannot be decoded does. Default "error". */
  readonly broken?: "error" | "skip";
}
export interface CsvOptions {
  readonly test?: number;
  readonly validation?: number;
  readonly train?: number;
  readonly seed?: number;
  /** Default ",". */
  readonly delimiter?: string;
  /** Read as missing, beside the empty cell. Default ["NA"]. */
  readonly na?: readonly string[];
  /** Columns to read as classes though they look like numbers. */
  readonly nominal?: readonly string[];
}

export interface RecipeDescription {
  readonly kind: "recipe";
  /** `outcome ~ predictor + predictor`, `outcome ~ .`, several outcomes with `+`. */
  readonly formula: string;
  readonly steps: readonly StepDescription[];
  /** In their order, all of them before the first step; absent: none. */
  readonly roles?: readonly RoleChange[];
}

/** `update_role`, `add_role`, `remove_role` */
export interface RoleChange {
  readonly change: "update" | "add" | "remove";
  readonly terms: readonly (string | SelectorDescription)[];
  /** What columns get; of update and add. */
  readonly new_role?: string;
  /** What they lose; of remove, and of update where only columns of this role are meant. */
  readonly old_role?: string;
}

export interface StepDescription {
  /** `rescale`, `resize`, `normalize`, `dummy`, … without `step_`. */
  readonly step: string;
  /** Column names, or selectors such as `all_numeric_predictors()`. */
  readonly terms: readonly (string | SelectorDescription)[];
  /** Values may be `tune()`. */
  readonly options: Readonly<Record<string, unknown>>;
}
export interface SelectorDescription {
  readonly kind: "selector";
  readonly select:
    | "all_predictors"
    | "all_numeric_predictors"
    | "all_nominal_predictors"
    | "all_image_predictors"
    | "all_outcomes"
    | "all_numeric"
    | "all_nominal"
    | "everything"
    | "has_role"
    | "has_type"
    | "starts_with"
    | "ends_with"
    | "contains"
    | "matches"
    | "all_of"
    | "any_of"
    | "one_of"
    | "not";
  /** Roles, types, texts, regular expressions or names, by `select`: a column that goes with one of them is chosen. */
  readonly match?: readonly string[];
  /** Of texts and regular expressions. Default true. */
  readonly ignore_case?: boolean;
  /** Of `not`: what is taken out of what the terms before it chose; of all columns where it comes first. */
  readonly terms?: readonly (string | SelectorDescription)[];
}

// ---------------------------------------------------------------- workflow

export interface MetricSetDescription {
  readonly kind: "metric_set";
  /** yardstick's names, and those of `tweaks`, in the order they are reported. */
  readonly metrics: readonly string[];
  /** Metrics with options of their own, by the name they are reported by. */
  readonly tweaks?: Readonly<Record<string, MetricTweakDescription>>;
}

export interface MetricTweakDescription {
  readonly kind: "metric_tweak";
  readonly name: string;
  /** yardstick's name. */
  readonly metric: string;
  /** yardstick's: beta, estimator, event_level, …; na_rm. */
  readonly options: Readonly<Record<string, unknown>>;
}

export type CallbackDescription =
  | { readonly kind: "callback"; readonly name: "earlyStopping"; readonly options: EarlyStoppingOptions }
  | {
      readonly kind: "callback";
      readonly name: "reduceLROnPlateau";
      readonly options: ReduceLROnPlateauOptions;
    }
  | {
      readonly kind: "callback";
      readonly name: "learningRateScheduler";
      readonly options: { readonly schedule: LearningRateFunction };
    }
  | { readonly kind: "callback"; readonly name: "modelCheckpoint"; readonly options: ModelCheckpointOptions }
  | { readonly kind: "callback"; readonly name: "terminateOnNaN"; readonly options: object };

/** Which value of the epoch log a callback watches, and which way it is to go. */
export interface MonitorOptions {
  /** Default "val_loss". */
  readonly monitor?: string;
  /** Default "auto": max for accuracies and the like, else min. */
  readonly mode?: "auto" | "min" | "max";
}
export interface EarlyStoppingOptions extends MonitorOptions {
  /** Smaller changes are no improvement. Default 0. */
  readonly minDelta?: number;
  /** Epochs without improvement before it stops. Default 0. */
  readonly patience?: number;
  /** Default false. */
  readonly restoreBestWeights?: boolean;
  /** A value that must be beaten for the patience to start anew. */
  readonly baseline?: number;
  /** Epochs that are not looked at, at the beginning. Default 0. */
  readonly startFromEpoch?: number;
}
export interface ReduceLROnPlateauOptions extends MonitorOptions {
  /** What the learning rate is multiplied with, below 1. Default 0.1. */
  readonly factor?: number;
  /** Epochs without improvement before the rate is lowered. Default 10. */
  readonly patience?: number;
  /** Smaller changes are no improvement. Default 0.0001. */
  readonly minDelta?: number;
  /** Epochs after a reduction in which nothing is counted. Default 0. */
  readonly cooldown?: number;
  /** The rate is not lowered below it. Default 0. */
  readonly minLr?: number;
}
export interface ModelCheckpointOptions extends MonitorOptions {
  /** The run keeps the best epoch's weights, not the last one's. Default false. */
  readonly saveBestOnly?: boolean;
  /** Only epochs that beat it are kept, with `saveBestOnly`. */
  readonly initialValueThreshold?: number;
  /** Default "epoch", and there is no other. */
  readonly saveFreq?: "epoch";
}
/**
 * Epoch, counted from 0 as in Keras, and the learning rate so far → the learning rate of this epoch.
 */
export type LearningRateFunction = (epoch: number, rate: number) => number;

/** `optimizers.adam({ … })`, `schedules.…`, `losses.huber({ … })`, `metrics.auc({ … })`, `initializers.…`, `regularizers.…`, `constraints.…`. */
export interface KerasObjectDescription {
  readonly kind: "optimizer" | "schedule" | "loss" | "metric" | "initializer" | "regularizer" | "constraint";
  /** Keras's class name: `Adam`, `Huber`, `HeNormal`, `L2`. */
  readonly class_name: string;
  readonly config: Readonly<Record<string, unknown>>;
}

/** What is trained of a frozen base after the head. */
export interface FineTuneDescription {
  readonly kind: "fine_tune";
  /** The first layer of the base that is trained, by Keras's name. */
  readonly from: string;
  readonly epochs: number;
  readonly learn_rate: number;
  /** Absent: the model's. */
  readonly batch_size?: number;
  readonly batch_normalization: "inference" | "training";
}

export interface WorkflowDescription {
  readonly kind: "workflow";
  readonly data?: DatasetDescription;
  readonly recipe?: RecipeDescription;
  readonly model?: ModelDescription;
  /** Absent: accuracy in classification; rmse, rsq and mae in regression. */
  readonly metrics?: MetricSetDescription;
  /** Absent: bases that are frozen stay so. */
  readonly fine_tune?: FineTuneDescription;
}
