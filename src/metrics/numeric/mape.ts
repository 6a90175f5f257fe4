import type { NumericMetric } from "../metric.ts";
import { mean } from "./weighted.ts";

/** The mean absolute error in percent of the truth. Not defined where a truth is 0. */
export const mape: NumericMetric = {
  name: "mape",
  mode: "regression",
  from: "numbers",
  direction: "minimize",
  options: [],
  compute: ({ truth, estimate, weights }, how) => {
    if (truth.includes(0)) how.note("mape is not defined: a truth is 0, of which nothing is a percentage.");
    return (
      100 *
      mean(
        truth.map((y, i) => Math.abs((y - estimate[i]!) / y)),
        weights,
      )
    );
  },
};
