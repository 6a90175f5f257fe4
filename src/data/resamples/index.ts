import type { ResamplesDescription, ResamplingMethod } from "../../kspec/tuning-description.ts";
import type { Table } from "../table.ts";
import { bootstraps } from "./bootstraps.ts";
import { groupVfoldCv } from "./group-vfold-cv.ts";
import { looCv } from "./loo-cv.ts";
import { mcCv } from "./mc-cv.ts";
import { ResamplingOptions } from "./resampling-options.ts";
import type { Resample, Resampling } from "./resampling.ts";
import { rollingOrigin } from "./rolling-origin.ts";
import { slidingWindow } from "./sliding-window.ts";
import { validationSplit } from "./validation-split.ts";
import { vfoldCv } from "./vfold-cv.ts";

/** The ways to resample there are; adding one means adding a row. */
const RESAMPLING: Readonly<Record<ResamplingMethod, Resampling>> = {
  vfold_cv: vfoldCv,
  group_vfold_cv: groupVfoldCv,
  mc_cv: mcCv,
  bootstraps,
  loo_cv: looCv,
  validation_split: validationSplit,
  sliding_window: slidingWindow,
  rolling_origin: rollingOrigin,
};

export interface Resamples {
  /** For people: "5-fold cross-validation, stratified by species". */
  readonly label: string;
  readonly folds: readonly Resample[];
  /** What people should know: classes too rare to be strata. */
  readonly notes: readonly string[];
}

/**
 * Deals the rows of a table into resamples, as rsample's functions do: the same ids and sizes, other rows, since the random numbers are
 * not R's. Rows of `vfold_cv`, `group_vfold_cv` and the methods over time stay in the table's order; those that are drawn come in random
 * order, as in rsample.
 *
 * @param seed Where the description has none.
 * @throws UserError for options that do not fit together or do not fit the rows, naming the method and the remedy.
 */
export function makeResamples(
  { method, options }: ResamplesDescription,
  table: Table,
  seed: number,
): Resamples {
  const read = new ResamplingOptions(method, options, table, seed);
  const resampling = RESAMPLING[method];
  const folds = resampling.deal(read);
  return { label: resampling.label(read), folds, notes: read.notes };
}

export type { Resample } from "./resampling.ts";
