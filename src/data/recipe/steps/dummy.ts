import { UserError } from "../../../protocol/index.ts";
import type { NominalColumn } from "../../table.ts";
import { hasRole, replaceColumn, type WorkingColumn } from "../working-table.ts";
import { classesOf, unseenLevel } from "./class-columns.ts";
import { readOptions, trueOrFalse, type Step } from "./step.ts";

type Levels = Readonly<Record<string, readonly string[]>>;

interface Dummy {
  readonly one_hot: boolean;
  readonly keep_original_cols: boolean;
}

/**
 * `step_dummy(…, { one_hot = false, keep_original_cols = false })`: classes become columns of 0 and 1 named `column_level`. The first
 * level is the one whose columns are all 0 (R's treatment coding); with `one_hot` it has a column too.
 */
export const dummy: Step<Dummy, Levels> = {
  name: "dummy",
  options: (given) =>
    readOptions<Dummy>("dummy", given, {
      one_hot: { ...trueOrFalse, otherwise: false },
      keep_original_cols: { ...trueOrFalse, otherwise: false },
    }),
  prep(table, columns) {
    return Object.fromEntries(
      columns.map((name) => {
        if (hasRole(table, name, "outcome"))
          throw new UserError(
            "step-column",
            `step_dummy names the outcome \`${name}\`. Leave it out: classes of an outcome are encoded when the model is fitted.`,
          );
        const { levels } = classesOf("dummy", table, name);
        if (levels.length < 2)
          throw new UserError(
            "dummy",
            `step_dummy: \`${name}\` has ${levels.length === 0 ? "no class" : `one class only, "${levels[0]}"`}, so it tells nothing. Take it out of the formula with \`- ${name}\`.`,
          );
        return [name, levels];
      }),
    );
  },
  // keep_original_cols is absent from recipes that were saved before there was such an option.
  bake(table, columns, { one_hot, keep_original_cols = false }, learnt) {
    for (const name of columns) {
      const levels = learnt[name]!;
      const column = classesOf("dummy", table, name);
      const code = columnCodes(column, levels, (row) => `\`${name}\` in ${table.rowName(row)}`);
      const coded = one_hot ? levels : levels.slice(1);
      const made = coded.map((level): [string, WorkingColumn] => {
        const values = new Float64Array(table.rows);
        const wanted = levels.indexOf(level);
        for (let row = 0; row < table.rows; row++) values[row] = code[row] === wanted ? 1 : 0;
        return [`${name}_${level}`, { kind: "numeric", values }];
      });
      table = replaceColumn(table, name, keep_original_cols ? [[name, column], ...made] : made);
    }
    return table;
  },
};

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
        `step_dummy: ${place(row)} is missing. Fill it in or remove the row, or put step_unknown or step_impute_mode before step_dummy.`,
      );
    if (translate[code] === -1)
      throw unseenLevel(
        "dummy",
        place(row),
        column.levels[code]!,
        levels,
        "With step_novel before step_dummy the model takes such classes.",
      );
    return translate[code]!;
  });
}
