import type { NumericMetric } from "../metric.ts";
import { mean } from "./weighted.ts";

/**
 * The mean absolute error over that of the naive forecast, which repeats the value of `m` rows before (Hyndman and Koehler, International
 * Journal of Forecasting 22, 2006). Rows must be in the order of time. The naive error is that of these rows, or `mae_train`.
 */
export const mase: NumericMetric = {
  name: "mase",
  mode: "regression",
  from: "numbers",
  direction: "minimize",
  options: ["m", "mae_train"],
  compute: ({ truth, estimate, weights }, { options, note }) => {
    const m = options.m ?? 1;
    if (options.mae_train === undefined && truth.length <= m) {
      note(`mase is not defined: its naive forecast looks ${m} rows back, and there are ${truth.length}.`);
      return NaN;
    }
    const naive =
      options.mae_train ??
      mean(
        truth.slice(m).map((y, i) => Math.abs(y - truth[i]!)),
        null,
      );
    if (naive === 0) note("mase is not defined: the naive forecast has no error.");
    return mean(
      truth.map((y, i) => Math.abs((y - estimate[i]!) / naive)),
      weights,
    );
  },
};
