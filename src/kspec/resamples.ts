import { readOptions, type KnownOptions } from "./known-options.ts";
import type { Dataset } from "./datasets.ts";
import type { DatasetDescription } from "./description.ts";
import { named } from "./layer.ts";
import { SpecError } from "./spec-error.ts";
import type {
  ResamplesDescription,
  ResamplingMethod,
  SplitDatasetDescription,
} from "./tuning-description.ts";

/** Pairs of rows to learn from and rows to predict: what `vfold_cv()` and its kin give. Nothing is dealt before a tuning. */
export interface Resamples extends ResamplesDescription {
  readonly kind: "resamples";
}

/** A dataset dealt into training and test rows: what `initial_split()` gives. */
export interface Split extends SplitDatasetDescription {
  readonly kind: "dataset";
}

/** What a resampling that draws at random takes. */
export interface ResamplingSeed {
  /** Other seeds deal other rows. Default: the run's seed. */
  seed?: number;
}
export interface StrataOptions extends ResamplingSeed {
  /** A column: each part gets its classes, or bins of its numbers, in like shares. Default: none. */
  strata?: string;
  /** Bins of a column of numbers. Default 4. */
  breaks?: number;
  /** Classes with a smaller share of the rows are no strata of their own. Default 0.1. */
  pool?: number;
}
export interface VfoldOptions extends StrataOptions {
  /** Folds. Default 10. */
  v?: number;
  /** How often the rows are dealt anew. Default 1. */
  repeats?: number;
}
export interface GroupVfoldOptions extends ResamplingSeed {
  /** A column that says which rows belong together. */
  group: string;
  /** Folds. Default: as many as there are groups. */
  v?: number;
  /** How often the groups are dealt anew. Default 1. */
  repeats?: number;
  /** What folds get equally many of. Default "groups". */
  balance?: "groups" | "observations";
}
export interface McOptions extends StrataOptions {
  /** Share of the rows that is learnt from. Default 3/4. */
  prop?: number;
  /** How often. Default 25. */
  times?: number;
}
export interface BootstrapOptions extends StrataOptions {
  /** How often. Default 25. */
  times?: number;
  /** One more resample, whose rows to learn from and to predict are all rows. Default false. */
  apparent?: boolean;
}
export interface ValidationSplitOptions extends StrataOptions {
  /** Share of the rows that is learnt from. Default 3/4. */
  prop?: number;
}
export interface SlidingWindowOptions {
  /** Rows before each row that are learnt from with it; Infinity for all. Default 0. */
  lookback?: number;
  /** The first row after it that is predicted. Default 1. */
  assess_start?: number;
  /** The last row after it that is predicted. Default 1. */
  assess_stop?: number;
  /** Leaves out windows that would begin before the first row. Default true. */
  complete?: boolean;
  /** Takes every so many windows. Default 1. */
  step?: number;
  /** Leaves out so many windows at the beginning. Default 0. */
  skip?: number;
}
export interface RollingOriginOptions {
  /** Rows that the first resample learns from. Default 5. */
  initial?: number;
  /** Rows that each predicts. Default 1. */
  assess?: number;
  /** False forgets the first rows, so that each learns from equally many. Default true. */
  cumulative?: boolean;
  /** Leaves out so many between two resamples. Default 0. */
  skip?: number;
  /** Rows that are learnt from last and predicted too, for lagged predictors. Default 0. */
  lag?: number;
}
export interface InitialSplitOptions extends StrataOptions {
  /** Share of the rows to train on. Default 3/4. */
  prop?: number;
  /** A column that says which rows belong together: they are all for training, or all for test (rsample's `group_initial_split`). */
  group?: string;
}
export interface InitialTimeSplitOptions {
  /** Share of the rows to train on: the first ones. Default 3/4. */
  prop?: number;
  /** Rows at the end of the training rows that are test rows too, for lagged predictors. Default 0. */
  lag?: number;
}

const seed: KnownOptions<ResamplingSeed> = { seed: "optional" };
const strata: KnownOptions<StrataOptions> = {
  ...seed,
  strata: "optional",
  breaks: "optional",
  pool: "optional",
};
const validation: KnownOptions<ValidationSplitOptions> = { ...strata, prop: "optional" };
const vfold: KnownOptions<VfoldOptions> = { ...strata, v: "optional", repeats: "optional" };
const groupVfold: KnownOptions<GroupVfoldOptions> = {
  ...seed,
  group: "required",
  v: "optional",
  repeats: "optional",
  balance: "optional",
};
const mc: KnownOptions<McOptions> = { ...validation, times: "optional" };
const bootstrap: KnownOptions<BootstrapOptions> = { ...strata, times: "optional", apparent: "optional" };
const slidingWindow: KnownOptions<SlidingWindowOptions> = {
  lookback: "optional",
  assess_start: "optional",
  assess_stop: "optional",
  complete: "optional",
  step: "optional",
  skip: "optional",
};
const rollingOrigin: KnownOptions<RollingOriginOptions> = {
  initial: "optional",
  assess: "optional",
  cumulative: "optional",
  skip: "optional",
  lag: "optional",
};
const initialSplit: KnownOptions<InitialSplitOptions> = { ...validation, group: "optional" };
const initialTimeSplit: KnownOptions<InitialTimeSplitOptions> = { prop: "optional", lag: "optional" };

/**
 * Cross-validation (rsample's `vfold_cv`): the rows are dealt to `v` folds, and each fold is predicted by a fit on the others.
 *
 * ```ts
 * vfold_cv({ v: 5, strata: "species" })
 * ```
 *
 * @param data Default: the training rows of the workflow that is tuned.
 */
export function vfold_cv(options?: VfoldOptions): Resamples;
export function vfold_cv(data: Dataset, options?: VfoldOptions): Resamples;
export function vfold_cv(...args: readonly unknown[]): Resamples {
  return resamples("vfold_cv", vfold, args);
}

/**
 * Cross-validation that keeps groups whole (rsample's `group_vfold_cv`): nothing is predicted by a fit that has seen its group.
 *
 * ```ts
 * group_vfold_cv({ group: "patient", v: 5 })
 * ```
 */
export function group_vfold_cv(options: GroupVfoldOptions): Resamples;
export function group_vfold_cv(data: Dataset, options: GroupVfoldOptions): Resamples;
export function group_vfold_cv(...args: readonly unknown[]): Resamples {
  return resamples("group_vfold_cv", groupVfold, args);
}

/**
 * Monte Carlo cross-validation (rsample's `mc_cv`): a share of the rows, drawn anew `times` times, is learnt from; the others are
 * predicted.
 *
 * ```ts
 * mc_cv({ prop: 0.8, times: 10 })
 * ```
 */
export function mc_cv(options?: McOptions): Resamples;
export function mc_cv(data: Dataset, options?: McOptions): Resamples;
export function mc_cv(...args: readonly unknown[]): Resamples {
  return resamples("mc_cv", mc, args);
}

/**
 * Bootstrap samples (rsample's `bootstraps`): as many rows as there are, drawn with replacement, are learnt from; those that were not
 * drawn are predicted.
 *
 * ```ts
 * bootstraps({ times: 25 })
 * ```
 */
export function bootstraps(options?: BootstrapOptions): Resamples;
export function bootstraps(data: Dataset, options?: BootstrapOptions): Resamples;
export function bootstraps(...args: readonly unknown[]): Resamples {
  return resamples("bootstraps", bootstrap, args);
}

/** Leave-one-out cross-validation (rsample's `loo_cv`): each row is predicted by a fit on all others. */
export function loo_cv(data?: Dataset): Resamples {
  return resamples("loo_cv", {}, data === undefined ? [] : [data]);
}

/**
 * One validation set (rsample's `validation_split`): a share of the rows is learnt from, the others are predicted.
 *
 * ```ts
 * validation_split({ prop: 0.8, strata: "label" })
 * ```
 */
export function validation_split(options?: ValidationSplitOptions): Resamples;
export function validation_split(data: Dataset, options?: ValidationSplitOptions): Resamples;
export function validation_split(...args: readonly unknown[]): Resamples {
  return resamples("validation_split", validation, args);
}

/**
 * A window that slides over rows in order of time (rsample's `sliding_window`): each row and those before it are learnt from, rows
 * after it are predicted.
 *
 * ```ts
 * sliding_window({ lookback: 29, assess_stop: 7, step: 7 })
 * ```
 */
export function sliding_window(options?: SlidingWindowOptions): Resamples;
export function sliding_window(data: Dataset, options?: SlidingWindowOptions): Resamples;
export function sliding_window(...args: readonly unknown[]): Resamples {
  return resamples("sliding_window", slidingWindow, args);
}

/**
 * Rows in order of time, of which more and more are learnt from and the next ones predicted (rsample's `rolling_origin`).
 *
 * ```ts
 * rolling_origin({ initial: 60, assess: 12, skip: 11 })
 * ```
 */
export function rolling_origin(options?: RollingOriginOptions): Resamples;
export function rolling_origin(data: Dataset, options?: RollingOriginOptions): Resamples;
export function rolling_origin(...args: readonly unknown[]): Resamples {
  return resamples("rolling_origin", rollingOrigin, args);
}

/**
 * Deals a dataset into training and test rows (rsample's `initial_split`; with `group` its `group_initial_split`). It is a dataset
 * like any other.
 *
 * ```ts
 * const split = initial_split(datasets.csv("penguins.csv"), { prop: 0.8, strata: "species", seed: 1 });
 * ```
 *
 * @param data Rows without test rows of their own.
 */
export function initial_split(data: Dataset, options?: InitialSplitOptions): Split {
  return split("initial_split", initialSplit, data, options);
}

/**
 * Deals rows in order of time (rsample's `initial_time_split`): the first ones are for training, the last ones for test.
 *
 * ```ts
 * initial_time_split(datasets.csv("sales.csv"), { prop: 0.8 })
 * ```
 */
export function initial_time_split(data: Dataset, options?: InitialTimeSplitOptions): Split {
  return split("initial_time_split", initialTimeSplit, data, options);
}

/**
 * The training rows of a split, as a dataset.
 *
 * ```ts
 * vfold_cv(training(split), { v: 5 })
 * ```
 */
export function training(split: Split): Split {
  return partOf("training", split);
}

/** The test rows of a split, as a dataset whose rows to train on they are. */
export function testing(split: Split): Split {
  return partOf("testing", split);
}

function resamples(
  method: ResamplingMethod,
  known: Readonly<Record<string, "optional" | "required">>,
  args: readonly unknown[],
): Resamples {
  const [first] = args;
  const hasData = isDataset(first);
  const options = readOptions(method, known, hasData ? args[1] : first);
  return Object.freeze({
    kind: "resamples",
    method,
    ...(hasData ? { data: first } : {}),
    options,
  });
}

function split(
  method: SplitDatasetDescription["method"],
  known: Readonly<Record<string, "optional" | "required">>,
  data: unknown,
  given: unknown,
): Split {
  if (!isDataset(data))
    throw new SpecError("wrong-part", `${method}() takes a dataset first, and got ${named(data)}.`);
  if (data.name === "split")
    throw new SpecError(
      "wrong-part",
      `${method}() takes a dataset that is not split yet, and got a split. Use its training() rows in a tuning's resamples.`,
    );
  const options = readOptions(method, known, given);
  return Object.freeze({ kind: "dataset", name: "split", data, method, part: "both", options });
}

function partOf(part: "training" | "testing", split: unknown): Split {
  if (isDataset(split) && split.name === "split") return Object.freeze({ ...split, part });
  throw new SpecError(
    "wrong-part",
    `${part}() takes what initial_split() or initial_time_split() gives, and got ${named(split)}.`,
  );
}

function isDataset(value: unknown): value is DatasetDescription {
  return typeof value === "object" && value !== null && (value as { kind?: unknown }).kind === "dataset";
}
