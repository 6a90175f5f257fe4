import type { CallExpression } from "typescript";
import type { Recipe, RecipeStep, Span } from "../spec/index.ts";
import type { Evaluator, Value } from "./evaluate.ts";
import { givenOptions } from "./given-options.ts";
import { ts } from "./typescript.ts";

/** kspec's functions that choose columns. */
const SELECTORS: ReadonlySet<string> = new Set([
  ...["all_predictors", "all_numeric_predictors", "all_nominal_predictors", "all_image_predictors"],
  ...["all_outcomes", "all_numeric", "all_nominal", "everything", "has_role", "has_type"],
  ...["starts_with", "ends_with", "contains", "matches", "all_of", "any_of", "one_of", "not"],
]);

export function isSelector(name: string | undefined): name is string {
  return name !== undefined && SELECTORS.has(name);
}

/** `recipe("…")` before any step. */
export function recipeOf(callee: Span, end: number): Recipe {
  return { steps: [], complete: true, span: callee, first_place: { at: end, before: ".", after: "" } };
}

/** A recipe with one more step: `.step_rescale("image", { scale: 1 / 255 })`. */
export function withStep(
  recipe: Recipe,
  method: string,
  node: CallExpression,
  given: readonly (Value | undefined)[],
  text: string,
  evaluator: Evaluator,
): Recipe {
  const { expression: callee } = node;
  if (!method.startsWith("step_") || !ts.isPropertyAccessExpression(callee))
    return { ...recipe, complete: false };
  const lead = leadOf(node, text);
  const name = method.slice("step_".length);
  const span = evaluator.spanOf(callee.name);
  const step: RecipeStep = {
    name,
    ...(name === "preprocess_input" ? preprocessing(given, node, evaluator) : usual(given, evaluator)),
    span,
    link: { start: callee.expression.end, end: node.end },
    call: { start: span.start, end: node.end },
    next_place: { at: node.end, before: `${lead}.`, after: "" },
  };
  const [first] = recipe.steps;
  // A step that is written before the first stands where that one stood.
  const first_place =
    first || !recipe.first_place ? recipe.first_place : { ...recipe.first_place, before: `${lead}.` };
  return { ...recipe, steps: [...recipe.steps, step], first_place };
}

/** The space before the dot of a call in a chain. */
export function leadOf({ expression: callee }: CallExpression, text: string): string {
  if (!ts.isPropertyAccessExpression(callee)) return "";
  return /^\s*(?=\.)/.exec(text.slice(callee.expression.end, callee.name.end))?.[0] ?? "";
}

type Given = Pick<RecipeStep, "columns" | "options" | "complete">;

/** Columns, then an object of options. */
function usual(given: readonly (Value | undefined)[], evaluator: Evaluator): Given {
  const last = given.at(-1);
  const unclear = last?.kind === "unknown" || last?.kind === "kspec";
  if (last?.kind !== "object") return { columns: columnsOf(given), options: [], complete: !unclear };
  const { list, complete } = givenOptions(evaluator.members(last));
  return { columns: columnsOf(given.slice(0, -1)), options: list, complete };
}

/** Columns, then the name of a network. */
function preprocessing(
  given: readonly (Value | undefined)[],
  node: CallExpression,
  evaluator: Evaluator,
): Given {
  const last = given.at(-1);
  const written = node.arguments.at(-1);
  const known = last?.kind === "literal" && typeof last.value === "string" ? last.value : undefined;
  const columns = given.length > 1 ? columnsOf(given.slice(0, -1)) : [{ selector: "all_image_predictors" }];
  if (known === undefined || !written) return { columns, options: [], complete: false };
  const span = evaluator.spanOf(written);
  const value = { type: "string", literal: known } as const;
  return { columns, options: [{ name: "application", value, value_span: span, span }], complete: true };
}

function columnsOf(given: readonly (Value | undefined)[]): RecipeStep["columns"] {
  const columns = given.map((value) => {
    if (value?.kind === "literal" && typeof value.value === "string") return { column: value.value };
    return value?.kind === "selector" ? { selector: value.name } : undefined;
  });
  return columns.every((one) => one !== undefined) ? columns : undefined;
}
