import { UserError } from "../../../protocol/index.ts";
import { listNames } from "../../names.ts";
import type { NominalColumn } from "../../table.ts";
import { replaceColumn, type WorkingTable } from "../working-table.ts";
import { columnOf } from "./step.ts";

/** A column of classes. @throws UserError where it holds something else. */
export function classesOf(step: string, table: WorkingTable, name: string): NominalColumn {
  return columnOf(
    step,
    table,
    name,
    ["nominal"],
    "Use all_nominal_predictors() here, or name the column in datasets.csv's option nominal to read its numbers as classes.",
  );
}

/** How many rows have each level. */
export function countsOf({ levels, codes }: NominalColumn): number[] {
  const counts = levels.map(() => 0);
  for (const code of codes) if (code !== -1) counts[code]!++;
  return counts;
}

/**
 * A column with other levels.
 *
 * @param rename What a class becomes; null: missing.
 */
export function withLevels(
  table: WorkingTable,
  name: string,
  column: NominalColumn,
  levels: readonly string[],
  rename: (level: string | null, row: number) => string | null,
): WorkingTable {
  const places = new Map(levels.map((level, code) => [level, code]));
  const codes = column.codes.map((code, row) => {
    const level = rename(column.levels[code] ?? null, row);
    return level === null ? -1 : (places.get(level) ?? -1);
  });
  return replaceColumn(table, name, [[name, { kind: "nominal", levels, codes }]]);
}

/** What new data have and the training rows did not. */
export function unseenLevel(
  step: string,
  place: string,
  level: string,
  levels: readonly string[],
  remedy: string,
): UserError {
  return new UserError(
    "unseen-level",
    `step_${step}: ${place} is "${level}", a class the training rows do not have. They have ${listNames(levels)}. ${remedy}`,
  );
}
