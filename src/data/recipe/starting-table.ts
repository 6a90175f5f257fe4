import { rowName } from "../rows.ts";
import type { Column, Table } from "../table.ts";
import { withChannels } from "./channels.ts";
import type { ColumnRoles } from "./roles.ts";
import type { WorkingColumn, WorkingTable } from "./working-table.ts";

/** The recipe's columns of a table, with their roles, before the first step: predictors, others, outcomes. Those that are not there are passed over. */
export function workingTable(
  table: Table,
  { predictors, outcomes, others, changed = {} }: ColumnRoles,
): WorkingTable {
  const columns = new Map<string, WorkingColumn>();
  const roles = new Map<string, readonly string[]>();
  for (const [names, usual] of [
    [predictors, ["predictor"]],
    [others, []],
    [outcomes, ["outcome"]],
  ] as const)
    for (const name of names) {
      const column = table.columns.get(name);
      if (column === undefined) continue;
      columns.set(name, pending(column));
      roles.set(name, Object.hasOwn(changed, name) ? changed[name]! : usual);
    }
  return { rows: table.rows, columns, roles, rowName: (row) => rowName(table, row) };
}

function pending(column: Column): WorkingColumn {
  if (column.kind !== "image") return column;
  // One grey file among coloured ones is read in colour.
  const channels = column.images.some((image) => image.channels === 3) ? 3 : 1;
  return {
    kind: "image",
    images: column.images.map((image) => withChannels(image, channels)),
    operations: [],
  };
}
