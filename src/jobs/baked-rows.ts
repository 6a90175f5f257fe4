import type { Baked, InputColumn, Outcome } from "../data/baked.ts";
import { streamedRows } from "../data/streamed-rows.ts";
import type { Column, Table, TensorColumn } from "../data/table.ts";

/** Rows `from` (inclusive) to `to` (exclusive) of baked data; the numbers are shared, not copied, and no image is read. */
export function bakedRows(baked: Baked, from: number, to: number): Baked {
  return {
    rows: to - from,
    inputs: new Map(
      [...baked.inputs].map(([name, column]): [string, InputColumn] => [
        name,
        column.kind === "streamed" ? streamedRows(column, from, to) : tensorRows(column, from, to),
      ]),
    ),
    outcomes: new Map([...baked.outcomes].map(([name, outcome]) => [name, outcomeRows(outcome, from, to)])),
  };
}

/** The same rows without the random views that training takes of them (`step_augment`): to predict them. */
export function plainRows(baked: Baked): Baked {
  return {
    ...baked,
    inputs: new Map(
      [...baked.inputs].map(([name, column]): [string, InputColumn] => [
        name,
        column.kind === "streamed" ? (column.plain ?? column) : column,
      ]),
    ),
  };
}

function outcomeRows(outcome: Outcome, from: number, to: number): Outcome {
  return outcome.kind === "numeric"
    ? { ...outcome, values: outcome.values.subarray(from, to) }
    : { ...outcome, codes: outcome.codes.subarray(from, to) };
}

/** The same rows of a table. */
export function tableRows(table: Table, from: number, to: number): Table {
  return {
    rows: to - from,
    columns: new Map([...table.columns].map(([name, column]) => [name, columnRows(column, from, to)])),
    ...(table.lines === undefined ? {} : { lines: table.lines.subarray(from, to) }),
  };
}

function columnRows(column: Column, from: number, to: number): Column {
  switch (column.kind) {
    case "numeric":
      return { ...column, values: column.values.subarray(from, to) };
    case "nominal":
      return { ...column, codes: column.codes.subarray(from, to) };
    case "image":
      return { ...column, images: column.images.slice(from, to) };
    case "tensor":
      return tensorRows(column, from, to);
  }
}

function tensorRows(column: TensorColumn, from: number, to: number): TensorColumn {
  const size = column.shape.reduce((product, length) => product * length, 1);
  return { ...column, values: column.values.subarray(from * size, to * size) };
}
