import type { RandomStream } from "../random.ts";
import type { NominalColumn, NumericColumn } from "../table.ts";

/** Stratum of each row, counted from 0. */
export interface Strata {
  readonly of: Int32Array;
  readonly count: number;
  /** Said to the user, after the column's name. */
  readonly notes: readonly string[];
}

/** A column of at most so many different numbers is taken as classes (rsample's `nunique`). */
const FEW_VALUES = 5;
/** A bin of numbers has at least so many rows (rsample's `depth`). */
const DEPTH = 20;

/**
 * Strata of a column as rsample's `make_strata` makes them: classes, or numbers in bins between their quantiles. Classes that are rarer
 * than `pool` are no strata of their own: their rows, like those with missing values, are dealt out to the other strata at random.
 *
 * @param options breaks: bins of numbers. pool: the least share of rows that is a stratum.
 */
export function makeStrata(
  column: NumericColumn | NominalColumn,
  { breaks, pool }: { readonly breaks: number; readonly pool: number },
  random: RandomStream,
): Strata {
  const notes: string[] = [];
  const classes = column.kind === "nominal" ? column : asClasses(column);
  const of =
    classes === undefined
      ? bins((column as NumericColumn).values, breaks, notes)
      : pooled(classes, pool, notes);
  const rows = of.length;
  const count = of.reduce((most, stratum) => Math.max(most, stratum + 1), 0);
  if (count < 2) return { of: new Int32Array(rows), count: 1, notes };
  for (let row = 0; row < rows; row++) if (of[row] === -1) of[row] = random.below(count);
  return { of, count, notes };
}

/** Numbers of few different values as classes; undefined where there are many. */
function asClasses({ values }: NumericColumn): Pick<NominalColumn, "levels" | "codes"> | undefined {
  const different = new Set<number>();
  for (const value of values) {
    if (!Number.isNaN(value)) different.add(value);
    if (different.size > FEW_VALUES) return undefined;
  }
  const levels = [...different].sort((a, b) => a - b);
  return { levels: levels.map(String), codes: Int32Array.from(values, (value) => levels.indexOf(value)) };
}

/** Stratum of each row; -1 where its class is too rare to be one, or missing. */
function pooled(
  { levels, codes }: Pick<NominalColumn, "levels" | "codes">,
  pool: number,
  notes: string[],
): Int32Array {
  const counts = new Int32Array(levels.length);
  for (const code of codes) if (code >= 0) counts[code]!++;
  const there = levels.map((_, level) => level).filter((level) => counts[level]! > 0);
  const rare = there.filter((level) => counts[level]! / codes.length < pool);
  if (rare.length === there.length) {
    notes.push("no class has enough rows, so nothing is stratified.");
    return new Int32Array(codes.length);
  }
  if (rare.length > 0)
    notes.push(
      `${rare
        .slice(0, 3)
        .map((level) => `\`${levels[level]!}\``)
        .join(
          ", ",
        )}${rare.length > 3 ? ` and ${rare.length - 3} more` : ""} ${rare.length === 1 ? "has" : "have"} less than ${Math.round(pool * 100)} % of the rows, which are dealt out to the other classes at random.`,
    );
  const strata = new Int32Array(levels.length).fill(-1);
  there.filter((level) => !rare.includes(level)).forEach((level, stratum) => (strata[level] = stratum));
  return codes.map((code) => (code < 0 ? -1 : strata[code]!));
}

/** Bin of each number between the quantiles, closed on the right; -1 where it is missing. */
function bins(values: Float64Array, asked: number, notes: string[]): Int32Array {
  const breaks = Math.min(asked, Math.floor(values.length / DEPTH));
  if (breaks < 2) {
    notes.push(`a bin needs ${DEPTH} rows, so nothing is stratified.`);
    return new Int32Array(values.length);
  }
  if (breaks < asked)
    notes.push(`a bin needs ${DEPTH} rows, so there are ${breaks} bins instead of ${asked}.`);
  const sorted = values.filter((value) => !Number.isNaN(value)).sort();
  const ends = [...new Set(Array.from({ length: breaks + 1 }, (_, i) => quantile(sorted, i / breaks)))];
  // The lowest end belongs to the first bin.
  return Int32Array.from(values, (value) =>
    Number.isNaN(value) ? -1 : Math.max(0, ends.findIndex((end) => value <= end) - 1),
  );
}

/** R's quantile of type 7, its default: linear between the order statistics. */
function quantile(sorted: Float64Array, share: number): number {
  const at = share * (sorted.length - 1);
  const below = Math.floor(at);
  const low = sorted[below]!;
  const high = sorted[Math.min(below + 1, sorted.length - 1)]!;
  return low + (at - below) * (high - low);
}
