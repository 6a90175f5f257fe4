import type { NumericMetric } from "../metric.ts";
import { mean } from "./weighted.ts";

/** The mean signed deviation, truth − estimate, in the outcome's units; near 0 is best. */
export const msd: NumericMetric = {
  name: "msd",
  mode: "regression",
  from: "numbers",
  direction: "zero",
  options: [],
  compute: ({ truth, estimate, weights }) =>
    mean(
      truth.map((y, i) => y - estimate[i]!),
      weights,
    ),
};
