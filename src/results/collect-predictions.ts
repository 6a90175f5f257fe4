import fs from "node:fs";
import path from "node:path";
import { parse } from "csv-parse/sync";
import { UserError, type ParameterValue, type ParameterValues } from "../protocol/index.ts";
import { IN_RUN } from "../runs/index.ts";
import { foldColumns } from "../tuning/results/index.ts";
import { averagePredictions, classColumns } from "./average-predictions.ts";
import type { RunResults } from "./read-run.ts";

/**
 * A predicted row: `.pred`, or `.pred_class` and `.pred_{level}`; the truth under its own name; of a tuning also `.row` (from 1, of the rows
 * that were resampled), `.config`, a column for each parameter, and `id` (and `id2` with repeats) of the fold.
 */
export interface PredictionRow {
  readonly [column: string]: ParameterValue | undefined;
}

export interface CollectPredictionsOptions {
  /**
   * One prediction for each row and candidate, also where resamples predict a row several times: numbers and probabilities are averaged,
   * and the class is the most probable one. Default false.
   */
  readonly summarize?: boolean;
  /** Only candidates with these values: `select_best(results)`, or some of the parameters. */
  readonly parameters?: ParameterValues;
  /** Also candidates that a race or a halving has given up. Default false. */
  readonly all_configs?: boolean;
}

/**
 * What the candidates of a tuning predicted on their assessment rows, or the model of a fit on the test set (tune's
 * `collect_predictions`). The rows can be handed to every metric of this module.
 *
 * @throws UserError where no predictions were kept.
 */
export function collect_predictions(
  run: RunResults,
  { summarize = false, parameters = {}, all_configs = false }: CollectPredictionsOptions = {},
): PredictionRow[] {
  const { tuning } = run;
  if (tuning === null) return readRows(path.join(run.folder, IN_RUN.predictions), run);
  const wanted = Object.entries(parameters).filter(([id]) => id !== ".config");
  const config = parameters[".config"];
  const candidates = tuning.candidates.filter(
    (one) =>
      (all_configs || one.eliminated === null) &&
      (config === undefined || one.config === config) &&
      wanted.every(([id, value]) => JSON.stringify(one.values[id]) === JSON.stringify(value)),
  );
  const kept = candidates.flatMap(({ trials }) =>
    trials.filter(({ predictions }) => predictions !== undefined),
  );
  if (kept.length === 0 && candidates.some(({ trials }) => trials.some(({ status }) => status === "done")))
    throw new UserError(
      "no-predictions",
      `The tuning ${run.run} did not keep its predictions. Tune with control_grid({ save_pred: true }).`,
    );
  const rows = candidates.flatMap(({ config, values, trials }) =>
    trials.flatMap(({ fold, predictions }): PredictionRow[] =>
      predictions === undefined
        ? []
        : readRows(path.join(run.folder, ...predictions.split("/")), run).map((row) => ({
            ...foldColumns(fold),
            ...row,
            ...values,
            ".config": config,
          })),
    ),
  );
  return summarize ? averagePredictions(rows) : rows;
}

/** A CSV that a run has written. Classes stay text, even where they look like numbers; empty cells are missing. */
function readRows(file: string, { run }: RunResults): PredictionRow[] {
  let text: string;
  try {
    text = fs.readFileSync(file, "utf8");
  } catch (error) {
    throw new UserError(
      "no-predictions",
      `The predictions of ${run} cannot be read: ${(error as NodeJS.ErrnoException).code === "ENOENT" ? `there is no ${file}` : (error as Error).message}.`,
      { cause: error },
    );
  }
  const rows = parse(text, { columns: true }) as Record<string, string>[];
  const columns = Object.keys(rows[0] ?? {});
  const textual = new Set(classColumns(columns).flatMap(({ estimate, outcome }) => [estimate, outcome]));
  const numeric = columns.filter(
    (column) =>
      !textual.has(column) && rows.every((row) => row[column] === "" || !Number.isNaN(Number(row[column]))),
  );
  return rows.map((row) =>
    Object.fromEntries(
      columns.map((column) => {
        const cell = row[column]!;
        return [column, cell === "" ? null : numeric.includes(column) ? Number(cell) : cell];
      }),
    ),
  );
}
