import { hasRole, onlyColumns } from "../working-table.ts";
import { readOptions, type Step } from "./step.ts";

/**
 * `step_select(…)`: keeps these columns, in the order in which they are chosen, and takes all others out. Outcomes stay in any case
 * (recipes drops those that are not named, and then there is nothing to learn).
 */
export const select: Step<object, null> = {
  name: "select",
  options: (given) => readOptions("select", given, {}),
  prep: () => null,
  bake(table, columns) {
    const outcomes = [...table.columns.keys()].filter((name) => hasRole(table, name, "outcome"));
    return onlyColumns(table, new Set([...columns, ...outcomes]));
  },
};
