import { macro } from "../confusion.ts";
import type { ClassMetric } from "../metric.ts";

/** Of the rows taken for a class, the share that is of it. Not defined for a class that is never estimated. */
export const precision: ClassMetric = {
  name: "precision",
  mode: "classification",
  direction: "maximize",
  several: "macro",
  compute: ({ confusion }) => macro(confusion, ({ hits, estimates }) => hits / estimates),
};
