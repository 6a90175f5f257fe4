import { changeNumbers, givenNumbers, meanOf } from "./numeric-columns.ts";
import { medianOf } from "./impute-median.ts";
import { readOptions, type Step } from "./step.ts";

/**
 * `step_impute_mean(…, { trim = 0 })`: missing numbers become the mean of the training rows. `trim` is the share of values, up to 0.5,
 * that is left out at each end before: whole values, as R's `mean(x, trim)`; 0.5 gives the median. (recipes 1.0.4 leaves out the least
 * and the greatest value even where that share is less than one value. Its columns of whole numbers get a rounded mean; here all numbers
 * are decimal ones.)
 */
export const imputeMean: Step<{ trim: number }, Readonly<Record<string, number>>> = {
  name: "impute_mean",
  options: (given) =>
    readOptions("impute_mean", given, {
      trim: {
        otherwise: 0,
        must: "a share from 0 to 0.5",
        accepts: (value) => typeof value === "number" && value >= 0 && value <= 0.5,
      },
    }),
  prep: (table, columns, { trim }) =>
    Object.fromEntries(
      columns.map((name) => [name, trimmedMean(givenNumbers("impute_mean", table, name, 1), trim)]),
    ),
  bake: (table, columns, _options, means) =>
    changeNumbers(
      "impute_mean",
      table,
      columns,
      (name) => (value) => (Number.isNaN(value) ? means[name]! : value),
    ),
};

function trimmedMean(values: Float64Array, trim: number): number {
  if (trim >= 0.5) return medianOf(values);
  const out = Math.floor(values.length * trim);
  return meanOf(values.toSorted().subarray(out, values.length - out));
}
