/** The 0.975 quantile of the normal distribution. */
const Z = 1.959964;

/**
 * Wilson's 95 % score interval of a share.
 * @param share between 0 and 1
 * @param n how many rows it was computed from, above 0
 * @returns both ends, within [0, 1]
 * Source: E. B. Wilson, "Probable inference, the law of succession, and statistical inference", JASA 22 (1927).
 */
export function wilson(share: number, n: number): readonly [low: number, high: number] {
  const z2 = Z * Z;
  const middle = (share + z2 / (2 * n)) / (1 + z2 / n);
  const half = (Z / (1 + z2 / n)) * Math.sqrt((share * (1 - share)) / n + z2 / (4 * n * n));
  return [Math.max(0, middle - half), Math.min(1, middle + half)];
}
