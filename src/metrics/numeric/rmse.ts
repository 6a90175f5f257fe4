import type { NumericMetric } from "../metric.ts";

/** The root of the mean squared error, in the outcome's units. */
export const rmse: NumericMetric = {
  name: "rmse",
  mode: "regression",
  direction: "minimize",
  compute: ({ truth, estimate }) =>
    Math.sqrt(truth.reduce((sum, y, i) => sum + (y - estimate[i]!) ** 2, 0) / truth.length),
};
