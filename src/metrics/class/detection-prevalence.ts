import { average, AVERAGED, shares, truthsOf } from "../averaging.ts";
import type { ClassMetric } from "../metric.ts";

/** The share of all rows that is taken for the class, rightly or not. */
export const detection_prevalence: ClassMetric = {
  name: "detection_prevalence",
  mode: "classification",
  from: "classes",
  direction: "maximize",
  options: ["estimator", "event_level"],
  estimators: AVERAGED,
  compute: (confusion, how) => {
    const detected = {
      of: (one: { estimates: number; total: number }) => [one.estimates, one.total] as const,
    };
    const values = shares("detection_prevalence", confusion, how, {
      ...detected,
      without: "there are no rows",
    });
    return average(values, truthsOf(confusion), how.estimator, "keep");
  },
};
