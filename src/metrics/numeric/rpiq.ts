import type { NumericMetric } from "../metric.ts";
import { rootMeanSquare } from "./rmse.ts";
import { quantile } from "./weighted.ts";

/**
 * Ratio of performance to interquartile distance: the distance of the truth's quartiles over rmse (Bellon-Maurel et al., Trends in Analytical
 * Chemistry 29, 2010); for skewed outcomes instead of rpd.
 */
export const rpiq: NumericMetric = {
  name: "rpiq",
  mode: "regression",
  from: "numbers",
  direction: "maximize",
  options: [],
  compute: (data) => {
    const { truth, weights } = data;
    return (quantile(truth, 0.75, weights) - quantile(truth, 0.25, weights)) / rootMeanSquare(data);
  },
};
