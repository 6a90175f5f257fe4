/** Means and spreads with case weights; null: every row counts 1. */
export type Weights = Float64Array | null;

export function sum(values: ArrayLike<number>, weights: Weights): number {
  let total = 0;
  for (let i = 0; i < values.length; i++) total += values[i]! * (weights?.[i] ?? 1);
  return total;
}

export function mean(values: ArrayLike<number>, weights: Weights): number {
  return sum(values, weights) / (weights === null ? values.length : sum(weights, null));
}

/**
 * Unbiased covariance: divided by n − 1; with weights that add up to 1 by 1 − Σ w² (R's `cov.wt`). NaN for fewer than two rows.
 */
export function covariance(a: ArrayLike<number>, b: ArrayLike<number>, weights: Weights): number {
  const n = a.length;
  if (n < 2) return NaN;
  const [meanA, meanB] = [mean(a, weights), mean(b, weights)];
  const all = weights === null ? n : sum(weights, null);
  let products = 0;
  let squares = 0;
  for (let i = 0; i < n; i++) {
    const weight = (weights?.[i] ?? 1) / all;
    products += weight * (a[i]! - meanA) * (b[i]! - meanB);
    squares += weight ** 2;
  }
  return products / (1 - squares);
}

/**
 * A quantile between sorted values: without weights as R's type 7 (`quantile`); with weights between the points of the weighted
 * distribution function (type 4), as yardstick has it.
 *
 * @param p 0 to 1.
 */
export function quantile(values: ArrayLike<number>, p: number, weights: Weights): number {
  const n = values.length;
  if (n === 0) return NaN;
  const order = Array.from({ length: n }, (_, i) => i).sort((a, b) => values[a]! - values[b]!);
  const sorted = order.map((i) => values[i]!);
  if (n === 1) return sorted[0]!;
  if (weights === null) return between(sorted, (n - 1) * p);
  const all = sum(weights, null);
  let before = 0;
  for (let i = 0; i < n; i++) {
    const here = before + weights[order[i]!]! / all;
    if (here >= p)
      return i === 0 || here === before
        ? sorted[i]!
        : sorted[i - 1]! + ((p - before) / (here - before)) * (sorted[i]! - sorted[i - 1]!);
    before = here;
  }
  return sorted[n - 1]!;
}

function between(sorted: readonly number[], at: number): number {
  const low = Math.floor(at);
  const high = Math.min(low + 1, sorted.length - 1);
  return sorted[low]! + (at - low) * (sorted[high]! - sorted[low]!);
}
