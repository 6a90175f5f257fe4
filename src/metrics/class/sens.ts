import { average, AVERAGED, SENSITIVITY, shares, truthsOf } from "../averaging.ts";
import type { ClassMetric } from "../metric.ts";

/**
 * Sensitivity, which is recall: of the rows of a class, the share that is found. Not defined for a class without rows; means leave such
 * classes out. yardstick has it under three names.
 */
const named = (name: string): ClassMetric => ({
  name,
  mode: "classification",
  from: "classes",
  direction: "maximize",
  options: ["estimator", "event_level"],
  estimators: AVERAGED,
  compute: (confusion, how) =>
    average(shares(name, confusion, how, SENSITIVITY), truthsOf(confusion), how.estimator, "skip"),
});

export const sens = named("sens");
export const sensitivity = named("sensitivity");
export const recall = named("recall");
