import { withoutColumns } from "../working-table.ts";
import { readOptions, type Step } from "./step.ts";

/** `step_rm(…)`: takes columns out. */
export const rm: Step<object, null> = {
  name: "rm",
  options: (given) => readOptions("rm", given, {}),
  prep: () => null,
  bake: (table, columns) => withoutColumns(table, columns),
};
