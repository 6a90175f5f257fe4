import type { NumericMetric } from "../metric.ts";
import { mean } from "./weighted.ts";

/** The mean absolute error, in the outcome's units. */
export const mae: NumericMetric = {
  name: "mae",
  mode: "regression",
  from: "numbers",
  direction: "minimize",
  options: [],
  compute: ({ truth, estimate, weights }) =>
    mean(
      truth.map((y, i) => Math.abs(y - estimate[i]!)),
      weights,
    ),
};
