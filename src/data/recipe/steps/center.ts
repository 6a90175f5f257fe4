import { changeNumbers, givenNumbers, meanOf } from "./numeric-columns.ts";
import { readOptions, type Step } from "./step.ts";

/** `step_center(…)`: x − mean of the training rows, missing values left out, as recipes has it. */
export const center: Step<object, Readonly<Record<string, number>>> = {
  name: "center",
  options: (given) => readOptions("center", given, {}),
  prep: (table, columns) =>
    Object.fromEntries(columns.map((name) => [name, meanOf(givenNumbers("center", table, name, 1))])),
  bake: (table, columns, _options, means) =>
    changeNumbers("center", table, columns, (name) => (value) => value - means[name]!),
};
