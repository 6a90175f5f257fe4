import type {
  DatasetDescription,
  MetricSetDescription,
  ModelDescription,
  RecipeDescription,
  WorkflowDescription,
} from "./description.ts";
import { advice, readOptions, type KnownOptions } from "./known-options.ts";
import { named } from "./layer.ts";
import { marksOf } from "./marks.ts";
import { SpecError } from "./spec-error.ts";
import {
  checkPart,
  fit_resamples,
  tune_bayes,
  tune_grid,
  tune_race_anova,
  tune_race_win_loss,
  tune_sim_anneal,
  tune_successive_halving,
  type ResamplingOptions,
  type TuneBayesOptions,
  type TuneGridOptions,
  type TuneSimAnnealOptions,
  type TuneSuccessiveHalvingOptions,
  type Tuning,
} from "./tuning.ts";
import type { WorkflowMapDescription, WorkflowSetDescription } from "./tuning-description.ts";
import { workflow, type WorkflowParts } from "./workflow.ts";

/** Workflows by id, to be compared. */
export interface WorkflowSet extends WorkflowSetDescription {
  readonly kind: "workflow_set";
}

/** Every workflow of a set, tuned or resampled. */
export interface WorkflowMap extends WorkflowMapDescription {
  readonly kind: "workflow_map";
}

export interface WorkflowSetParts {
  /** Recipes by id. */
  recipes: Readonly<Record<string, RecipeDescription>>;
  /** Models by id. */
  models: Readonly<Record<string, ModelDescription>>;
  /** Every recipe with every model; false: the first with the first, and so on. Default true. */
  cross?: boolean;
  /** The rows, of all. */
  data?: DatasetDescription;
  /** What all are measured by. */
  metrics?: MetricSetDescription;
}

const known: KnownOptions<WorkflowSetParts> = {
  recipes: "required",
  models: "required",
  cross: "optional",
  data: "optional",
  metrics: "optional",
};

/**
 * Workflows to be compared (workflowsets' `workflow_set`): every recipe with every model, named `recipe_model`, or workflows by ids of
 * your own (`as_workflow_set`).
 *
 * ```ts
 * const set = workflow_set({ recipes: { plain, scaled }, models: { small: network({ dense_units: 8 }), large: network() }, data });
 * const same = workflow_set({ quick: first_workflow, thorough: second_workflow });
 * ```
 */
export function workflow_set(parts: WorkflowSetParts): WorkflowSet;
export function workflow_set(workflows: Readonly<Record<string, WorkflowDescription>>): WorkflowSet;
export function workflow_set(
  given: WorkflowSetParts | Readonly<Record<string, WorkflowDescription>>,
): WorkflowSet {
  const workflows = isById(given) ? { ...given } : crossed(given as WorkflowSetParts);
  if (Object.keys(workflows).length === 0)
    throw new SpecError("empty-set", "workflow_set() needs at least one workflow.");
  return Object.freeze({ kind: "workflow_set", workflows: Object.freeze(workflows) });
}

function isById(given: unknown): given is Readonly<Record<string, WorkflowDescription>> {
  if (typeof given !== "object" || given === null || Array.isArray(given)) return false;
  const values = Object.values(given as object) as ({ kind?: unknown } | null | undefined)[];
  return values.length > 0 && values.every((value) => value?.kind === "workflow");
}

function crossed(given: WorkflowSetParts): Record<string, WorkflowDescription> {
  const {
    recipes,
    models,
    cross = true,
    data,
    metrics,
  } = readOptions("workflow_set", known, given) as unknown as WorkflowSetParts;
  const [byRecipe, byModel] = [entries("recipes", recipes), entries("models", models)];
  if (!cross && byRecipe.length !== byModel.length)
    throw new SpecError(
      "bad-option",
      `workflow_set(): with cross: false there must be as many recipes as models, and there are ${byRecipe.length} and ${byModel.length}.`,
    );
  const pairs = cross
    ? byRecipe.flatMap((one) => byModel.map((other) => [one, other] as const))
    : byRecipe.map((one, i) => [one, byModel[i]!] as const);
  return Object.fromEntries(
    pairs.map(([[recipeId, recipe], [modelId, model]]) => {
      const parts = { recipe, model, data, metrics };
      const present = Object.entries(parts).filter(([, part]) => part !== undefined);
      return [`${recipeId}_${modelId}`, workflow(Object.fromEntries(present) as WorkflowParts)];
    }),
  );
}

function entries<Part>(what: string, given: Readonly<Record<string, Part>>): [string, Part][] {
  if (typeof given !== "object" || given === null || Array.isArray(given) || Object.keys(given).length === 0)
    throw new SpecError(
      "wrong-part",
      `workflow_set(): ${what} must be an object of at least one, { id: … }, and is ${named(given)}.`,
    );
  return Object.entries(given);
}

const FUNCTIONS = {
  fit_resamples,
  tune_grid,
  tune_race_anova,
  tune_race_win_loss,
  tune_bayes,
  tune_sim_anneal,
  tune_successive_halving,
} as const;

/** What each function of tuning takes beside the workflow. */
export interface WorkflowMapOptions {
  fit_resamples: ResamplingOptions;
  tune_grid: TuneGridOptions;
  tune_race_anova: TuneGridOptions;
  tune_race_win_loss: TuneGridOptions;
  tune_bayes: TuneBayesOptions;
  tune_sim_anneal: TuneSimAnnealOptions;
  tune_successive_halving: TuneSuccessiveHalvingOptions;
}

/**
 * Tunes every workflow of a set in the same way (workflowsets' `workflow_map`). One that marks nothing with `tune()` is fitted on the
 * resamples as it is.
 *
 * ```ts
 * export default workflow_map(set, "tune_grid", { resamples: vfold_cv({ v: 5 }), grid: 10 });
 * ```
 *
 * @param fn The function of tuning, by name.
 * @param options What it takes beside the workflow.
 */
export function workflow_map<Name extends keyof WorkflowMapOptions>(
  set: WorkflowSetDescription,
  fn: Name,
  options: WorkflowMapOptions[Name],
): WorkflowMap {
  checkPart("workflow_map", "its first argument", set, "workflow_set", "workflow_set({ recipes, models })");
  if (typeof fn !== "string" || !Object.hasOwn(FUNCTIONS, fn))
    throw new SpecError(
      "unknown-function",
      `workflow_map() takes the name of a function of tuning second, and got ${named(fn)}. ${advice(String(fn), Object.keys(FUNCTIONS))}`,
    );
  const tune = FUNCTIONS[fn] as (workflow: WorkflowDescription, options: ResamplingOptions) => Tuning;
  return Object.freeze({
    kind: "workflow_map",
    tunings: Object.freeze(
      Object.fromEntries(
        Object.entries(set.workflows).map(([id, one]) => {
          // Whatever is wrong with the options is said, also where they are not used.
          const tuning = tune(one, options);
          return [id, marksOf(one).length > 0 ? tuning : resampled(one, tuning)];
        }),
      ),
    ),
  });
}

function resampled(one: WorkflowDescription, { resamples, metrics, control }: Tuning): Tuning {
  return fit_resamples(one, { resamples, control, ...(metrics === undefined ? {} : { metrics }) });
}
