import { UserError } from "../../../protocol/index.ts";
import { withColumns, withoutColumns } from "../working-table.ts";
import { numbersOf } from "./numeric-columns.ts";
import { aText, readOptions, type Step } from "./step.ts";

/**
 * `step_collapse(…, { new_col = "predictor_matrix" })`: makes one column of several, in the order in which they are chosen: of each row
 * an array of shape [1, k], which is an input of the network by the name of the new column. kerasnip's step; the columns must hold
 * numbers by then.
 */
export const collapse: Step<{ new_col: string }, null> = {
  name: "collapse",
  options: (given) =>
    readOptions("collapse", given, { new_col: { ...aText, otherwise: "predictor_matrix" } }),
  prep: () => null,
  bake(table, columns, { new_col }) {
    if (columns.length === 0) return table;
    if (table.columns.has(new_col) && !columns.includes(new_col))
      throw new UserError(
        "step-option",
        `step_collapse would make a column \`${new_col}\`, and there is one already. Give each step_collapse a name of its own: { new_col: "numbers" }.`,
      );
    const values = new Float32Array(table.rows * columns.length);
    for (const [at, name] of columns.entries())
      for (const [row, value] of numbersOf("collapse", table, name).entries()) {
        if (!Number.isFinite(value))
          throw new UserError(
            "missing-value",
            `step_collapse: \`${name}\` in ${table.rowName(row)} is missing. Fill it in or remove the row, or put step_impute_mean or step_naomit before step_collapse.`,
          );
        values[row * columns.length + at] = value;
      }
    return withColumns(withoutColumns(table, columns), [
      [new_col, { kind: "tensor", shape: [1, columns.length], values }],
    ]);
  },
};
