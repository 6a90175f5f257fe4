import type { Baked, Outcome } from "../data/baked.ts";
import type { Column, Table } from "../data/table.ts";

/** Rows `from` (inclusive) to `to` (exclusive) of baked data; the numbers are shared, not copied. */
export function bakedRows(baked: Baked, from: number, to: number): Baked {
  return {
    rows: to - from,
    inputs: new Map(
      [...baked.inputs].map(([name, column]) => {
        const size = column.shape.reduce((product, length) => product * length, 1);
        return [name, { ...column, values: column.values.subarray(from * size, to * size) }];
      }),
    ),
    outcomes: new Map([...baked.outcomes].map(([name, outcome]) => [name, outcomeRows(outcome, from, to)])),
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
    case "tensor": {
      const size = column.shape.reduce((product, length) => product * length, 1);
      return { ...column, values: column.values.subarray(from * size, to * size) };
    }
  }
}
