import { UserError } from "../protocol/index.ts";
import { didYouMean, listNames } from "./names.ts";
import { rowName } from "./rows.ts";
import type { NumericColumn, Table } from "./table.ts";

/**
 * What each row's loss is multiplied with, from a column of the data (`fit_sample_weight`).
 *
 * @throws UserError when there is no such column, or it holds something else than numbers from 0.
 */
export function rowWeightsOf(table: Table, name: string): Float32Array {
  const { values } = weightColumn(table, name);
  const wrong = values.findIndex((value) => !(value >= 0 && Number.isFinite(value)));
  if (wrong >= 0)
    throw new UserError(
      "sample-weight",
      `fit_sample_weight: \`${name}\` is ${Number.isNaN(values[wrong]!) ? "missing" : values[wrong]} in ${rowName(table, wrong)}, and a weight is a number from 0. Correct it, or leave the row out.`,
    );
  return Float32Array.from(values);
}

/** The table as a recipe learns from it: a column of weights is none of the predictors that `.` stands for. */
export function withoutWeights(table: Table, name: string): Table {
  weightColumn(table, name);
  return { ...table, columns: new Map([...table.columns].filter(([column]) => column !== name)) };
}

function weightColumn({ columns }: Table, name: string): NumericColumn {
  const column = columns.get(name);
  const names = [...columns.keys()];
  if (column === undefined)
    throw new UserError(
      "sample-weight",
      `fit_sample_weight names the column \`${name}\`, and the data have no such column.${didYouMean(name, names)} The columns are ${listNames(names)}.`,
    );
  if (column.kind !== "numeric")
    throw new UserError(
      "sample-weight",
      `fit_sample_weight names the column \`${name}\`, which does not hold numbers: name one that does.`,
    );
  return column;
}
