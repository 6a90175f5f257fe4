import { changeNumbers, momentsOf } from "./numeric-columns.ts";
import { readOptions, type Step } from "./step.ts";

/**
 * `step_scale(…, { factor = 1 })`: x / (factor · sd) of the training rows, with n − 1 in the standard deviation and missing values left
 * out, as recipes has it; factor is 1 or 2 there and any number above 0 here. A constant column is an error, where recipes warns.
 */
export const scale: Step<{ factor: number }, Readonly<Record<string, number>>> = {
  name: "scale",
  options: (given) =>
    readOptions("scale", given, {
      factor: {
        otherwise: 1,
        must: "a number above 0, usually 1 or 2",
        accepts: (value) => typeof value === "number" && Number.isFinite(value) && value > 0,
      },
    }),
  prep: (table, columns, { factor }) =>
    Object.fromEntries(columns.map((name) => [name, momentsOf("scale", table, name).sd * factor])),
  bake: (table, columns, _options, sds) =>
    changeNumbers("scale", table, columns, (name) => (value) => value / sds[name]!),
};
