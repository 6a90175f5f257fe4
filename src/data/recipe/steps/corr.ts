import { withoutColumns } from "../working-table.ts";
import { numbersOf } from "./numeric-columns.ts";
import { readOptions, type Step } from "./step.ts";

interface Corr {
  /** Between 0 and 1. */
  readonly threshold: number;
  readonly method: "pearson" | "spearman";
}

/**
 * `step_corr(…, { threshold = 0.9, method = "pearson" })`: takes columns out until no two are correlated by more than `threshold` in the
 * training rows, either way; of two the one goes that is more correlated with all others on average. Correlations are of the rows where
 * both have a value; "spearman" is that of their ranks. As recipes has it (`corr_filter`, after caret's findCorrelation).
 */
export const corr: Step<Corr, readonly string[]> = {
  name: "corr",
  options: (given) =>
    readOptions<Corr>("corr", given, {
      threshold: {
        otherwise: 0.9,
        must: "a number from 0 to 1",
        accepts: (value) => typeof value === "number" && value >= 0 && value <= 1,
      },
      method: {
        otherwise: "pearson",
        must: '"pearson" or "spearman"',
        accepts: (value) => value === "pearson" || value === "spearman",
      },
    }),
  prep(table, columns, { threshold, method }) {
    const numbers = columns.map((name) => numbersOf("corr", table, name));
    return tooCorrelated(correlations(numbers, method), threshold).map((at) => columns[at]!);
  },
  bake: (table, _columns, _options, removed) => withoutColumns(table, removed),
};

/** NaN where a column is constant, or two have fewer than two rows in common. */
function correlations(columns: readonly Float64Array[], method: Corr["method"]): number[][] {
  return columns.map((x) => columns.map((y) => correlation(x, y, method)));
}

function correlation(x: Float64Array, y: Float64Array, method: Corr["method"]): number {
  const both = (values: Float64Array) =>
    values.filter((_, row) => !Number.isNaN(x[row]!) && !Number.isNaN(y[row]!));
  const [a, b] = method === "pearson" ? [both(x), both(y)] : [ranks(both(x)), ranks(both(y))];
  const mean = (values: Float64Array) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [meanA, meanB] = [mean(a), mean(b)];
  let [ab, aa, bb] = [0, 0, 0];
  for (let row = 0; row < a.length; row++) {
    const [fromA, fromB] = [a[row]! - meanA, b[row]! - meanB];
    ab += fromA * fromB;
    aa += fromA * fromA;
    bb += fromB * fromB;
  }
  return aa === 0 || bb === 0 ? NaN : Math.max(-1, Math.min(1, ab / Math.sqrt(aa * bb)));
}

/** From 1; equal values share the mean of their ranks. */
function ranks(values: Float64Array): Float64Array {
  const order = Array.from(values.keys()).sort((a, b) => values[a]! - values[b]!);
  const ranked = new Float64Array(values.length);
  for (let start = 0, end = 0; start < order.length; start = end) {
    while (end < order.length && values[order[end]!] === values[order[start]!]) end++;
    for (let at = start; at < end; at++) ranked[order[at]!] = (start + 1 + end) / 2;
  }
  return ranked;
}

/** Which columns go, by their number. */
function tooCorrelated(matrix: number[][], threshold: number): number[] {
  const known = matrix.map((row) => row.some((value) => !Number.isNaN(value)));
  // With one column that varies there is nothing to compare.
  if (known.filter(Boolean).length <= 1) return [];
  const missing = matrix.some((row) => row.some(Number.isNaN));
  const r = matrix.map((row, i) =>
    row.map((value, j) => (missing && i === j ? 1 : Number.isNaN(value) ? 0 : Math.abs(value))),
  );
  // R compares them as factors' levels: what differs behind the fifteenth digit is equal.
  const average = r.map((row) =>
    Number((row.reduce((sum, value) => sum + value, 0) / row.length).toPrecision(15)),
  );
  const columns: number[] = [];
  const rows: number[] = [];
  for (let j = 0; j < r.length; j++)
    for (let i = 0; i < j; i++)
      if (r[i]![j]! > threshold) {
        if (average[j]! > average[i]!) columns.push(j);
        else rows.push(i);
      }
  return [...new Set([...columns, ...rows])];
}
