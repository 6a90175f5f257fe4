import type { ClassMetric } from "../metric.ts";

/** The share of rows whose class is estimated right. */
export const accuracy: ClassMetric = {
  name: "accuracy",
  mode: "classification",
  from: "classes",
  direction: "maximize",
  options: [],
  estimators: ["multiclass"],
  compute: ({ counts, total }) => counts.reduce((sum, row, i) => sum + row[i]!, 0) / total,
};
