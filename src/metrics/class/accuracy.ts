import type { ClassMetric } from "../metric.ts";

/** The share of rows whose class is estimated right. */
export const accuracy: ClassMetric = {
  name: "accuracy",
  mode: "classification",
  direction: "maximize",
  several: "multiclass",
  compute: ({ confusion: { counts, total } }) => counts.reduce((sum, row, i) => sum + row[i]!, 0) / total,
};
