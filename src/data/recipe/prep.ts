import type { RecipeDescription } from "../../kspec/description.ts";
import { UserError } from "../../protocol/index.ts";
import type { PreppedRecipe } from "../baked.ts";
import type { Column, Table } from "../table.ts";
import { checkPredictors } from "./assemble.ts";
import { rolesOf } from "./roles.ts";
import { chooseColumns } from "./select-columns.ts";
import { workingTable } from "./starting-table.ts";
import { stepNamed } from "./steps/index.ts";
import { refuseTune } from "./tuned-steps.ts";
import type { WorkingColumn } from "./working-table.ts";

/**
 * Learns a recipe from the training rows: finds the formula's columns, then runs each step's `prep` on the table as the steps
 * before it leave it. No pixels are read. The result is plain JSON and holds all that `bakeTable` needs.
 *
 * @throws UserError where the recipe and the data do not fit together.
 */
export function prepRecipe(description: RecipeDescription, training: Table): PreppedRecipe {
  if (training.rows === 0)
    throw new UserError("no-rows", "There are no training rows, so the recipe has nothing to learn from.");
  const roles = rolesOf(description, training);
  let table = workingTable(training, roles);
  const steps: PreppedRecipe["steps"][number][] = [];
  for (const described of description.steps) {
    refuseTune(described);
    const { step: name, terms, options: given } = described;
    const step = stepNamed(name);
    const { skip, ...own } = given;
    const options = step.options(own);
    const columns = chooseColumns(`step_${name}`, terms, table);
    const learnt = step.prep(table, columns, options);
    table = step.bake(table, columns, options, learnt);
    steps.push({ step: name, columns, options, learnt, ...skipOf(name, skip) });
  }
  const shapes = checkPredictors(table);
  const { predictors, outcomes, others, changed = {} } = roles;
  const data = (name: string) => training.columns.get(name)!;
  return {
    formula: description.formula,
    predictors: predictors.map((name) => ({
      name,
      kind: kindInData(name, data(name)),
      ...rangeOf(data(name)),
      ...(data(name).kind === "image" && shapes.has(name) ? { shape: shapes.get(name)! } : {}),
    })),
    outcomes: outcomes.map((name) => outcomeOf(name, data(name), table.columns.get(name))),
    ...(others.length > 0
      ? { others: others.map((name) => ({ name, kind: kindInData(name, data(name)) })) }
      : {}),
    ...(Object.keys(changed).length > 0 ? { roles: changed } : {}),
    steps,
  };
}

function skipOf(step: string, skip: unknown): { skip?: boolean } {
  if (skip === undefined) return {};
  if (typeof skip !== "boolean")
    throw new UserError(
      "step-option",
      `step_${step}: \`skip\` is ${JSON.stringify(skip)}, and must be true or false.`,
    );
  return { skip };
}

function kindInData(name: string, { kind }: Column): "numeric" | "nominal" | "image" {
  if (kind !== "tensor") return kind;
  throw new UserError("predictor-kind", `\`${name}\` holds arrays, which cannot be a recipe's input.`);
}

/** What a column held in the training rows: for rows that are made up to try a model, and for people. */
function rangeOf(column: Column): { levels?: readonly string[]; range?: readonly [number, number] } {
  if (column.kind === "nominal") return { levels: column.levels };
  if (column.kind !== "numeric") return {};
  let [least, most] = [Infinity, -Infinity];
  for (const value of column.values)
    if (Number.isFinite(value)) {
      if (value < least) least = value;
      if (value > most) most = value;
    }
  return least <= most ? { range: [least, most] } : {};
}

/** @param after What the steps leave of it; undefined: nothing. */
function outcomeOf(
  name: string,
  column: Column,
  after: WorkingColumn | undefined,
): PreppedRecipe["outcomes"][number] {
  if (after === undefined)
    throw new UserError(
      "no-outcome",
      `The recipe's steps take the outcome \`${name}\` away. Leave it out of them.`,
    );
  if (column.kind !== "numeric" && column.kind !== "nominal")
    throw new UserError(
      "outcome-kind",
      `The outcome \`${name}\` holds images; an outcome is numbers or classes.`,
    );
  const before = column.kind === "nominal" ? { levels: column.levels } : {};
  if (after.kind !== "nominal") return column.kind === "nominal" ? { name, from: before } : { name };
  const { levels } = after;
  if (levels.length < 2)
    throw new UserError(
      "one-class",
      `The outcome \`${name}\` has ${levels.length === 0 ? "no class" : `one class only, "${levels[0]}"`}. There must be two or more to tell apart.`,
    );
  const changed = column.kind !== "nominal" || levels.join("\0") !== column.levels.join("\0");
  return { name, levels, ...(changed ? { from: before } : {}) };
}
