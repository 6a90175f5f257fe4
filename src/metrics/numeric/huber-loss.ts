import type { NumericMetric } from "../metric.ts";
import { mean } from "./weighted.ts";

/**
 * The mean of half the squared error for errors up to `delta`, and of a line that goes on from there (Huber, Annals of Mathematical
 * Statistics 35, 1964): large errors count less than in rmse.
 */
export const huber_loss: NumericMetric = {
  name: "huber_loss",
  mode: "regression",
  from: "numbers",
  direction: "minimize",
  options: ["delta"],
  compute: ({ truth, estimate, weights }, { options: { delta = 1 } }) =>
    mean(
      truth.map((y, i) => {
        const error = Math.abs(y - estimate[i]!);
        return error <= delta ? error ** 2 / 2 : delta * (error - delta / 2);
      }),
      weights,
    ),
};
