import type { Estimated, NumericMetric } from "../metric.ts";
import { mean } from "./weighted.ts";

/** The root of the mean squared error, in the outcome's units. */
export const rmse: NumericMetric = {
  name: "rmse",
  mode: "regression",
  from: "numbers",
  direction: "minimize",
  options: [],
  compute: rootMeanSquare,
};

export function rootMeanSquare({ truth, estimate, weights }: Estimated): number {
  return Math.sqrt(
    mean(
      truth.map((y, i) => (y - estimate[i]!) ** 2),
      weights,
    ),
  );
}
