import type { ProbabilityMetric } from "../metric.ts";

/**
 * Half the squared distance of the estimated probabilities from 1 for the true class and 0 for the others (Brier, Monthly Weather Review 78,
 * 1950), its mean over rows: 0 to 1. Case weights weigh that mean; yardstick takes their exponentials instead.
 */
export const brier_class: ProbabilityMetric = {
  name: "brier_class",
  mode: "classification",
  from: "probabilities",
  direction: "minimize",
  options: ["event_level"],
  estimators: ["multiclass"],
  compute: ({ truth, probabilities, weights }, { levels }) => {
    let sum = 0;
    let all = 0;
    for (let row = 0; row < truth.length; row++) {
      const weight = weights?.[row] ?? 1;
      for (let level = 0; level < levels.length; level++) {
        const target = truth[row] === level ? 1 : 0;
        sum += weight * (probabilities[row * levels.length + level]! - target) ** 2;
      }
      all += weight;
    }
    return sum / all / 2;
  },
};
