import { UserError } from "../../../protocol/index.ts";
import { replaceColumn, type WorkingTable } from "../working-table.ts";
import { columnOf } from "./step.ts";

/** The numbers of a column. NaN is missing. @throws UserError where it holds something else. */
export function numbersOf(step: string, table: WorkingTable, name: string): Float64Array {
  return columnOf(
    step,
    table,
    name,
    ["numeric"],
    `Use ${step === "normalize" ? "step_rescale for images, " : ""}step_dummy for classes, or all_numeric_predictors() here.`,
  ).values;
}

/** The numbers of a column that are there. @throws UserError where there are fewer than a step needs to learn from. */
export function givenNumbers(step: string, table: WorkingTable, name: string, atLeast: 1 | 2): Float64Array {
  const values = numbersOf(step, table, name).filter((value) => !Number.isNaN(value));
  if (values.length < atLeast)
    throw new UserError(
      step,
      `step_${step}: \`${name}\` has ${values.length === 0 ? "no value" : "one value only"} in the training rows, and ${atLeast === 1 ? "one is" : "two are"} needed. Take it out of the formula with \`- ${name}\`.`,
    );
  return values;
}

/** What a step makes of each number of these columns; missing ones stay missing unless `change` fills them. */
export function changeNumbers(
  step: string,
  table: WorkingTable,
  columns: readonly string[],
  change: (name: string) => (value: number, row: number) => number,
): WorkingTable {
  for (const name of columns) {
    const values = numbersOf(step, table, name).map(change(name));
    table = replaceColumn(table, name, [[name, { kind: "numeric", values }]]);
  }
  return table;
}

export function meanOf(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Mean and standard deviation, with n − 1. @throws UserError where the column is constant. */
export function momentsOf(step: string, table: WorkingTable, name: string): { mean: number; sd: number } {
  const values = givenNumbers(step, table, name, 2);
  const mean = meanOf(values);
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const sd = Math.sqrt(squares / (values.length - 1));
  // Rounding of the mean leaves a trace of variance in a constant column.
  if (sd > Math.abs(mean) * 1e-14) return { mean, sd };
  throw constantColumn(step, name, values[0]!);
}

export function constantColumn(step: string, name: string, value: number): UserError {
  return new UserError(
    step,
    `step_${step}: \`${name}\` is ${value} in every training row, so it cannot be ${step === "normalize" ? "normalized" : "scaled"} and tells nothing. Take it out with step_zv before this step, or out of the formula with \`- ${name}\`.`,
  );
}
