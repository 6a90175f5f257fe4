import type { NumericMetric } from "../metric.ts";
import { correlation } from "./correlation.ts";

/** The squared correlation of truth and estimate; not defined when either never changes. */
export const rsq: NumericMetric = {
  name: "rsq",
  mode: "regression",
  from: "numbers",
  direction: "maximize",
  options: [],
  compute: (data, how) => correlation("rsq", data, how) ** 2,
};
