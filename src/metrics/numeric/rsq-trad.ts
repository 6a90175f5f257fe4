import type { NumericMetric } from "../metric.ts";
import { mean, sum } from "./weighted.ts";

/**
 * 1 − squared errors over squared deviations of the truth from its mean (Kvålseth, American Statistician 39, 1985): the R² that is below 0
 * where the mean would be the better estimate.
 */
export const rsq_trad: NumericMetric = {
  name: "rsq_trad",
  mode: "regression",
  from: "numbers",
  direction: "maximize",
  options: [],
  compute: ({ truth, estimate, weights }, how) => {
    const middle = mean(truth, weights);
    const errors = truth.map((y, i) => (y - estimate[i]!) ** 2);
    const deviations = truth.map((y) => (y - middle) ** 2);
    if (truth.every((y) => y === truth[0]))
      how.note("rsq_trad is not defined: the truth is the same in all rows.");
    return 1 - sum(errors, weights) / sum(deviations, weights);
  },
};
