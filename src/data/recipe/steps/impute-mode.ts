import { UserError } from "../../../protocol/index.ts";
import { classesOf, countsOf, withLevels } from "./class-columns.ts";
import { readOptions, type Step } from "./step.ts";

/**
 * `step_impute_mode(…)`: missing classes become the most frequent one of the training rows, the first in the order of levels where
 * several are as frequent (recipes draws one of them).
 */
export const imputeMode: Step<object, Readonly<Record<string, string>>> = {
  name: "impute_mode",
  options: (given) => readOptions("impute_mode", given, {}),
  prep: (table, columns) =>
    Object.fromEntries(
      columns.map((name) => {
        const column = classesOf("impute_mode", table, name);
        const counts = countsOf(column);
        const most = Math.max(0, ...counts);
        if (most > 0) return [name, column.levels[counts.indexOf(most)]!];
        throw new UserError(
          "impute_mode",
          `step_impute_mode: \`${name}\` has no value in the training rows. Take it out of the formula with \`- ${name}\`.`,
        );
      }),
    ),
  bake(table, columns, _options, modes) {
    for (const name of columns) {
      const column = classesOf("impute_mode", table, name);
      const mode = modes[name]!;
      const levels = column.levels.includes(mode) ? column.levels : [...column.levels, mode];
      table = withLevels(table, name, column, levels, (level) => level ?? mode);
    }
    return table;
  },
};
