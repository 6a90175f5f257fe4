import type { Confusion } from "./metric.ts";

/** Rows truth, columns estimate, in the order of the levels. Codes below 0 are left out. */
export function confusionMatrix(
  truth: ArrayLike<number>,
  estimate: ArrayLike<number>,
  levels: number,
): Confusion {
  const counts = Array.from({ length: levels }, () => new Array<number>(levels).fill(0));
  let total = 0;
  for (let row = 0; row < truth.length; row++) {
    if (truth[row]! < 0 || estimate[row]! < 0) continue;
    counts[truth[row]!]![estimate[row]!]!++;
    total++;
  }
  return { counts, total };
}

/** How one class fared against all others. */
export interface OneAgainstRest {
  readonly hits: number;
  /** Rows of the class. */
  readonly truths: number;
  /** Rows that were taken for the class. */
  readonly estimates: number;
  readonly total: number;
}

export function oneAgainstRest({ counts, total }: Confusion): OneAgainstRest[] {
  return counts.map((row, i) => ({
    hits: row[i]!,
    truths: row.reduce((a, b) => a + b, 0),
    estimates: counts.reduce((sum, other) => sum + other[i]!, 0),
    total,
  }));
}

/**
 * A metric of one class against the rest: of the first class when there are two (yardstick's event), else the
 * mean over classes for which it is defined (yardstick's "macro").
 */
export function macro(confusion: Confusion, value: (one: OneAgainstRest) => number): number {
  const classes = oneAgainstRest(confusion);
  if (classes.length === 2) return value(classes[0]!);
  const defined = classes.map(value).filter((each) => !Number.isNaN(each));
  return defined.reduce((a, b) => a + b, 0) / defined.length;
}
