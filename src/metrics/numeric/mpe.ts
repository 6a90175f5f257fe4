import type { NumericMetric } from "../metric.ts";
import { mean } from "./weighted.ts";

/** The mean of truth − estimate in percent of the truth; near 0 is best. Not defined where a truth is 0. */
export const mpe: NumericMetric = {
  name: "mpe",
  mode: "regression",
  from: "numbers",
  direction: "zero",
  options: [],
  compute: ({ truth, estimate, weights }, how) => {
    if (truth.includes(0)) how.note("mpe is not defined: a truth is 0, of which nothing is a percentage.");
    return (
      100 *
      mean(
        truth.map((y, i) => (y - estimate[i]!) / y),
        weights,
      )
    );
  },
};
