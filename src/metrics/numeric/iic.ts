import type { NumericMetric } from "../metric.ts";
import { correlation } from "./correlation.ts";
import { mean } from "./weighted.ts";

/**
 * Index of ideality of correlation (Toropova and Toropov, 2017): the correlation times the smaller over the larger of the mean absolute errors
 * of estimates that are too low and of those that are too high. Not defined where all errors have one sign.
 */
export const iic: NumericMetric = {
  name: "iic",
  mode: "regression",
  from: "numbers",
  direction: "maximize",
  options: [],
  compute: (data, how) => {
    const { truth, estimate, weights } = data;
    const errors = truth.map((y, i) => y - estimate[i]!);
    const side = (keep: (error: number) => boolean) =>
      mean(errors.filter(keep).map(Math.abs), weights?.filter((_, i) => keep(errors[i]!)) ?? null);
    const low = side((error) => error >= 0);
    const high = side((error) => error < 0);
    if (Number.isNaN(low) || Number.isNaN(high))
      how.note(`iic is not defined: no estimate is too ${Number.isNaN(low) ? "low" : "high"}.`);
    return (correlation("iic", data, how) * Math.min(low, high)) / Math.max(low, high);
  },
};
