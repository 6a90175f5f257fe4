import { onlyRows, type WorkingColumn } from "../working-table.ts";
import { readOptions, type Step } from "./step.ts";

/**
 * `step_naomit(…)`: leaves rows out in which one of these columns is missing. Of the training rows alone, unless `skip: false` is
 * given: then also of rows that are tested or predicted, and those get no prediction. As recipes has it.
 */
export const naomit: Step<object, null> = {
  name: "naomit",
  skip: true,
  options: (given) => readOptions("naomit", given, {}),
  prep: () => null,
  bake(table, columns) {
    const missing = columns.map((name) => isMissing(table.columns.get(name)!));
    const complete: number[] = [];
    for (let row = 0; row < table.rows; row++) if (!missing.some((test) => test(row))) complete.push(row);
    return complete.length === table.rows ? table : onlyRows(table, Int32Array.from(complete));
  },
};

function isMissing(column: WorkingColumn): (row: number) => boolean {
  switch (column.kind) {
    case "numeric":
      return (row) => Number.isNaN(column.values[row]!);
    case "nominal":
      return (row) => column.codes[row] === -1;
    case "image":
      return () => false;
    case "tensor": {
      const size = column.shape.reduce((product, length) => product * length, 1);
      return (row) => column.values.subarray(row * size, (row + 1) * size).some(Number.isNaN);
    }
  }
}
