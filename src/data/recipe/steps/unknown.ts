import { UserError } from "../../../protocol/index.ts";
import { classesOf, unseenLevel, withLevels } from "./class-columns.ts";
import { aText, readOptions, type Step } from "./step.ts";

type Levels = Readonly<Record<string, readonly string[]>>;

/**
 * `step_unknown(…, { new_level = "unknown" })`: missing classes become `new_level`, which comes after the levels of the training rows'
 * column. As recipes has it; a class that this does not have is an error, where recipes warns and makes it missing.
 */
export const unknown: Step<{ new_level: string }, Levels> = {
  name: "unknown",
  options: (given) => readOptions("unknown", given, { new_level: { ...aText, otherwise: "unknown" } }),
  prep: (table, columns, { new_level }) =>
    Object.fromEntries(
      columns.map((name) => {
        const { levels } = classesOf("unknown", table, name);
        if (!levels.includes(new_level)) return [name, levels];
        throw new UserError(
          "step-option",
          `step_unknown: \`${name}\` has a class "${new_level}" already. Name another one: { new_level: "${new_level}_class" }.`,
        );
      }),
    ),
  bake(table, columns, { new_level }, learnt) {
    for (const name of columns) {
      const known = learnt[name]!;
      const column = classesOf("unknown", table, name);
      table = withLevels(table, name, column, [...known, new_level], (level, row) => {
        if (level === null) return new_level;
        if (known.includes(level)) return level;
        throw unseenLevel(
          "unknown",
          `\`${name}\` in ${table.rowName(row)}`,
          level,
          known,
          "With step_novel before step_unknown the model takes such classes.",
        );
      });
    }
    return table;
  },
};
