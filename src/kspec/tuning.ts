import type { MetricSetDescription, WorkflowDescription } from "./description.ts";
import { readOptions, type KnownOptions } from "./known-options.ts";
import { named } from "./layer.ts";
import { SpecError } from "./spec-error.ts";
import type {
  ControlDescription,
  GridDescription,
  ObjectiveDescription,
  ParametersDescription,
  ResamplesDescription,
  TuningDescription,
  TuningMethod,
} from "./tuning-description.ts";

/**
 * A tuning: what `tune_grid`, `fit_resamples` and the like give. Nothing is fitted by making one; when its file is run with
 * *Tune model* or `kspec tune`, an exported one is.
 */
export interface Tuning extends TuningDescription {
  readonly kind: "tuning";
}

/** What every tuning takes. */
export interface ResamplingOptions {
  /** What each candidate is fitted and measured on: `vfold_cv({ v: 5 })`. */
  resamples: ResamplesDescription;
  /** Measured on every fold; the first one decides. Default: the workflow's. */
  metrics?: MetricSetDescription;
  /** How it is run: `control_grid({ save_pred: true })`. */
  control?: ControlDescription;
}

/** A grid, how many candidates one should have that fills the space, or the candidates themselves: `[{ dense_units: 16 }, …]`. */
export type Grid = GridDescription | number | readonly Readonly<Record<string, unknown>>[];

export interface TuneGridOptions extends ResamplingOptions {
  /** Default 10: ten candidates that fill the space. */
  grid?: Grid;
  /** What single parameters may be, where it is not what their names say: `parameters({ dense_units: hidden_units([16, 128]) })`. */
  param_info?: ParametersDescription;
}

export interface TuneBayesOptions extends ResamplingOptions {
  /** Candidates tried one after the other, each chosen by what is known until then. Default 10. */
  iter?: number;
  /** How many candidates that fill the space it starts from, or an earlier tuning of the same parameters. Default 5. */
  initial?: number | TuningDescription;
  /** What the next candidate is chosen by. Default `exp_improve()`. */
  objective?: ObjectiveDescription;
  /** What single parameters may be, where it is not what their names say. */
  param_info?: ParametersDescription;
}

export interface TuneSimAnnealOptions extends ResamplingOptions {
  /** Steps. Default 10. */
  iter?: number;
  /** How many candidates it starts from, of which the best is taken, or an earlier tuning. Default 1. */
  initial?: number | TuningDescription;
  /** What single parameters may be, where it is not what their names say. */
  param_info?: ParametersDescription;
}

export interface TuneSuccessiveHalvingOptions extends TuneGridOptions {
  /** Epochs that every candidate gets. Default: so few that the last ones reach `max_epochs`, at least 1. */
  min_epochs?: number;
  /** Epochs that the last ones get. Default: the model's `fit_epochs`. */
  max_epochs?: number;
  /** One of so many goes on, for so many times the epochs. Default 3. */
  factor?: number;
}

const resampling: KnownOptions<ResamplingOptions> = {
  resamples: "required",
  metrics: "optional",
  control: "optional",
};
const tuneGrid: KnownOptions<TuneGridOptions> = { ...resampling, grid: "optional", param_info: "optional" };
const tuneBayes: KnownOptions<TuneBayesOptions> = {
  ...resampling,
  iter: "optional",
  initial: "optional",
  objective: "optional",
  param_info: "optional",
};
const tuneSimAnneal: KnownOptions<TuneSimAnnealOptions> = {
  ...resampling,
  iter: "optional",
  initial: "optional",
  param_info: "optional",
};
const tuneSuccessiveHalving: KnownOptions<TuneSuccessiveHalvingOptions> = {
  ...tuneGrid,
  min_epochs: "optional",
  max_epochs: "optional",
  factor: "optional",
};

/**
 * Fits a workflow once on each resample and measures it there (tune's `fit_resamples`): how good it is, and how sure that is.
 *
 * ```ts
 * export const results = fit_resamples(wf, { resamples: vfold_cv({ v: 10 }) });
 * ```
 */
export function fit_resamples(workflow: WorkflowDescription, options: ResamplingOptions): Tuning {
  return tuning("fit_resamples", workflow, resampling, options);
}

/**
 * Tries every candidate of a grid on every resample (tune's `tune_grid`).
 *
 * ```ts
 * export const results = tune_grid(wf, { resamples: vfold_cv({ v: 5 }), grid: grid_regular({ levels: 3 }) });
 * ```
 */
export function tune_grid(workflow: WorkflowDescription, options: TuneGridOptions): Tuning {
  return tuning("tune_grid", workflow, tuneGrid, options);
}

/**
 * A grid of which candidates are given up as soon as an analysis of variance says that they are worse than the best one
 * (finetune's `tune_race_anova`; Kuhn 2014).
 *
 * ```ts
 * export const results = tune_race_anova(wf, { resamples: vfold_cv({ v: 10 }), grid: 30, control: control_race({ burn_in: 4 }) });
 * ```
 */
export function tune_race_anova(workflow: WorkflowDescription, options: TuneGridOptions): Tuning {
  return tuning("tune_race_anova", workflow, tuneGrid, options);
}

/**
 * A grid of which candidates are given up as soon as they have lost to the best one on too many resamples (finetune's
 * `tune_race_win_loss`; Bradley and Terry).
 */
export function tune_race_win_loss(workflow: WorkflowDescription, options: TuneGridOptions): Tuning {
  return tuning("tune_race_win_loss", workflow, tuneGrid, options);
}

/**
 * Chooses each next candidate by a Gaussian process of what is known so far (tune's `tune_bayes`).
 *
 * ```ts
 * export const results = tune_bayes(wf, { resamples: vfold_cv({ v: 5 }), initial: 6, iter: 20, objective: exp_improve() });
 * ```
 */
export function tune_bayes(workflow: WorkflowDescription, options: TuneBayesOptions): Tuning {
  return tuning("tune_bayes", workflow, tuneBayes, options);
}

/** Goes from one candidate to another near it, seldom to a worse one and less and less so (finetune's `tune_sim_anneal`). */
export function tune_sim_anneal(workflow: WorkflowDescription, options: TuneSimAnnealOptions): Tuning {
  return tuning("tune_sim_anneal", workflow, tuneSimAnneal, options);
}

/**
 * A grid of which all candidates get a few epochs, the best of them more, and so on (Jamieson and Talwalkar 2016).
 *
 * ```ts
 * export const results = tune_successive_halving(wf, { resamples: vfold_cv({ v: 3 }), grid: 27, min_epochs: 2, factor: 3 });
 * ```
 */
export function tune_successive_halving(
  workflow: WorkflowDescription,
  options: TuneSuccessiveHalvingOptions,
): Tuning {
  return tuning("tune_successive_halving", workflow, tuneSuccessiveHalving, options);
}

function tuning(
  method: TuningMethod,
  workflow: unknown,
  known: KnownOptions<ResamplingOptions>,
  options: unknown,
): Tuning {
  checkPart(method, "the workflow", workflow, "workflow", "workflow({ data, recipe, model })");
  const { resamples, grid, param_info, metrics, control, ...own } = readOptions(method, known, options) as {
    readonly [
      Key in keyof TuneGridOptions | "iter" | "initial" | "objective" | "min_epochs" | "max_epochs" | "factor"
    ]?: unknown;
  };
  checkPart(method, "resamples", resamples, "resamples", "vfold_cv({ v: 5 })");
  if (metrics !== undefined)
    checkPart(method, "metrics", metrics, "metric_set", 'metric_set("accuracy", "roc_auc")');
  if (control !== undefined) checkPart(method, "control", control, "control", CONTROLS[method]);
  if (param_info !== undefined)
    checkPart(method, "param_info", param_info, "parameters", "parameters({ dense_units: hidden_units() })");
  if (own.objective !== undefined)
    checkPart(method, "objective", own.objective, "objective", "exp_improve()");
  if (own.initial !== undefined && (own.initial as { kind?: unknown } | null)?.kind !== "tuning")
    wholeFrom1(method, "initial", own.initial, " or an earlier tuning");
  for (const name of ["iter", "min_epochs", "max_epochs"] as const)
    if (own[name] !== undefined) wholeFrom1(method, name, own[name]);
  const { min_epochs, max_epochs, factor } = own as TuneSuccessiveHalvingOptions;
  if (factor !== undefined && !(Number.isFinite(factor) && factor > 1))
    throw new SpecError(
      "bad-option",
      `${method}(): factor must be a number above 1, and it is ${named(factor)}.`,
    );
  if (min_epochs !== undefined && max_epochs !== undefined && min_epochs > max_epochs)
    throw new SpecError(
      "bad-option",
      `${method}(): min_epochs is ${min_epochs}, which is more than max_epochs, ${max_epochs}.`,
    );
  return Object.freeze({
    kind: "tuning",
    method,
    workflow,
    resamples,
    ...(grid === undefined ? {} : { grid: readGrid(method, grid) }),
    ...(param_info === undefined ? {} : { param_info }),
    ...(metrics === undefined ? {} : { metrics }),
    control: control ?? Object.freeze({ kind: "control" }),
    options: Object.freeze(own),
  } as Tuning);
}

const CONTROLS: Readonly<Record<TuningMethod, string>> = {
  fit_resamples: "control_resamples({ save_pred: true })",
  tune_grid: "control_grid({ save_pred: true })",
  tune_race_anova: "control_race({ burn_in: 3 })",
  tune_race_win_loss: "control_race({ burn_in: 3 })",
  tune_bayes: "control_bayes({ no_improve: 10 })",
  tune_sim_anneal: "control_sim_anneal({ restart: 8 })",
  tune_successive_halving: "control_grid({ save_pred: true })",
};

/** A table is written as its rows. */
function readGrid(method: TuningMethod, grid: unknown): GridDescription | number {
  if (Array.isArray(grid)) {
    const rows = grid as readonly unknown[];
    const wrong = rows.findIndex((row) => typeof row !== "object" || row === null || Array.isArray(row));
    if (wrong >= 0)
      throw new SpecError(
        "bad-grid",
        `${method}(): each row of a grid must be an object, { parameter: value }, and row ${wrong + 1} is ${named(rows[wrong])}.`,
      );
    const copies = (rows as readonly Readonly<Record<string, unknown>>[]).map((row) =>
      Object.freeze({ ...row }),
    );
    return Object.freeze({ kind: "grid", method: "table", rows: Object.freeze(copies) });
  }
  if (typeof grid === "number") {
    wholeFrom1(method, "grid", grid, ", a grid such as grid_regular({ levels: 3 }), or a list of rows");
    return grid;
  }
  checkPart(method, "grid", grid, "grid", "grid_regular({ levels: 3 })");
  return grid as GridDescription;
}

function wholeFrom1(method: TuningMethod, option: string, value: unknown, or = ""): void {
  if (Number.isSafeInteger(value) && (value as number) >= 1) return;
  throw new SpecError(
    "bad-option",
    `${method}(): ${option} must be a whole number from 1 on${or}, and it is ${named(value)}.`,
  );
}

/** @throws SpecError for a part of the wrong kind, with an example of the right one. */
export function checkPart(where: string, what: string, part: unknown, kind: string, example: string): void {
  if ((part as { kind?: unknown } | null | undefined)?.kind === kind) return;
  throw new SpecError(
    "wrong-part",
    `${where}(): ${what} must be something like ${example}, and is ${named(part)}.`,
  );
}
