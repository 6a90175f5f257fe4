import type { NumericMetric } from "../metric.ts";
import { mean } from "./weighted.ts";

/**
 * The mean of −log(probability of the count) in a Poisson distribution with the estimate as its mean; estimates are kept above 1e−15. Truths are
 * counts: fractions are cut off, as in yardstick, and below 0 it is not defined.
 */
export const poisson_log_loss: NumericMetric = {
  name: "poisson_log_loss",
  mode: "regression",
  from: "numbers",
  direction: "minimize",
  options: [],
  compute: ({ truth, estimate, weights }, how) => {
    if (truth.some((y) => y < 0)) {
      how.note("poisson_log_loss is not defined: its truths are counts, and one is below 0.");
      return NaN;
    }
    if (truth.some((y) => !Number.isInteger(y)))
      how.note("poisson_log_loss takes truths for counts, and cuts off their fractions.");
    return mean(
      truth.map((y, i) => {
        const rate = Math.max(estimate[i]!, 1e-15);
        return logFactorial(Math.trunc(y)) + rate - Math.log(rate) * Math.trunc(y);
      }),
      weights,
    );
  },
};

/** log(k!), by Stirling's series where it is exact to the last digits. */
export function logFactorial(k: number): number {
  let sum = 0;
  if (k < 32) {
    for (let i = 2; i <= k; i++) sum += Math.log(i);
    return sum;
  }
  const series = 1 / (12 * k) - 1 / (360 * k ** 3) + 1 / (1260 * k ** 5) - 1 / (1680 * k ** 7);
  return (k + 0.5) * Math.log(k) - k + 0.5 * Math.log(2 * Math.PI) + series;
}
