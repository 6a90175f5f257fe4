import { changeNumbers, givenNumbers } from "./numeric-columns.ts";
import { readOptions, type Step } from "./step.ts";

/** `step_impute_median(…)`: missing numbers become the median of the training rows, as recipes has it. */
export const imputeMedian: Step<object, Readonly<Record<string, number>>> = {
  name: "impute_median",
  options: (given) => readOptions("impute_median", given, {}),
  prep: (table, columns) =>
    Object.fromEntries(
      columns.map((name) => [name, medianOf(givenNumbers("impute_median", table, name, 1))]),
    ),
  bake: (table, columns, _options, medians) =>
    changeNumbers(
      "impute_median",
      table,
      columns,
      (name) => (value) => (Number.isNaN(value) ? medians[name]! : value),
    ),
};

/** Of one value or more; of an even number the mean of the two in the middle. */
export function medianOf(values: Float64Array): number {
  const sorted = values.toSorted();
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
