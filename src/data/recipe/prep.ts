import type { RecipeDescription, SelectorDescription, StepDescription } from "../../kspec/description.ts";
import { UserError } from "../../protocol/index.ts";
import type { PreppedRecipe } from "../baked.ts";
import { didYouMean, listNames } from "../names.ts";
import { rowName } from "../rows.ts";
import type { Column, Table } from "../table.ts";
import { checkPredictors } from "./assemble.ts";
import { resolveFormula } from "./formula.ts";
import { withChannels } from "./channels.ts";
import { stepNamed } from "./steps/index.ts";
import type { Role, WorkingColumn, WorkingTable } from "./working-table.ts";

/**
 * Learns a recipe from the training rows: finds the formula's columns, then runs each step's `prep` on the table as the steps
 * before it leave it. No pixels are read. The result is plain JSON and holds all that `bakeTable` needs.
 *
 * @throws UserError where the recipe and the data do not fit together.
 */
export function prepRecipe(description: RecipeDescription, training: Table): PreppedRecipe {
  if (training.rows === 0)
    throw new UserError("no-rows", "There are no training rows, so the recipe has nothing to learn from.");
  const { outcomes, predictors } = resolveFormula(description.formula, [...training.columns.keys()]);
  let table = workingTable(training, predictors, outcomes);
  const steps: PreppedRecipe["steps"][number][] = [];
  for (const { step: name, terms, options: given } of description.steps) {
    const step = stepNamed(name);
    const options = step.options(given);
    const columns = chooseColumns(name, terms, table);
    const learnt = step.prep(table, columns, options);
    table = step.bake(table, columns, options, learnt);
    steps.push({ step: name, columns, options, learnt });
  }
  const shapes = checkPredictors(table);
  return {
    formula: description.formula,
    predictors: predictors.map((name) => {
      const { kind } = training.columns.get(name)!;
      if (kind === "tensor")
        throw new UserError("predictor-kind", `\`${name}\` holds arrays, which cannot be a recipe's input.`);
      const shape = shapes.get(name);
      return { name, kind, ...(kind === "image" && shape ? { shape } : {}) };
    }),
    outcomes: outcomes.map((name) => outcomeOf(name, training.columns.get(name)!)),
    steps,
  };
}

/** The columns of the formula, with their roles; outcomes come last. */
export function workingTable(
  table: Table,
  predictors: readonly string[],
  outcomes: readonly string[],
): WorkingTable {
  const columns = new Map<string, WorkingColumn>();
  const roles = new Map<string, Role>();
  for (const [names, role] of [
    [predictors, "predictor"],
    [outcomes, "outcome"],
  ] as const)
    for (const name of names) {
      columns.set(name, pending(table.columns.get(name)!));
      roles.set(name, role);
    }
  return { rows: table.rows, columns, roles, rowName: (row) => rowName(table, row) };
}

function pending(column: Column): WorkingColumn {
  if (column.kind !== "image") return column;
  // One grey file among coloured ones is read in colour.
  const channels = column.images.some((image) => image.channels === 3) ? 3 : 1;
  return {
    kind: "image",
    images: column.images.map((image) => withChannels(image, channels)),
    operations: [],
  };
}

function chooseColumns(step: string, terms: StepDescription["terms"], table: WorkingTable): string[] {
  const chosen = new Set<string>();
  for (const term of terms)
    if (typeof term !== "string") {
      for (const [name, column] of table.columns)
        if (SELECTORS[term.select](table.roles.get(name)!, column)) chosen.add(name);
    } else if (table.columns.has(term)) chosen.add(term);
    else {
      const names = [...table.columns.keys()];
      throw new UserError(
        "unknown-column",
        `step_${step} names \`${term}\`, and there is no such column at that point.${didYouMean(term, names)} The columns are ${listNames(names)}.`,
      );
    }
  return [...chosen];
}

const SELECTORS: Readonly<
  Record<SelectorDescription["select"], (role: Role, column: WorkingColumn) => boolean>
> = {
  all_predictors: (role) => role === "predictor",
  all_numeric_predictors: (role, { kind }) => role === "predictor" && kind === "numeric",
  all_nominal_predictors: (role, { kind }) => role === "predictor" && kind === "nominal",
  all_image_predictors: (role, { kind }) => role === "predictor" && kind === "image",
  all_outcomes: (role) => role === "outcome",
};

function outcomeOf(name: string, column: Column): PreppedRecipe["outcomes"][number] {
  if (column.kind === "numeric") return { name };
  if (column.kind !== "nominal")
    throw new UserError(
      "outcome-kind",
      `The outcome \`${name}\` holds images; an outcome is numbers or classes.`,
    );
  if (column.levels.length < 2)
    throw new UserError(
      "one-class",
      `The outcome \`${name}\` has ${column.levels.length === 0 ? "no class" : `one class only, "${column.levels[0]}"`}. There must be two or more to tell apart.`,
    );
  return { name, levels: column.levels };
}
