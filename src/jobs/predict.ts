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
  const { own, predicted, rows } = await predictRows(request, hooks, signal);
  const columns = new Map([...own, ...predicted]);
  return { columns, rows, csv: toCsv(columns) };
}

/**
 * kerasnip's and parsnip's `augment`: the predictions first, then the data's own columns. In a regression with one outcome that the data
 * have, `.resid` is beside `.pred`: truth − prediction, as the network learnt it.
 *
 * @throws UserError as `predict` does.
 */
export async function augment(
  request: NewDataRequest,
  hooks: NewDataHooks,
  signal?: AbortSignal,
): Promise<PredictionTable> {
  const { own, predicted, residuals, rows } = await predictRows(request, hooks, signal, "outcomes too");
  const columns: Columns = new Map([
    ...predicted,
    ...(residuals === undefined ? [] : [[".resid", residuals] as const]),
    ...[...own].filter(([name]) => !predicted.has(name)),
  ]);
  return { columns, rows, csv: toCsv(columns) };
}

interface PredictedRows {
  /** The input's own columns. */
  readonly own: Columns;
  readonly predicted: Columns;
  /** Of one numeric outcome that the data have. */
  readonly residuals?: readonly (number | null)[];
  readonly rows: number;
}

async function predictRows(
  request: NewDataRequest,
  hooks: NewDataHooks,
  signal: AbortSignal | undefined,
  read?: "outcomes too",
): Promise<PredictedRows> {
  const run = await openFittedRun(request.run);
  try {
    const data = await import("../data/index.ts");
    const context = { specFolder: process.cwd(), ...(signal ? { signal } : {}) };
    const { table, header, records, notes } = await data.readNewData(request.data, run.recipe, context);
    for (const note of notes) hooks.note?.(note);
    const { outcomes: shapes } = run.recipe;
    const outcomes = read !== undefined && shapes.every(({ name }) => table.columns.has(name));
    const baked = data.bakeTable(run.recipe, table, { outcomes });
    const predictions = await run.model.predict(baked, signal, (done) => hooks.progress?.(done, table.rows));
    const { kept } = baked;
    if (kept !== undefined)
      hooks.note?.(
        `${table.rows - kept.length} of ${table.rows} rows get no prediction: something is missing in them, and the model's recipe leaves such rows out.`,
      );
    const placed = <Cell>(cells: readonly Cell[]) =>
      kept === undefined ? cells : inPlaces(cells, kept, table.rows);
    const truth = outcomes && shapes.length === 1 ? baked.outcomes.get(shapes[0]!.name) : undefined;
    const residuals =
      truth?.kind !== "numeric"
        ? undefined
        : Array.from(truth.values, (value, row) => {
            const residual = value - predictions.get(shapes[0]!.name)!.values[row]!;
            return Number.isNaN(residual) ? null : Number(residual.toPrecision(6));
          });
    return {
      own: new Map(header.map((name, index) => [name, records.map((record) => record[index] ?? null)])),
      predicted: new Map(
        [...predictionColumns(shapes, predictions)].map(([name, column]) => [name, placed(column)]),
      ),
      ...(residuals === undefined ? {} : { residuals: placed(residuals) }),
      rows: table.rows,
    };
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
