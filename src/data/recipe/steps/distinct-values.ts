import { columnOf } from "./step.ts";
import type { WorkingTable } from "../working-table.ts";

/** How often each value of a column comes, numbers or classes; missing ones are left out. */
export function frequencies(step: string, table: WorkingTable, name: string): Map<number, number> {
  const column = columnOf(
    step,
    table,
    name,
    ["numeric", "nominal"],
    "Use all_numeric_predictors() or all_nominal_predictors() here.",
  );
  const counts = new Map<number, number>();
  for (const value of column.kind === "numeric" ? column.values : column.codes)
    if (column.kind === "numeric" ? !Number.isNaN(value) : value !== -1)
      counts.set(value, (counts.get(value) ?? 0) + 1);
  return counts;
}
