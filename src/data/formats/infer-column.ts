import type { NominalColumn, NumericColumn } from "../table.ts";

const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;

/** Whether a text is a finite number as computers write it. */
export function isNumber(text: string): boolean {
  return NUMBER.test(text);
}

/** A cell as a number: NaN for a missing value, undefined for text that is no number. */
function numberOf(cell: string, missing: ReadonlySet<string>): number | undefined {
  if (missing.has(cell) || cell === "NaN") return Number.NaN;
  if (NUMBER.test(cell)) return Number(cell);
  const infinite = /^([+-]?)Inf(?:inity)?$/i.exec(cell);
  return infinite ? (infinite[1] === "-" ? -Infinity : Infinity) : undefined;
}

/** Numbers where every cell that is not missing is one, else classes. */
export function inferColumn(
  cells: readonly string[],
  missing: ReadonlySet<string>,
): NumericColumn | NominalColumn {
  const values = new Float64Array(cells.length);
  for (const [row, cell] of cells.entries()) {
    const value = numberOf(cell, missing);
    if (value === undefined) return nominalColumn(cells, missing);
    values[row] = value;
  }
  return { kind: "numeric", values };
}

/** A factor with its levels sorted: by value where all are numbers, else by character codes, the same on every computer. */
export function nominalColumn(cells: readonly string[], missing: ReadonlySet<string>): NominalColumn {
  const levels = [...new Set(cells)].filter((cell) => !missing.has(cell));
  if (levels.every((level) => NUMBER.test(level)))
    levels.sort((a, b) => Number(a) - Number(b) || (a < b ? -1 : 1));
  else levels.sort();
  const codes = new Map(levels.map((level, code) => [level, code]));
  return { kind: "nominal", levels, codes: Int32Array.from(cells, (cell) => codes.get(cell) ?? -1) };
}

/** Cells that mean "missing". */
export function missingCells(na: readonly string[] | undefined): ReadonlySet<string> {
  return new Set(["", ...(na ?? ["NA"])]);
}
