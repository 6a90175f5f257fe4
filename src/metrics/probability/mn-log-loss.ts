import type { ProbabilityMetric } from "../metric.ts";

/**
 * The mean of −log(estimated probability of the true class); probabilities are kept off 0 and 1 by 2⁻⁵² as in yardstick. With `sum` it is
 * the sum.
 */
export const mn_log_loss: ProbabilityMetric = {
  name: "mn_log_loss",
  mode: "classification",
  from: "probabilities",
  direction: "minimize",
  options: ["event_level", "sum"],
  estimators: ["multiclass"],
  compute: ({ truth, probabilities, weights }, { levels, options }) => {
    let sum = 0;
    let all = 0;
    for (let row = 0; row < truth.length; row++) {
      const weight = weights?.[row] ?? 1;
      const p = probabilities[row * levels.length + truth[row]!]!;
      sum -= weight * Math.log(Math.min(Math.max(p, Number.EPSILON), 1 - Number.EPSILON));
      all += weight;
    }
    return options.sum === true ? sum : sum / all;
  },
};
