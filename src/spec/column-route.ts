import { basesOf, routeFromInput, type BaseUse } from "./base-uses.ts";
import type { AppliedLayer, Block } from "./block-graph.ts";
import type { Recipe, RecipeStep, Workflow } from "./spec-file.ts";

/** Images on their way from the data through the recipe into a pretrained base. */
export interface ColumnRoute extends BaseUse {
  /** The column that holds the images. */
  readonly column: string;
  /** The recipe's steps that take this column, in order; undefined where that cannot be told of every step. */
  readonly steps: readonly RecipeStep[] | undefined;
}

/** The bases of a workflow that read a column just as the recipe leaves it. */
export function columnRoutes(workflow: Workflow): ColumnRoute[] {
  const { model, recipe } = workflow;
  if (!model || !recipe || !model.spec.complete || !model.complete) return [];
  // A block that is left out, or is there several times, makes the way another one.
  const repeated = ({ name }: Block) => model.arguments.some((one) => one.name === `num_${name}`);
  return basesOf(model.spec).flatMap((use) => {
    const route = routeFromInput(model.spec, use);
    const [input] = route ?? [];
    if (!route || !input || route.some(repeated)) return [];
    const column = columnOf(input, workflow);
    return column === undefined ? [] : [{ ...use, column, steps: stepsOf(recipe, column) }];
  });
}

/** One predictor is the one input; of several each has an input of its name. */
function columnOf(input: Block, { predictors, recipe, data }: Workflow): string | undefined {
  if (recipe === "absent" || predictors === undefined) return data?.labelled_images ? "image" : undefined;
  if (predictors.length === 1) return predictors[0];
  return predictors.includes(input.name) ? input.name : undefined;
}

function stepsOf(recipe: Recipe | "absent", column: string): readonly RecipeStep[] | undefined {
  if (recipe === "absent") return [];
  if (!recipe.complete) return undefined;
  const taken = recipe.steps.map((step) => takesColumn(step, column));
  return taken.includes(undefined) ? undefined : recipe.steps.filter((_, at) => taken[at]);
}

/** Selectors that choose images among other predictors, and those that never do. */
const CHOOSES_IMAGES: Readonly<Record<string, boolean>> = {
  everything: true,
  all_predictors: true,
  all_image_predictors: true,
  all_numeric_predictors: false,
  all_nominal_predictors: false,
  all_outcomes: false,
  all_numeric: false,
  all_nominal: false,
};

function takesColumn({ columns }: RecipeStep, column: string): boolean | undefined {
  if (columns === undefined) return undefined;
  // What is taken out again is not followed.
  if (columns.some((one) => "selector" in one && one.selector === "not")) return undefined;
  let unclear = false;
  for (const one of columns) {
    const takes = "column" in one ? one.column === column : CHOOSES_IMAGES[one.selector];
    if (takes) return true;
    if (takes === undefined) unclear = true;
  }
  return unclear ? undefined : false;
}

/** Whether a base has the weights that Keras publishes; undefined where the text does not say. */
export function isPretrained({ kind, options, complete }: AppliedLayer): boolean | undefined {
  if (kind !== "application") return undefined;
  const weights = options.findLast(({ name }) => name === "weights")?.value;
  if (!weights) return complete || undefined;
  if (weights.type === "null") return false;
  return weights.literal === "imagenet" || undefined;
}

/** A literal option of a layer or a step; undefined where it is absent or computed. */
export function literalOption(
  { options }: Pick<AppliedLayer | RecipeStep, "options">,
  name: string,
): number | string | boolean | undefined {
  return options.findLast((option) => option.name === name)?.value.literal;
}

export function hasOption({ options }: Pick<AppliedLayer | RecipeStep, "options">, name: string): boolean {
  return options.some((option) => option.name === name);
}
