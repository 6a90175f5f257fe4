import type { Baked, PreppedRecipe } from "../data/baked.ts";
import type { DataContext } from "../data/context.ts";
import type { Dataset, Table } from "../data/table.ts";
import { UserError, type Progress } from "../protocol/index.ts";
import type { RunWriter } from "../runs/index.ts";
import type { RunnableWorkflow } from "./choose-workflow.ts";
import type { RunLog } from "./run-log.ts";
import { savedMetrics, saveRecipe } from "./saved-recipe.ts";

/** A set of rows as they were read and as the network takes them; those that the recipe leaves out are in neither. */
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

/** A dataset, and what is to be said of it. */
export interface ReadDataset {
  readonly dataset: Dataset;
  readonly notes: readonly (readonly [
    severity: "error" | "warning" | "information",
    code: string,
    message: string,
  ])[];
}

/** Reads a workflow's dataset before there is a run that could speak of it. @throws UserError when it cannot be read. */
export async function readDataset(
  workflow: RunnableWorkflow,
  specFolder: string,
  signal: AbortSignal | undefined,
): Promise<ReadDataset> {
  const { loadDataset } = await import("../data/index.ts");
  const notes: ReadDataset["notes"][number][] = [];
  const dataset = await loadDataset(workflow.data, {
    specFolder,
    ...(signal !== undefined && { signal }),
    onNote: (...note) => notes.push(note),
  });
  return { dataset, notes };
}

/**
 * The dataset after its recipe, and what the run's folder keeps of both.
 *
 * @param read The dataset where it is there already.
 */
export async function readRows(
  workflow: RunnableWorkflow,
  specFolder: string,
  run: RunWriter,
  log: RunLog,
  signal: AbortSignal,
  read?: ReadDataset,
): Promise<AllRows> {
  const context = {
    specFolder,
    signal,
    onProgress: (done: number, total: number | null, unit: Progress["unit"]) =>
      log.progress("load", done, total, unit),
    onNote: log.note.bind(log),
  };
  for (const note of read?.notes ?? []) log.note(...note);
  const told: Parameters<typeof rowsOf>[2] = {
    loaded: (dataset) =>
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
      }),
    prepped: (recipe) =>
      saveRecipe(run.folder, {
        version: 1,
        mode: workflow.model.spec.mode,
        recipe,
        ...savedMetrics(workflow.metrics),
      }),
  };
  return rowsOf(workflow, context, told, read?.dataset);
}

/**
 * The dataset after its recipe. The recipe learns from the training rows alone.
 *
 * @param told what there is as soon as it is there, for who keeps it.
 * @param read the dataset where it is there already.
 * @throws UserError when the data cannot be read, or recipe and mode do not go with them.
 */
export async function rowsOf(
  workflow: RunnableWorkflow,
  context: DataContext,
  told: { loaded?(dataset: Dataset): void; prepped?(recipe: PreppedRecipe): void } = {},
  read?: Dataset,
): Promise<AllRows> {
  const data = await import("../data/index.ts");
  const dataset = read ?? (await data.loadDataset(workflow.data, context));
  told.loaded?.(dataset);
  const description = workflow.recipe ?? data.defaultRecipe(dataset);
  if (description === undefined) throw new UserError("no-recipe", noRecipe(dataset));
  const weight = weightColumn(workflow);
  // It is none of the columns that `.` stands for; a formula that names it may do so to leave it out.
  const learnt =
    weight === undefined || wordsOf(description.formula).has(weight)
      ? dataset.train
      : data.withoutWeights(dataset.train, weight);
  const prepped = await data.prepRecipe(description, learnt);
  checkWeight(weight, prepped);
  checkOutcomes(workflow.model.spec.mode, prepped.outcomes);
  told.prepped?.(prepped);
  const bake = (table: Table | undefined, training = false): Rows | undefined => {
    if (table === undefined || table.rows === 0) return undefined;
    const baked = data.bakeTable(prepped, table, { outcomes: true, training });
    const kept = baked.kept === undefined ? table : data.takeRows(table, baked.kept);
    if (training && kept !== table)
      context.onNote?.("information", "rows-left-out", leftOut(table.rows - kept.rows, table.rows));
    if (weight === undefined || table === dataset.test) return { table: kept, baked };
    return { table: kept, baked: { ...baked, weights: data.rowWeightsOf(kept, weight) } };
  };
  return {
    train: bake(dataset.train, true)!,
    validation: bake(dataset.validation),
    test: bake(dataset.test),
  };
}

function leftOut(rows: number, of: number): string {
  return `step_naomit leaves ${rows} of ${of} training rows out: something is missing in ${rows === 1 ? "it" : "them"}.`;
}

/** The column of weights that the model asks for. */
function weightColumn({ model }: RunnableWorkflow): string | undefined {
  const name: unknown = model.arguments["fit_sample_weight"];
  if (name === undefined || name === null || typeof name === "string") return name ?? undefined;
  throw new UserError(
    "sample-weight",
    `fit_sample_weight is the name of a column with the weight of each row, and it is ${JSON.stringify(name) ?? String(name)}.`,
  );
}

function wordsOf(formula: string): ReadonlySet<string> {
  const words = formula.matchAll(/`([^`]+)`|[\p{L}\p{N}_.]+/gu);
  return new Set([...words].map(([word, quoted]) => quoted ?? word));
}

/** A weight is neither outcome nor predictor. */
function checkWeight(name: string | undefined, { formula, predictors, outcomes }: PreppedRecipe): void {
  if ([...predictors, ...outcomes].some((column) => column.name === name))
    throw new UserError(
      "sample-weight",
      `fit_sample_weight takes the column \`${name}\`, and the formula \`${formula}\` names it too: a weight is neither outcome nor predictor. Take it out of the formula.`,
    );
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
