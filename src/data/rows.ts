import type { Column, Table } from "./table.ts";

/** The rows of these indices, in this order. */
export function takeRows(table: Table, indices: ArrayLike<number>): Table {
  const columns = new Map<string, Column>();
  for (const [name, column] of table.columns) columns.set(name, takeFromColumn(column, indices));
  return {
    rows: indices.length,
    columns,
    ...(table.lines ? { lines: Int32Array.from(indices, (index) => table.lines![index]!) } : {}),
  };
}

/** The entries of these indices, in this order. */
export function takeFromColumn<One extends Column>(column: One, indices: ArrayLike<number>): One;
export function takeFromColumn(column: Column, indices: ArrayLike<number>): Column {
  switch (column.kind) {
    case "numeric":
      return { kind: "numeric", values: Float64Array.from(indices, (index) => column.values[index]!) };
    case "nominal":
      return {
        kind: "nominal",
        levels: column.levels,
        codes: Int32Array.from(indices, (index) => column.codes[index]!),
      };
    case "image":
      return { kind: "image", images: Array.from(indices, (index) => column.images[index]!) };
    case "tensor": {
      const size = column.shape.reduce((product, length) => product * length, 1);
      const values = new Float32Array(indices.length * size);
      for (let row = 0; row < indices.length; row++)
        values.set(column.values.subarray(indices[row]! * size, (indices[row]! + 1) * size), row * size);
      return { kind: "tensor", shape: column.shape, values };
    }
  }
}

/** How a message calls a row: by its line where rows come from a text file, else by its number from 1. */
export function rowName(table: Table, row: number): string {
  const line = table.lines?.[row];
  return line === undefined ? `row ${row + 1}` : `line ${line}`;
}
