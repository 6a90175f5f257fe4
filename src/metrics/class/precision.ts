import { average, AVERAGED, PRECISION, shares, truthsOf } from "../averaging.ts";
import type { ClassMetric } from "../metric.ts";

/**
 * Of the rows taken for a class, the share that is of it. Not defined for a class that is never estimated; means leave such
 * classes out.
 */
export const precision: ClassMetric = {
  name: "precision",
  mode: "classification",
  from: "classes",
  direction: "maximize",
  options: ["estimator", "event_level"],
  estimators: AVERAGED,
  compute: (confusion, how) =>
    average(shares("precision", confusion, how, PRECISION), truthsOf(confusion), how.estimator, "skip"),
};
