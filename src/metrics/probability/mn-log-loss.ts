import type { ClassMetric } from "../metric.ts";

/** The mean of −log(estimated probability of the true class); probabilities are kept off 0 as in yardstick. */
export const mn_log_loss: ClassMetric = {
  name: "mn_log_loss",
  mode: "classification",
  direction: "minimize",
  several: "multiclass",
  compute: ({ levels, truth, probabilities }) => {
    let sum = 0;
    let rows = 0;
    for (let row = 0; row < truth.length; row++) {
      if (truth[row]! < 0) continue;
      const p = probabilities[row * levels.length + truth[row]!]!;
      sum -= Math.log(Math.min(Math.max(p, Number.EPSILON), 1 - Number.EPSILON));
      rows++;
    }
    return sum / rows;
  },
};
