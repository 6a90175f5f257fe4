/**
 * What a spec file says of resampling and tuning, as plain objects: nothing is drawn, dealt or computed by making one.
 * `kspec tune`, `kspec fit` and the editor run the chain that they make: resamples and grid → tuning → selection → final fit.
 */
import type {
  DatasetDescription,
  MetricSetDescription,
  ModelDescription,
  RecipeDescription,
  WorkflowDescription,
} from "./description.ts";

// ---------------------------------------------------------------- resamples

/** rsample's functions. */
export type ResamplingMethod =
  | "vfold_cv"
  | "group_vfold_cv"
  | "mc_cv"
  | "bootstraps"
  | "loo_cv"
  | "validation_split"
  | "sliding_window"
  | "rolling_origin";

export interface ResamplesDescription {
  readonly kind: "resamples";
  readonly method: ResamplingMethod;
  /** Absent: the training rows of the workflow that is resampled. */
  readonly data?: DatasetDescription;
  /** rsample's: v, repeats, strata, prop, times, group, lookback, assess_stop, …; seed. */
  readonly options: Readonly<Record<string, unknown>>;
}

/** A dataset dealt anew into training and test rows: what `initial_split` gives, and parts of it. */
export interface SplitDatasetDescription {
  readonly kind: "dataset";
  readonly name: "split";
  readonly data: DatasetDescription;
  readonly method: "initial_split" | "initial_time_split";
  /** "both": training and test rows; `training()` and `testing()` give datasets whose training rows are the one or the other. */
  readonly part: "both" | "training" | "testing";
  /** prop, strata, group, lag, seed. */
  readonly options: Readonly<Record<string, unknown>>;
}

// ---------------------------------------------------------------- parameters and grids (dials)

/** What one hyperparameter may be. */
export interface ParameterDescription {
  readonly kind: "parameter";
  /** dials' function that made it: `hidden_units`, `learn_rate`. */
  readonly type: string;
  readonly scale: "integer" | "double" | "nominal";
  /** Both ends, in the units of `transform`: `learn_rate([-4, -1])` is 0.0001 to 0.1. */
  readonly range?: readonly [number, number];
  readonly transform?: "log10" | "log2" | "log" | "log1p" | "sqrt" | "reciprocal" | "logit";
  /** Of nominal ones, and of quantitative ones of which only some values are meant. Plain JSON. */
  readonly values?: readonly unknown[];
  /** For people: "Hidden units". */
  readonly label: string;
}

/** Parameters by id: those of a workflow's `tune()` marks, with what is said of them in particular. */
export interface ParametersDescription {
  readonly kind: "parameters";
  /** `extract_parameter_set_dials(workflow)`: all its `tune()` marks take part. */
  readonly workflow?: WorkflowDescription;
  readonly parameters: Readonly<Record<string, ParameterDescription>>;
}

export type GridDescription =
  | {
      readonly kind: "grid";
      readonly method: "regular" | "random" | "latin_hypercube" | "space_filling";
      /** Absent: those of the workflow that is tuned. */
      readonly parameters?: ParametersDescription;
      /** levels (a number, or by id), size, original, type, seed, filter. */
      readonly options: Readonly<Record<string, unknown>>;
    }
  | {
      readonly kind: "grid";
      readonly method: "table";
      /** Id → value, one object a candidate. */
      readonly rows: readonly Readonly<Record<string, unknown>>[];
    };

// ---------------------------------------------------------------- tuning

export type TuningMethod =
  | "fit_resamples"
  | "tune_grid"
  | "tune_race_anova"
  | "tune_race_win_loss"
  | "tune_bayes"
  | "tune_sim_anneal"
  | "tune_successive_halving";

export interface ControlDescription {
  readonly kind: "control";
  /** Keeps the predictions of every trial. Default false. */
  readonly save_pred?: boolean;
  readonly verbose?: boolean;
  /** What else is kept of every trial: the whole log of its epochs. Default nothing. */
  readonly extract?: "history";
  /** "resamples": all candidates of a fold on one worker; "everything": trials one by one. Default "everything". */
  readonly parallel_over?: "resamples" | "everything";
  /** Worker processes. Default: as many as there are cores, and no more than memory allows. */
  readonly workers?: number;
  /** Seconds after which no further trial begins. Default: no limit. */
  readonly time_budget?: number;
  readonly seed?: number;
  /** Races: folds before the first elimination (3); significance level (0.05). Searches: no_improve, uncertain, restart, radius, … */
  readonly burn_in?: number;
  readonly alpha?: number;
  readonly num_ties?: number;
  readonly randomize?: boolean;
  readonly no_improve?: number;
  readonly uncertain?: number;
  readonly restart?: number;
  readonly radius?: readonly [number, number];
  readonly flip?: number;
  readonly cooling_coef?: number;
}

/** What `tune_bayes` looks for: tune's acquisition functions. */
export interface ObjectiveDescription {
  readonly kind: "objective";
  readonly name: "exp_improve" | "prob_improve" | "conf_bound";
  /** Of exp_improve and prob_improve, in units of the metric. Default 0. */
  readonly trade_off?: number;
  /** Of conf_bound: standard deviations. Default 0.1. */
  readonly kappa?: number;
}

/** A search for values of what is marked with `tune()`; with `fit_resamples`, one candidate without any. */
export interface TuningDescription {
  readonly kind: "tuning";
  readonly method: TuningMethod;
  readonly workflow: WorkflowDescription;
  readonly resamples: ResamplesDescription;
  /** Absent: ten candidates that fill the space (tune_grid's default). A number says how many. */
  readonly grid?: GridDescription | number;
  readonly param_info?: ParametersDescription;
  /** Absent: the workflow's. The first one decides. */
  readonly metrics?: MetricSetDescription;
  readonly control: ControlDescription;
  /** Of iterative searches: iter, initial (a number, or an earlier tuning), objective (an ObjectiveDescription); of halving: min_epochs, max_epochs, factor. */
  readonly options: Readonly<Record<string, unknown>>;
}

/** One candidate of a tuning: which one is known when the tuning is done. */
export interface SelectionDescription {
  readonly kind: "selection";
  readonly by: "best" | "one_std_err" | "pct_loss";
  readonly results: TuningDescription;
  /** Absent: the tuning's first metric. */
  readonly metric?: string;
  /** Percent, for pct_loss. Default 2. */
  readonly limit?: number;
  /** What "simpler" is: smaller values of these parameters come first; `desc("id")` larger ones. */
  readonly order?: readonly { readonly parameter: string; readonly descending: boolean }[];
}

/** A workflow whose marked arguments get a selection's values. With plain values `finalize_workflow` gives a workflow at once. */
export interface FinalizedDescription {
  readonly kind: "finalized";
  readonly workflow: WorkflowDescription;
  readonly selection: SelectionDescription;
}

/** Fits on the training rows, and evaluates on the test rows: a fit like any other once its values are known. */
export interface LastFitDescription {
  readonly kind: "last_fit";
  readonly workflow: WorkflowDescription | FinalizedDescription;
  readonly metrics?: MetricSetDescription;
}

/** Workflows by id: those given, or every recipe with every model. */
export interface WorkflowSetDescription {
  readonly kind: "workflow_set";
  readonly workflows: Readonly<Record<string, WorkflowDescription>>;
}

/** Each workflow of a set tuned or resampled, one after the other. */
export interface WorkflowMapDescription {
  readonly kind: "workflow_map";
  readonly tunings: Readonly<Record<string, TuningDescription>>;
}

/** What `kspec tune` runs. */
export type TunableDescription = TuningDescription | LastFitDescription | WorkflowMapDescription;

/** Where `tune()` may stand. */
export type Tunable = Pick<ModelDescription, "arguments"> | Pick<RecipeDescription, "steps">;
