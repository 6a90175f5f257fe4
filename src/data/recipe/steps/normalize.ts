import { changeNumbers, momentsOf } from "./numeric-columns.ts";
import { readOptions, type Step } from "./step.ts";

type Moments = Readonly<Record<string, { readonly mean: number; readonly sd: number }>>;

/**
 * `step_normalize(…)`: (x − mean) / sd of the training rows, with n − 1 in the standard deviation, as recipes has it.
 * Missing values are left out of both. A constant column is an error, where recipes warns.
 */
export const normalize: Step<object, Moments> = {
  name: "normalize",
  options: (given) => readOptions("normalize", given, {}),
  prep: (table, columns) =>
    Object.fromEntries(columns.map((name) => [name, momentsOf("normalize", table, name)])),
  bake: (table, columns, _options, learnt) =>
    changeNumbers("normalize", table, columns, (name) => {
      const { mean, sd } = learnt[name]!;
      return (value) => (value - mean) / sd;
    }),
};
