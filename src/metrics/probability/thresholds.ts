/** Rows seen as events and others, with a score that should be higher for events. */
export interface ScoredEvents {
  /** 1 where the row is an event, else 0. */
  readonly events: Uint8Array;
  readonly scores: Float64Array;
  readonly weights: Float64Array | null;
}

/**
 * What is found by taking for events all rows that score at least a threshold, for each distinct score from the highest to the
 * lowest. Rows with equal scores come together; rows of weight 0 nowhere.
 */
export interface Thresholds {
  readonly thresholds: Float64Array;
  /** Events among them: counts, or sums of case weights. */
  readonly found: Float64Array;
  /** Others among them. */
  readonly wrong: Float64Array;
}

/** @param data Without missing values. */
export function byThreshold({ events, scores, weights }: ScoredEvents): Thresholds {
  const order = Uint32Array.from(scores.keys()).sort((a, b) => scores[b]! - scores[a]!);
  const thresholds: number[] = [];
  const found: number[] = [];
  const wrong: number[] = [];
  let right = 0;
  let others = 0;
  let last = -1;
  for (const row of order) {
    const weight = weights?.[row] ?? 1;
    if (weight === 0) continue;
    if (events[row] === 1) right += weight;
    else others += weight;
    if (last < 0 || thresholds[last] !== scores[row]) last++;
    thresholds[last] = scores[row]!;
    found[last] = right;
    wrong[last] = others;
  }
  return {
    thresholds: Float64Array.from(thresholds),
    found: Float64Array.from(found),
    wrong: Float64Array.from(wrong),
  };
}

/** The area under the line through points whose x never decrease (trapezoidal rule). */
export function area(x: ArrayLike<number>, y: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 1; i < x.length; i++) sum += ((y[i]! + y[i - 1]!) / 2) * (x[i]! - x[i - 1]!);
  return sum;
}
