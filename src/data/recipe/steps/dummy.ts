import { UserError } from "../../../protocol/index.ts";
import { listNames } from "../../names.ts";
import type { NominalColumn } from "../../table.ts";
import { replaceColumn, type WorkingColumn } from "../working-table.ts";
import { columnOf, readOptions, trueOrFalse, type Step } from "./step.ts";

type Levels = Readonly<Record<string, readonly string[]>>;

/**
 * `step_dummy(…, { one_hot = false })`: classes become columns of 0 and 1 named `column_level`. The first level is
 * the one whose columns are all 0 (R's treatment coding); with `one_hot` it has a column too.
 */
export const dummy: Step<{ one_hot: boolean }, Levels> = {
  name: "dummy",
  options: (given) => readOptions("dummy", given, { one_hot: { ...trueOrFalse, otherwise: false } }),
  prep(table, columns) {
    return Object.fromEntries(
      columns.map((name) => {
        if (table.roles.get(name) === "outcome")
          throw new UserError(
            "step-column",
            `step_dummy names the outcome \`${name}\`. Leave it out: classes of an outcome are encoded when the model is fitted.`,
          );
        const { levels } = classes(table, name);
        if (levels.length < 2)
          throw new UserError(
            "dummy",
            `step_dummy: \`${name}\` has ${levels.length === 0 ? "no class" : `one class only, "${levels[0]}"`}, so it tells nothing. Take it out of the formula with \`- ${name}\`.`,
          );
        return [name, levels];
      }),
    );
  },
  bake(table, columns, { one_hot }, learnt) {
    for (const name of columns) {
      const levels = learnt[name]!;
      const column = classes(table, name);
      const code = columnCodes(column, levels, (row) => `\`${name}\` in ${table.rowName(row)}`);
      const coded = one_hot ? levels : levels.slice(1);
      table = replaceColumn(
        table,
        name,
        coded.map((level): [string, WorkingColumn] => {
          const values = new Float64Array(table.rows);
          const wanted = levels.indexOf(level);
          for (let row = 0; row < table.rows; row++) values[row] = code[row] === wanted ? 1 : 0;
          return [`${name}_${level}`, { kind: "numeric", values }];
        }),
      );
    }
    return table;
  },
};

function classes(table: Parameters<typeof columnOf>[1], name: string): NominalColumn {
  return columnOf(
    "dummy",
    table,
    name,
    ["nominal"],
    "Use all_nominal_predictors() here, or name the column in datasets.csv's option nominal to read its numbers as classes.",
  );
}

function columnCodes(
  column: NominalColumn,
  levels: readonly string[],
  place: (row: number) => string,
): Int32Array {
  const translate = column.levels.map((level) => levels.indexOf(level));
  return column.codes.map((code, row) => {
    if (code === -1)
      throw new UserError(
        "missing-value",
        `step_dummy: ${place(row)} is missing. Fill it in or remove the row.`,
      );
    if (translate[code] === -1)
      throw new UserError(
        "unseen-level",
        `step_dummy: ${place(row)} is "${column.levels[code]}", a class the training rows do not have. They have ${listNames(levels)}.`,
      );
    return translate[code]!;
  });
}
