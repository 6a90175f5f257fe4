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
  /** Rows of other classes: exactly 0 where there are none, which a difference of sums of weights would not be. */
  readonly others: number;
  /** Rows that were taken for the class. */
  readonly estimates: number;
  readonly total: number;
}

/** One for each class, in the order of the levels. */
export function oneAgainstRest({ counts, total }: Confusion): OneAgainstRest[] {
  const truths = counts.map((row) => row.reduce((a, b) => a + b, 0));
  const after = truths.map(() => 0);
  for (let i = truths.length - 2; i >= 0; i--) after[i] = after[i + 1]! + truths[i + 1]!;
  let before = 0;
  return counts.map((row, i) => {
    const others = before + after[i]!;
    before += truths[i]!;
    return {
      hits: row[i]!,
      truths: truths[i]!,
      others,
      estimates: counts.reduce((sum, other) => sum + other[i]!, 0),
      total,
    };
  });
}
