import { openFittedRun } from "./fitted-run.ts";
import { predictionColumns, toCsv, type Columns } from "./prediction-table.ts";

export interface NewDataRequest {
  /** The run's folder. */
  readonly run: string;
  /** Images, folders of images, or one CSV file. Relative paths start at the working folder. */
  readonly data: readonly string[];
}

export interface NewDataHooks {
  progress?(done: number, total: number): void;
  /** Something the user should know that is no failure. */
  note?(message: string): void;
}

export interface PredictionTable {
  /** The input's own columns, then the predictions; a name that both have is the prediction's. */
  readonly columns: Columns;
  readonly rows: number;
  readonly csv: string;
}

/**
 * Predicts new data with the model of a run. Nothing is known of their outcomes, and nothing is asked.
 *
 * @throws UserError when the run has no model, or the data do not fit it.
 */
export async function predict(
  request: NewDataRequest,
  hooks: NewDataHooks,
  signal?: AbortSignal,
): Promise<PredictionTable> {
  const run = await openFittedRun(request.run);
  try {
    const data = await import("../data/index.ts");
    const context = { specFolder: process.cwd(), ...(signal ? { signal } : {}) };
    const { table, header, records, notes } = await data.readNewData(request.data, run.recipe, context);
    for (const note of notes) hooks.note?.(note);
    const baked = data.bakeTable(run.recipe, table, { outcomes: false });
    const predictions = await run.model.predict(baked, signal, (done) => hooks.progress?.(done, table.rows));
    const columns = new Map<string, readonly (string | number | null)[]>();
    for (const [index, name] of header.entries())
      columns.set(
        name,
        records.map((record) => record[index] ?? null),
      );
    const { kept } = baked;
    if (kept !== undefined)
      hooks.note?.(
        `${table.rows - kept.length} of ${table.rows} rows get no prediction: something is missing in them, and the model's recipe leaves such rows out.`,
      );
    for (const [name, column] of predictionColumns(run.recipe.outcomes, predictions))
      columns.set(name, kept === undefined ? column : inPlaces(column, kept, table.rows));
    return { columns, rows: table.rows, csv: toCsv(columns) };
  } finally {
    run.model.dispose();
  }
}

/** Cells of some rows of a table, each in its own row; null elsewhere. */
function inPlaces<Cell>(cells: readonly Cell[], rows: Int32Array, of: number): (Cell | null)[] {
  const column = new Array<Cell | null>(of).fill(null);
  for (const [at, row] of rows.entries()) column[row] = cells[at]!;
  return column;
}
