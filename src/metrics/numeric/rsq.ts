import type { NumericMetric } from "../metric.ts";

/** The squared correlation of truth and estimate; not defined when either never changes. */
export const rsq: NumericMetric = {
  name: "rsq",
  mode: "regression",
  direction: "maximize",
  compute: ({ truth, estimate }) => {
    const n = truth.length;
    const meanTruth = truth.reduce((a, b) => a + b, 0) / n;
    const meanEstimate = estimate.reduce((a, b) => a + b, 0) / n;
    let both = 0;
    let ofTruth = 0;
    let ofEstimate = 0;
    for (let i = 0; i < n; i++) {
      const a = truth[i]! - meanTruth;
      const b = estimate[i]! - meanEstimate;
      both += a * b;
      ofTruth += a * a;
      ofEstimate += b * b;
    }
    return both ** 2 / (ofTruth * ofEstimate);
  },
};
