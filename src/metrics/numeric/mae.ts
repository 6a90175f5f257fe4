import type { NumericMetric } from "../metric.ts";

/** The mean absolute error, in the outcome's units. */
export const mae: NumericMetric = {
  name: "mae",
  mode: "regression",
  direction: "minimize",
  compute: ({ truth, estimate }) =>
    truth.reduce((sum, y, i) => sum + Math.abs(y - estimate[i]!), 0) / truth.length,
};
