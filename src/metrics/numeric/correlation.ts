import type { Estimated, How } from "../metric.ts";
import { covariance } from "./weighted.ts";

/** Pearson's correlation of truth and estimate; NaN with a note where either never changes, or there are fewer than two rows. */
export function correlation(name: string, { truth, estimate, weights }: Estimated, how: How): number {
  const constant = (values: Float64Array) => values.every((value) => value === values[0]);
  const reason =
    truth.length < 2
      ? "a correlation needs two rows"
      : constant(truth)
        ? "the truth is the same in all rows"
        : constant(estimate)
          ? "the estimate is the same in all rows"
          : undefined;
  if (reason !== undefined) {
    how.note(`${name} is not defined: ${reason}.`);
    return NaN;
  }
  return (
    covariance(truth, estimate, weights) /
    Math.sqrt(covariance(truth, truth, weights)) /
    Math.sqrt(covariance(estimate, estimate, weights))
  );
}
