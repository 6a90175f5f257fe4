import type { Baked } from "../data/baked.ts";
import { UserError } from "../protocol/index.ts";
import type { FittedRun } from "./fitted-run.ts";
import type { NewDataHooks } from "./predict.ts";

/**
 * New data for a run's model, whose outcomes are known: a CSV with the outcome's column, or folders of images named after the classes.
 *
 * @throws UserError when the data do not fit the model, or tell no outcome.
 */
export async function readTruth(
  run: FittedRun,
  files: readonly string[],
  hooks: NewDataHooks,
  signal?: AbortSignal,
): Promise<Baked> {
  const data = await import("../data/index.ts");
  const context = { specFolder: process.cwd(), ...(signal ? { signal } : {}) };
  const { table, notes } = await data.readNewData(files, run.recipe, context);
  for (const note of notes) hooks.note?.(note);
  const missing = run.recipe.outcomes.find(({ name }) => !table.columns.has(name));
  if (missing !== undefined) throw new UserError("no-truth", noTruth(missing, run.recipe.predictors));
  return data.bakeTable(run.recipe, table, { outcomes: true });
}

function noTruth(
  { name, levels }: { readonly name: string; readonly levels?: readonly string[] },
  predictors: readonly { readonly kind: string }[],
): string {
  const folders =
    levels !== undefined && predictors.some(({ kind }) => kind === "image")
      ? ` Give a folder with a folder for each class: ${levels.slice(0, 5).join(", ")}${levels.length > 5 ? ", …" : ""}.`
      : ` Give a CSV file with a column "${name}".`;
  return `These data do not tell the truth of "${name}", so there is nothing to compare predictions with.${folders}`;
}
