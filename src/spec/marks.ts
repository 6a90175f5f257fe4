import { modelArguments, type ModelArgument } from "./model-arguments.ts";
import type { GivenArgument, Workflow } from "./spec-file.ts";

/** Something that a workflow marks with `tune()`. */
export interface Mark {
  /** The parameter's id: tune's, else the name of the argument or option; undefined where it is computed. */
  readonly id: string | undefined;
  /** The model's argument, or the recipe step's option. */
  readonly given: GivenArgument;
  /** What the model takes there. */
  readonly argument?: ModelArgument | undefined;
  /** The step that has it: `step_pca`. */
  readonly step?: string | undefined;
}

export interface Marks {
  readonly list: readonly Mark[];
  /** False where there may be more marks than these, or an id cannot be told. */
  readonly complete: boolean;
}

/** The marks of a workflow: in its model, then in its recipe. */
export function marksOf({ model, recipe }: Workflow): Marks {
  const all = model && modelArguments(model.spec);
  const inModel = lastOfEach(model?.arguments ?? []).map((given) => ({
    id: idOf(given),
    given,
    argument: all?.get(given.name),
  }));
  const steps = recipe === "absent" || recipe === undefined ? [] : recipe.steps;
  const inSteps = steps.flatMap(({ name, options }) =>
    lastOfEach(options).map((given) => ({ id: idOf(given), given, step: `step_${name}` })),
  );
  const list = [...inModel, ...inSteps].filter(({ given }) => given.value.type === "tune");
  const complete =
    model?.complete === true &&
    (recipe === "absent" ||
      (recipe !== undefined && recipe.complete && steps.every((step) => step.complete))) &&
    list.every(({ id }) => id !== undefined) &&
    // What comes from elsewhere may be a mark.
    [...model.arguments, ...steps.flatMap(({ options }) => options)].every(
      ({ value }) => value.type !== "unknown" || value.unmarked === true,
    );
  return { list, complete };
}

function idOf({ name, value }: GivenArgument): string | undefined {
  return value.id === null ? undefined : (value.id ?? name);
}

/** Of arguments that are given twice the last one counts. */
function lastOfEach(given: readonly GivenArgument[]): GivenArgument[] {
  return [...new Map(given.map((one) => [one.name, one])).values()];
}
