import type { Confusion } from "./metric.ts";

/**
 * Rows truth, columns estimate, in the order of the levels. Codes below 0 are left out.
 *
 * @param weights Case weights; absent: every row counts 1.
 */
export function confusionMatrix(
  truth: ArrayLike<number>,
  estimate: ArrayLike<number>,
  levels: number,
  weights?: ArrayLike<number> | null,
): Confusion {
  const counts = Array.from({ length: levels }, () => new Array<number>(levels).fill(0));
  let total = 0;
  for (let row = 0; row < truth.length; row++) {
    if (truth[row]! < 0 || estimate[row]! < 0) continue;
    const weight = weights?.[row] ?? 1;
    counts[truth[row]!]![estimate[row]!]! += weight;
    total += weight;
  }
  return { counts, total };
}

/** How one class fared against all others. */
export interface OneAgainstRest {
  /** Rows of the class that were taken for it. */
  readonly hits: number;
  /** Rows of the class. */
  readonly truths: number;
  /** Rows that were taken for the class. */
  readonly estimates: number;
  readonly total: number;
}

/** One for each class, in the order of the levels. */
export function oneAgainstRest({ counts, total }: Confusion): OneAgainstRest[] {
  return counts.map((row, i) => ({
    hits: row[i]!,
    truths: row.reduce((a, b) => a + b, 0),
    estimates: counts.reduce((sum, other) => sum + other[i]!, 0),
    total,
  }));
}
