import type { RecipeDescription, StepDescription, TuneDescription } from "../../kspec/description.ts";
import { UserError } from "../../protocol/index.ts";

/** An option of a step that is marked with `tune()`. */
export interface TunedStepOption {
  /** The step's place among the recipe's, from 0. */
  readonly step: number;
  readonly option: string;
  /** What `tune("…")` calls it, else the option's name. */
  readonly id: string;
}

/** The options of a recipe's steps whose values are searched for, in the order of the steps. */
export function tunedStepOptions({ steps }: RecipeDescription): TunedStepOption[] {
  return steps.flatMap(({ options }, step) =>
    Object.entries(options).flatMap(([option, value]) =>
      isTune(value) ? [{ step, option, id: value.id ?? option }] : [],
    ),
  );
}

/** The same recipe with one option of one step set. @throws RangeError where there is no such step. */
export function withStepOption(
  recipe: RecipeDescription,
  step: number,
  option: string,
  value: unknown,
): RecipeDescription {
  const changed = recipe.steps[step];
  if (changed === undefined)
    throw new RangeError(`The recipe has ${recipe.steps.length} steps, and no step ${step}.`);
  return Object.freeze({
    kind: recipe.kind,
    formula: recipe.formula,
    steps: Object.freeze(
      recipe.steps.map((one, at) =>
        at === step
          ? Object.freeze({ ...one, options: Object.freeze({ ...one.options, [option]: value }) })
          : one,
      ),
    ),
    ...(recipe.roles ? { roles: recipe.roles } : {}),
  });
}

/** @throws UserError where an option still waits for its value. */
export function refuseTune({ step, options }: StepDescription): void {
  const open = Object.keys(options).find((option) => isTune(options[option]));
  if (open !== undefined)
    throw new UserError(
      "untuned-step",
      `step_${step}: \`${open}\` is tune(), and a recipe learns with values alone. Tune the workflow, put the best value in with finalize_workflow, or write a value.`,
    );
}

function isTune(value: unknown): value is TuneDescription {
  return typeof value === "object" && value !== null && (value as { kind?: unknown }).kind === "tune";
}
