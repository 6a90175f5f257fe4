import type { NumericMetric } from "../metric.ts";
import { mean } from "./weighted.ts";

/** The mean absolute error in percent of the mean of |truth| and |estimate|, 0 to 200. Not defined where both are 0. */
export const smape: NumericMetric = {
  name: "smape",
  mode: "regression",
  from: "numbers",
  direction: "minimize",
  options: [],
  compute: ({ truth, estimate, weights }, how) => {
    if (truth.some((y, i) => y === 0 && estimate[i] === 0))
      how.note("smape is not defined: a truth and its estimate are both 0.");
    const errors = truth.map(
      (y, i) => Math.abs(estimate[i]! - y) / ((Math.abs(y) + Math.abs(estimate[i]!)) / 2),
    );
    return 100 * mean(errors, weights);
  },
};
