import { macro } from "../confusion.ts";
import type { ClassMetric } from "../metric.ts";

/** Of the rows of a class, the share that is found. Not defined for a class without rows. */
export const recall: ClassMetric = {
  name: "recall",
  mode: "classification",
  direction: "maximize",
  several: "macro",
  compute: ({ confusion }) => macro(confusion, ({ hits, truths }) => hits / truths),
};
