import type { OutcomeRows } from "./measure.ts";
import { MetricError, type Mode } from "./metric-set.ts";

/** A row of a table: column → value. Numbers may be text, as they come out of a CSV; null, undefined, "", "NA" and NaN are missing. */
export type TableRow = Readonly<Record<string, unknown>>;

/** Which columns say what. Names of predictions have defaults, so that a run's `predictions.csv` needs only `truth`. */
export interface OutcomeColumns {
  /** The column of the truth. */
  readonly truth: string;
  /** The column of the estimated class or number. Default `.pred_class` or `.pred`; else the most probable class. */
  readonly estimate?: string;
  /**
   * The columns of the classes' probabilities, in the order of `levels`; with two classes that of the event will do. Default: those that are
   * named `.pred_` and a class.
   */
  readonly probabilities?: string | readonly string[];
  /** The classes in their order: the first of two is the event. Default: those of the probabilities' names, else those there are, sorted. */
  readonly levels?: readonly string[];
  /** The column of case weights. */
  readonly case_weights?: string;
  /** Which of two classes is the event. Default "first". */
  readonly event_level?: "first" | "second";
}

const PREFIX = ".pred_";

/** Whether the truth is one of classes or of numbers, by what there is to compare it with. */
export function modeOf(rows: readonly TableRow[], columns: OutcomeColumns): Mode {
  if (columns.probabilities !== undefined || columns.levels !== undefined) return "classification";
  if (columns.estimate === undefined && rows[0] !== undefined) {
    if (".pred_class" in rows[0]) return "classification";
    if (".pred" in rows[0]) return "regression";
  }
  const known = rows.find((row) => !isMissing(row[columns.truth]));
  return known !== undefined && Number.isNaN(numberOf(known[columns.truth]))
    ? "classification"
    : "regression";
}

/**
 * The classes of a table, in their order.
 *
 * @throws MetricError where there are fewer than two.
 */
export function levelsOf(rows: readonly TableRow[], columns: OutcomeColumns): readonly string[] {
  if (columns.levels !== undefined) return columns.levels;
  const named = listed(columns.probabilities) ?? prefixed(rows);
  const seen = new Set<string>();
  for (const row of rows)
    for (const column of [columns.truth, columns.estimate ?? ".pred_class"])
      if (!isMissing(row[column])) seen.add(String(row[column]));
  const levels =
    named.length > 1
      ? named.map((name) => (name.startsWith(PREFIX) ? name.slice(PREFIX.length) : name))
      : [...seen].sort(inOrder);
  if (levels.length < 2)
    throw new MetricError(
      `The column "${columns.truth}" has ${levels.length === 1 ? `the one class "${levels[0]}"` : "no class"}: say which classes there are in "levels".`,
    );
  return levels;
}

/**
 * The outcome of a table's rows.
 *
 * @param levels As `levelsOf` gives them for the whole table, of which these rows may be a group.
 * @throws MetricError for a column that there is not, a class that is none of the levels, or text where a number should be.
 */
export function outcomeRows(
  rows: readonly TableRow[],
  columns: OutcomeColumns,
  mode: Mode,
  levels: readonly string[],
): OutcomeRows {
  mustHave(rows, columns.truth, "truth");
  const weights =
    columns.case_weights === undefined ? null : numbers(rows, columns.case_weights, "case_weights");
  if (mode === "regression")
    return {
      kind: "numeric",
      truth: numbers(rows, columns.truth, "truth"),
      estimate: numbers(rows, columns.estimate ?? ".pred", "estimate"),
      weights,
    };
  const estimate = columns.estimate ?? (has(rows, ".pred_class") ? ".pred_class" : undefined);
  return {
    kind: "nominal",
    levels,
    truth: codes(rows, columns.truth, "truth", levels),
    estimate: estimate === undefined ? null : codes(rows, estimate, "estimate", levels),
    probabilities: probabilities(rows, columns, levels),
    weights,
  };
}

function probabilities(
  rows: readonly TableRow[],
  columns: OutcomeColumns,
  levels: readonly string[],
): Float64Array | null {
  const byLevel = levels.map((level) => PREFIX + level);
  const names = listed(columns.probabilities) ?? (byLevel.every((name) => has(rows, name)) ? byLevel : []);
  if (names.length === 0) return null;
  const values = names.map((name) => numbers(rows, name, "probabilities"));
  if (names.length === levels.length)
    return Float64Array.from(
      { length: rows.length * levels.length },
      (_, at) => values[at % levels.length]![Math.floor(at / levels.length)]!,
    );
  if (names.length !== 1 || levels.length !== 2)
    throw new MetricError(
      `There are ${levels.length} classes (${levels.join(", ")}), and ${names.length} columns of probabilities (${names.join(", ")}): name one for each class, in their order.`,
    );
  const event = columns.event_level === "second" ? 1 : 0;
  return Float64Array.from({ length: rows.length * 2 }, (_, at) => {
    const p = values[0]![Math.floor(at / 2)]!;
    return at % 2 === event ? p : 1 - p;
  });
}

function codes(
  rows: readonly TableRow[],
  column: string,
  argument: string,
  levels: readonly string[],
): Int32Array {
  mustHave(rows, column, argument);
  const index = new Map(levels.map((level, i) => [level, i]));
  return Int32Array.from(rows, (row) => {
    const value = row[column];
    if (isMissing(value)) return -1;
    const code = index.get(String(value));
    if (code === undefined)
      throw new MetricError(
        `The column "${column}" has the class "${String(value)}", and the classes are ${levels.join(", ")}: give all of them in "levels", in the order of the probabilities.`,
      );
    return code;
  });
}

function numbers(rows: readonly TableRow[], column: string, argument: string): Float64Array {
  mustHave(rows, column, argument);
  return Float64Array.from(rows, (row, i) => {
    const value = row[column];
    if (isMissing(value)) return NaN;
    const number = numberOf(value);
    if (Number.isNaN(number))
      throw new MetricError(
        `The column "${column}" should be numbers, and has "${String(value)}" in row ${i + 1}.`,
      );
    return number;
  });
}

function numberOf(value: unknown): number {
  if (typeof value === "number") return value;
  return typeof value === "string" && value.trim() !== "" ? Number(value) : NaN;
}

function isMissing(value: unknown): boolean {
  return value === null || value === undefined || value === "" || value === "NA" || Number.isNaN(value);
}

function mustHave(rows: readonly TableRow[], column: string, argument: string): void {
  if (rows.length > 0 && !has(rows, column))
    throw new MetricError(
      `The rows have no column "${column}" (${argument}). They have: ${Object.keys(rows[0]!).join(", ")}.`,
    );
}

function has(rows: readonly TableRow[], column: string): boolean {
  return rows.some((row) => column in row);
}

function listed(names: string | readonly string[] | undefined): readonly string[] | undefined {
  return typeof names === "string" ? [names] : names;
}

function prefixed(rows: readonly TableRow[]): readonly string[] {
  return Object.keys(rows[0] ?? {}).filter((name) => name.startsWith(PREFIX) && name !== ".pred_class");
}

/** Numbers by size, text by its characters: R's order of a factor's levels, but for the language. */
export function inOrder(a: unknown, b: unknown): number {
  const [x, y] = [numberOf(a), numberOf(b)];
  if (!Number.isNaN(x) && !Number.isNaN(y)) return x - y;
  return String(a) < String(b) ? -1 : String(a) > String(b) ? 1 : 0;
}
