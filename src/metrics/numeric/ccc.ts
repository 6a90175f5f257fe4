import type { NumericMetric } from "../metric.ts";
import { covariance, mean, sum } from "./weighted.ts";

/**
 * Lin's concordance correlation (Biometrics 45, 1989): correlation and closeness to the line of equality at once. With `bias` variances are
 * divided by n, case weights then being taken for frequencies.
 */
export const ccc: NumericMetric = {
  name: "ccc",
  mode: "regression",
  from: "numbers",
  direction: "maximize",
  options: ["bias"],
  compute: ({ truth, estimate, weights }, how) => {
    const n = weights === null ? truth.length : sum(weights, null);
    const factor = how.options.bias === true ? (n - 1) / n : 1;
    const both = factor * covariance(truth, estimate, weights);
    const spread = factor * (covariance(truth, truth, weights) + covariance(estimate, estimate, weights));
    if (truth.length < 2) how.note("ccc is not defined: a variance needs two rows.");
    return (2 * both) / (spread + (mean(truth, weights) - mean(estimate, weights)) ** 2);
  },
};
