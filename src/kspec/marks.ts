import type { ModelDescription, RecipeDescription, WorkflowDescription } from "./description.ts";

/** A `tune()` mark of a workflow: where a parameter's value goes. */
export interface Mark {
  /** The parameter: tune's id, else the name of the argument or option. */
  readonly id: string;
  readonly target:
    | { readonly kind: "argument"; readonly argument: string }
    | { readonly kind: "step"; readonly step: number; readonly option: string };
}

/** What a workflow has marked with `tune()`: arguments of its model, then options of its recipe's steps. */
export function marksOf(workflow: {
  readonly model?: Pick<ModelDescription, "arguments">;
  readonly recipe?: Pick<RecipeDescription, "steps">;
}): readonly Mark[] {
  return [
    ...marked(workflow.model?.arguments).map(([argument, id]): Mark => ({
      id,
      target: { kind: "argument", argument },
    })),
    ...(workflow.recipe?.steps ?? []).flatMap(({ options }, step) =>
      marked(options).map(([option, id]): Mark => ({ id, target: { kind: "step", step, option } })),
    ),
  ];
}

/** The parts of a workflow in which marks of these parameters are replaced by their values; other marks stay. */
export function withValues(
  workflow: WorkflowDescription,
  values: Readonly<Record<string, unknown>>,
): Pick<WorkflowDescription, "model" | "recipe"> {
  const given = marksOf(workflow).filter(({ id }) => Object.hasOwn(values, id));
  let { model, recipe } = workflow;
  const args = given.flatMap(({ id, target }) =>
    target.kind === "argument" ? [[target.argument, values[id]] as const] : [],
  );
  if (model !== undefined && args.length > 0) model = withArguments(model, Object.fromEntries(args));
  if (recipe !== undefined)
    for (const { id, target } of given)
      if (target.kind === "step") recipe = withOption(recipe, target.step, target.option, values[id]);
  return { ...(model === undefined ? {} : { model }), ...(recipe === undefined ? {} : { recipe }) };
}

/** Models have methods, and keep them. */
function withArguments(model: ModelDescription, args: Readonly<Record<string, unknown>>): ModelDescription {
  if ("update" in model && typeof model.update === "function")
    return (model.update as (args: object) => ModelDescription)(args);
  return Object.freeze({ ...model, arguments: Object.freeze({ ...model.arguments, ...args }) });
}

function withOption(
  recipe: RecipeDescription,
  at: number,
  option: string,
  value: unknown,
): RecipeDescription {
  const steps = recipe.steps.map((step, i) =>
    i === at
      ? Object.freeze({ ...step, options: Object.freeze({ ...step.options, [option]: value }) })
      : step,
  );
  return Object.freeze({ ...recipe, steps: Object.freeze(steps) });
}

function marked(
  options: Readonly<Record<string, unknown>> | undefined,
): (readonly [name: string, id: string])[] {
  return Object.entries(options ?? {}).flatMap(([name, value]) => {
    const mark = value as { kind?: unknown; id?: string } | null | undefined;
    return mark?.kind === "tune" ? [[name, mark.id ?? name] as const] : [];
  });
}
