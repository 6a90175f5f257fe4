import type { NumericMetric } from "../metric.ts";
import { rootMeanSquare } from "./rmse.ts";
import { covariance } from "./weighted.ts";

/** Ratio of performance to deviation: the truth's standard deviation over rmse (Williams, 1987). */
export const rpd: NumericMetric = {
  name: "rpd",
  mode: "regression",
  from: "numbers",
  direction: "maximize",
  options: [],
  compute: (data, how) => {
    if (data.truth.length < 2) how.note("rpd is not defined: a standard deviation needs two rows.");
    return Math.sqrt(covariance(data.truth, data.truth, data.weights)) / rootMeanSquare(data);
  },
};
