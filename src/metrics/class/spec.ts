import { average, AVERAGED, shares, SPECIFICITY, truthsOf } from "../averaging.ts";
import type { ClassMetric } from "../metric.ts";

/**
 * Specificity: of the rows of other classes, the share that is not taken for the class. Not defined where there are none; means leave
 * such classes out. yardstick has it under two names.
 */
const named = (name: string): ClassMetric => ({
  name,
  mode: "classification",
  from: "classes",
  direction: "maximize",
  options: ["estimator", "event_level"],
  estimators: AVERAGED,
  compute: (confusion, how) =>
    average(shares(name, confusion, how, SPECIFICITY), truthsOf(confusion), how.estimator, "skip"),
});

export const spec = named("spec");
export const specificity = named("specificity");
