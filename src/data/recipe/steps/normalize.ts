import { UserError } from "../../../protocol/index.ts";
import { replaceColumn } from "../working-table.ts";
import { columnOf, readOptions, type Step } from "./step.ts";

type Moments = Readonly<Record<string, { readonly mean: number; readonly sd: number }>>;

/**
 * `step_normalize(…)`: (x − mean) / sd of the training rows, with n − 1 in the standard deviation, as recipes has it.
 * Missing values are left out of both.
 */
export const normalize: Step<object, Moments> = {
  name: "normalize",
  options: (given) => readOptions("normalize", given, {}),
  prep(table, columns) {
    return Object.fromEntries(
      columns.map((name) => {
        const { values } = numbers(table, name);
        return [
          name,
          moments(
            values.filter((value) => !Number.isNaN(value)),
            name,
          ),
        ];
      }),
    );
  },
  bake(table, columns, _options, learnt) {
    for (const name of columns) {
      const { mean, sd } = learnt[name]!;
      const values = numbers(table, name).values.map((value) => (value - mean) / sd);
      table = replaceColumn(table, name, [[name, { kind: "numeric", values }]]);
    }
    return table;
  },
};

function numbers(table: Parameters<typeof columnOf>[1], name: string) {
  return columnOf(
    "normalize",
    table,
    name,
    ["numeric"],
    "Use step_rescale for images, step_dummy for classes, or all_numeric_predictors() here.",
  );
}

function moments(values: Float64Array, name: string) {
  if (values.length < 2)
    throw new UserError(
      "normalize",
      `step_normalize: \`${name}\` has ${values.length === 0 ? "no value" : "one value only"} in the training rows, and two are needed. Take it out of the formula with \`- ${name}\`.`,
    );
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const sd = Math.sqrt(squares / (values.length - 1));
  // Rounding of the mean leaves a trace of variance in a constant column.
  if (!(sd > Math.abs(mean) * 1e-14))
    throw new UserError(
      "normalize",
      `step_normalize: \`${name}\` is ${values[0]} in every training row, so it cannot be normalized and tells nothing. Take it out of the formula with \`- ${name}\`.`,
    );
  return { mean, sd };
}
