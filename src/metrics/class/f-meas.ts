import { average, AVERAGED, PRECISION, SENSITIVITY, shares, truthsOf } from "../averaging.ts";
import type { ClassMetric } from "../metric.ts";

/**
 * The harmonic mean of precision and recall in which recall counts `beta` times as much (van Rijsbergen, Information Retrieval, 1979);
 * 0 where both are 0. "macro" is the mean of the classes' own, over classes for which both are defined.
 */
export const f_meas: ClassMetric = {
  name: "f_meas",
  mode: "classification",
  from: "classes",
  direction: "maximize",
  options: ["estimator", "event_level", "beta"],
  estimators: AVERAGED,
  compute: (confusion, how) => {
    const square = (how.options.beta ?? 1) ** 2;
    const precision = shares("f_meas", confusion, how, PRECISION);
    const recall = shares("f_meas", confusion, how, SENSITIVITY);
    const values = precision.map((p, i) => {
      const r = recall[i]!;
      return p === 0 && r === 0 ? 0 : ((1 + square) * p * r) / (square * p + r);
    });
    return average(values, truthsOf(confusion), how.estimator, "skip");
  },
};
