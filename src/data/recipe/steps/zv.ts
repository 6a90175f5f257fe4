import { withoutColumns } from "../working-table.ts";
import { frequencies } from "./distinct-values.ts";
import { readOptions, type Step } from "./step.ts";

/** `step_zv(…)`: takes columns out that have one value only in the training rows, or none, as recipes has it. */
export const zv: Step<object, readonly string[]> = {
  name: "zv",
  options: (given) => readOptions("zv", given, {}),
  prep: (table, columns) => columns.filter((name) => frequencies("zv", table, name).size < 2),
  bake: (table, _columns, _options, removed) => withoutColumns(table, removed),
};
