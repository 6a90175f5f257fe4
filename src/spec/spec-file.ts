import type { ArgumentType, BlockGraph, Place, Span } from "./block-graph.ts";
import type { Edit } from "./problem.ts";

/** All of one spec file that rules speak of. */
export interface SpecFile {
  readonly specs: readonly BlockGraph[];
  /** Calls of specs, in or outside of a workflow. */
  readonly models: readonly Model[];
  readonly workflows: readonly Workflow[];
  /** Calls of `tune_grid`, `fit_resamples` and the like, exported or not. */
  readonly tunings?: readonly Tuning[] | undefined;
  /** What is chosen of a tuning: `select_best(results, "accuracy")`, `fit_best(results)`. */
  readonly selections?: readonly Selection[] | undefined;
  readonly exports: readonly Export[];
  /** False where there may be more exports than these, or the text has a syntax error. */
  readonly complete: boolean;
  /** Where a problem of the file as a whole is shown. */
  readonly span?: Span | undefined;
}

/** A spec with arguments: `resnet_transfer({ dense_units: 64 })`. */
export interface Model {
  readonly spec: BlockGraph;
  /** Of the call and of `.update(…)` and `.set_args(…)` after it; the last one of a name counts. */
  readonly arguments: readonly GivenArgument[];
  /** False where there may be more arguments than these. */
  readonly complete: boolean;
  /** The name that is called. */
  readonly span?: Span | undefined;
  /** The whole call. */
  readonly call?: Span | undefined;
}

export interface GivenArgument {
  readonly name: string;
  readonly value: GivenValue;
  /** The key. */
  readonly span?: Span | undefined;
  readonly value_span?: Span | undefined;
  /** Key and value. */
  readonly entry?: Span | undefined;
}

export interface GivenValue {
  /** "tune" is a call of `tune()`; "function", "object" and "null" are "other" things that a number or a string is not. */
  readonly type: Exclude<ArgumentType, "tensor" | "other"> | "function" | "object" | "null" | "tune";
  /** The value itself where it is a literal number, string or boolean. */
  readonly literal?: number | string | boolean | undefined;
  /** Of `tune("id")` the id; null where it has one that is computed. */
  readonly id?: string | null | undefined;
  /** Of a type that is not known, but surely no `tune()`. */
  readonly unmarked?: boolean | undefined;
}

export interface Workflow {
  /** undefined where there is none or it cannot be followed. */
  readonly model: Model | undefined;
  /** What the recipe's formula names; undefined where it is not written out (`.`, computed). */
  readonly outcomes: readonly string[] | undefined;
  readonly predictors: readonly string[] | undefined;
  /** How many classes the dataset has, where its description says so. */
  readonly classes: number | undefined;
  /** undefined where there are none or they cannot be followed. */
  readonly data?: Dataset | undefined;
  /** "absent" where the workflow surely has none; undefined where it cannot be followed. */
  readonly recipe?: Recipe | "absent" | undefined;
  /** Where a recipe can be written into a workflow that has none; undefined where its author must find the place. */
  readonly recipe_place?: RecipePlace | undefined;
  /** Names of its metrics; "absent" where it surely has none, undefined where they cannot be followed. */
  readonly metrics?: readonly string[] | "absent" | undefined;
  /** A tuning takes it, or a function that nobody knows: its marks may be there for that. */
  readonly handed_on: boolean;
  readonly span?: Span | undefined;
}

/** What a workflow's data are known to be before they are read. */
export interface Dataset {
  /** The member of `datasets`: `cifar10`. */
  readonly name: string;
  /** Of every image, where the dataset says so; undefined: they are what the files are, or there are none. */
  readonly images: { readonly side: number; readonly channels: number } | undefined;
  /** The rows are labelled images: columns `image` and `label`. */
  readonly labelled_images: boolean;
  readonly span?: Span | undefined;
}

export interface Recipe {
  /** In the order they are run. */
  readonly steps: readonly RecipeStep[];
  /** False where there may be more steps than these. */
  readonly complete: boolean;
  /** The word `recipe`. */
  readonly span?: Span | undefined;
  /** Where a step can be written before all others. */
  readonly first_place?: Place | undefined;
}

export interface RecipeStep {
  /** Without `step_`. */
  readonly name: string;
  /** Names of columns and of selectors (`all_predictors()`); undefined where one is computed. */
  readonly columns: readonly ({ readonly column: string } | { readonly selector: string })[] | undefined;
  readonly options: readonly GivenArgument[];
  /** False where there may be more options than these. */
  readonly complete: boolean;
  /** `step_rescale` */
  readonly span?: Span | undefined;
  /** The call with the dot and the space before it, so that without it the chain goes on. */
  readonly link?: Span | undefined;
  /** The call without them: `step_rescale("image", { scale: 2 })`. */
  readonly call?: Span | undefined;
  /** Where a step can be written after this one. */
  readonly next_place?: Place | undefined;
}

export interface RecipePlace extends Place {
  /** What the file calls `recipe`. */
  readonly callee: string;
  /** Imports it, where the file does not yet. */
  readonly imported: Edit | undefined;
}

/** A workflow that is tried on resamples: a call of `tune_grid`, `fit_resamples`, … */
export interface Tuning {
  /** kspec's function: `tune_grid`. */
  readonly method: string;
  /** undefined where it cannot be followed. */
  readonly workflow: Workflow | undefined;
  /** "absent" where there surely is none; undefined where it cannot be followed. */
  readonly grid: Grid | "absent" | undefined;
  readonly param_info: Parameters | "absent" | undefined;
  /** How many fits each candidate takes; undefined where the text does not say. */
  readonly resamples: number | undefined;
  /** Names of its metrics, or of its workflow's; "absent" where neither has any, undefined where they cannot be followed. */
  readonly metrics: readonly string[] | "absent" | undefined;
  /** The name that is called. */
  readonly span?: Span | undefined;
}

export type Grid =
  /** Candidates as they are written, one a row. */
  | {
      readonly kind: "table";
      readonly rows: readonly GridRow[];
      /** False where there may be more rows than these. */
      readonly complete: boolean;
      readonly span?: Span | undefined;
    }
  /** `grid_regular({ levels: 3 })`: every combination. */
  | {
      readonly kind: "regular";
      /** One number for all parameters, or one for each; undefined where it cannot be told. */
      readonly levels: number | readonly GivenArgument[] | undefined;
      readonly parameters: Parameters | "absent" | undefined;
      /** What says how many there are, else the call. */
      readonly span?: Span | undefined;
    }
  /** Drawn or spread candidates: `grid_random({ size: 20 })`, `grid: 20`. */
  | {
      readonly kind: "sized";
      readonly size: number | undefined;
      readonly parameters: Parameters | "absent" | undefined;
      readonly span?: Span | undefined;
    };

export interface GridRow {
  readonly values: readonly GivenArgument[];
  /** False where there may be more values than these. */
  readonly complete: boolean;
  readonly span?: Span | undefined;
}

/** `parameters({ … })`, and `extract_parameter_set_dials(wf)` with what `.update({ … })` says. */
export interface Parameters {
  /** The workflow whose marks all take part; undefined where it takes none, or cannot be followed. */
  readonly workflow?: Workflow | undefined;
  readonly list: readonly ParameterInfo[];
  /** False where there may be more parameters than these. */
  readonly complete: boolean;
}

export interface ParameterInfo {
  readonly id: string;
  /** How many values it has, where that is known: those of a nominal one, or the whole numbers of a range. */
  readonly values?: number | undefined;
  /** Both ends, where they are written and no transformation stands between them and the argument. */
  readonly range?: readonly [number, number] | undefined;
  readonly span?: Span | undefined;
  readonly value_span?: Span | undefined;
}

/** `select_best(results, "accuracy")`, `select_by_one_std_err(results, "dense_units")`, `fit_best(results, { metric: "rmse" })`. */
export interface Selection {
  /** undefined where it cannot be followed. */
  readonly tuning: Tuning | undefined;
  readonly metric: { readonly name: string; readonly span?: Span | undefined } | undefined;
  /** Parameters by which candidates are ordered. */
  readonly order: readonly { readonly id: string; readonly span?: Span | undefined }[];
  readonly span?: Span | undefined;
}

export interface Export {
  /** "default" for the default export. */
  readonly name: string;
  readonly kind:
    | "workflow"
    | "tuning"
    | "last_fit"
    | "workflow_map"
    | "finalized"
    | "spec"
    | "model"
    | "function"
    | "other"
    | "unknown";
  /** What is fitted as it stands: of a workflow itself, of `last_fit(wf)` the workflow. */
  readonly workflow?: Workflow | undefined;
  /** What is tuned when it is run; undefined where there is none, or it cannot be followed. */
  readonly tunings?: readonly Tuning[] | undefined;
  /** One thing that is exported under two names has one identity. */
  readonly identity?: object | undefined;
  /** The exported name, or the word `default`. */
  readonly span?: Span | undefined;
  /** The statement that makes what is exported. */
  readonly statement?: Span | undefined;
}
