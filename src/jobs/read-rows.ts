import type { Baked } from "../data/baked.ts";
import type { Dataset, Table } from "../data/table.ts";
import { UserError } from "../protocol/index.ts";
import type { RunWriter } from "../runs/index.ts";
import type { RunnableWorkflow } from "./choose-workflow.ts";
import type { RunLog } from "./run-log.ts";
import { saveRecipe } from "./saved-recipe.ts";

/** A set of rows as they were read and as the network takes them. */
export interface Rows {
  readonly table: Table;
  readonly baked: Baked;
}

export interface AllRows {
  readonly train: Rows;
  /** Present when the dataset brings its own. */
  readonly validation: Rows | undefined;
  readonly test: Rows | undefined;
}

/** The dataset after its recipe. The recipe learns from the training rows alone. */
export async function readRows(
  workflow: RunnableWorkflow,
  specFolder: string,
  run: RunWriter,
  log: RunLog,
  signal: AbortSignal,
): Promise<AllRows> {
  const data = await import("../data/index.ts");
  const dataset = await data.loadDataset(workflow.data, {
    specFolder,
    signal,
    onProgress: (done, total, unit) => log.progress("load", done, total, unit),
    onNote: (severity, code, message) => log.note(severity, code, message),
  });
  run.update({
    data: {
      name: dataset.name,
      fingerprint: dataset.fingerprint,
      rows: {
        train: dataset.train.rows,
        validation: dataset.validation?.rows ?? 0,
        test: dataset.test?.rows ?? 0,
      },
    },
  });
  const description = workflow.recipe ?? data.defaultRecipe(dataset);
  if (description === undefined) throw new UserError("no-recipe", noRecipe(dataset));
  const prepped = await data.prepRecipe(description, dataset.train);
  checkOutcomes(workflow.model.spec.mode, prepped.outcomes);
  saveRecipe(run.folder, {
    version: 1,
    mode: workflow.model.spec.mode,
    recipe: prepped,
    ...(workflow.metrics === undefined ? {} : { metrics: workflow.metrics.metrics }),
  });
  const bake = (table: Table | undefined, training = false): Rows | undefined => {
    if (table === undefined || table.rows === 0) return undefined;
    return { table, baked: data.bakeTable(prepped, table, { outcomes: true, training }) };
  };
  return {
    train: bake(dataset.train, true)!,
    validation: bake(dataset.validation),
    test: bake(dataset.test),
  };
}

function noRecipe(dataset: Dataset): string {
  const columns = [...dataset.train.columns.keys()];
  return (
    `The workflow has no recipe, and which column of ${dataset.name} is the outcome cannot be told. ` +
    `Add one: recipe("${columns.at(-1) ?? "y"} ~ ."). The columns are: ${columns.slice(0, 12).join(", ")}.`
  );
}

/**
 * A mode that does not fit the outcome is told before anything is built. Of several outcomes some may be
 * classes and some numbers; one must go with the mode.
 */
function checkOutcomes(
  mode: RunnableWorkflow["model"]["spec"]["mode"],
  outcomes: readonly { readonly name: string; readonly levels?: readonly string[] }[],
): void {
  const fits = ({ levels }: { readonly levels?: readonly string[] }) =>
    (levels !== undefined) === (mode === "classification");
  const [first] = outcomes;
  if (first === undefined || outcomes.some(fits)) return;
  const { name, levels } = first;
  throw new UserError(
    "mode-against-outcome",
    levels === undefined
      ? `The model's mode is "classification", but the outcome "${name}" holds numbers. Use mode: "regression", or name "${name}" in the dataset's option nominal.`
      : `The model's mode is "regression", but the outcome "${name}" holds classes (${levels.slice(0, 5).join(", ")}). Use mode: "classification".`,
  );
}
