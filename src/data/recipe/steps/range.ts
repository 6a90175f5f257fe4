import { UserError } from "../../../protocol/index.ts";
import { changeNumbers, constantColumn, givenNumbers } from "./numeric-columns.ts";
import { aNumber, readOptions, trueOrFalse, type Step } from "./step.ts";

interface Range {
  readonly min: number;
  readonly max: number;
  readonly clipping: boolean;
}

type Ends = Readonly<Record<string, { readonly min: number; readonly max: number }>>;

/**
 * `step_range(…, { min = 0, max = 1, clipping = true })`: brings the training rows' least and greatest value to `min` and `max`, and
 * what lies between in proportion; with `clipping` new values outside come to the ends. As recipes has it; a constant column is an
 * error, where recipes makes missing values of it.
 */
export const range: Step<Range, Ends> = {
  name: "range",
  options(given) {
    const options = readOptions<Range>("range", given, {
      min: { ...aNumber, otherwise: 0 },
      max: { ...aNumber, otherwise: 1 },
      clipping: { ...trueOrFalse, otherwise: true },
    });
    if (options.min < options.max) return options;
    throw new UserError(
      "step-option",
      `step_range: \`min\` is ${options.min} and \`max\` is ${options.max}; min must be below max.`,
    );
  },
  prep: (table, columns) =>
    Object.fromEntries(
      columns.map((name) => {
        const values = givenNumbers("range", table, name, 1);
        const min = values.reduce((least, value) => Math.min(least, value), Infinity);
        const max = values.reduce((most, value) => Math.max(most, value), -Infinity);
        if (min === max) throw constantColumn("range", name, min);
        return [name, { min, max }];
      }),
    ),
  bake: (table, columns, { min, max, clipping }, learnt) =>
    changeNumbers("range", table, columns, (name) => {
      const ends = learnt[name]!;
      return (value) => {
        const moved = ((value - ends.min) * (max - min)) / (ends.max - ends.min) + min;
        return clipping ? Math.min(Math.max(moved, min), max) : moved;
      };
    }),
};
