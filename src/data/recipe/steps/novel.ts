import { UserError } from "../../../protocol/index.ts";
import { classesOf, withLevels } from "./class-columns.ts";
import { aText, readOptions, type Step } from "./step.ts";

type Levels = Readonly<Record<string, readonly string[]>>;

/**
 * `step_novel(…, { new_level = "new" })`: classes that the training rows' column does not have become `new_level`, which comes after
 * its levels. Missing ones stay missing. As recipes has it.
 */
export const novel: Step<{ new_level: string }, Levels> = {
  name: "novel",
  options: (given) => readOptions("novel", given, { new_level: { ...aText, otherwise: "new" } }),
  prep: (table, columns, { new_level }) =>
    Object.fromEntries(
      columns.map((name) => {
        const { levels } = classesOf("novel", table, name);
        if (!levels.includes(new_level)) return [name, levels];
        throw new UserError(
          "step-option",
          `step_novel: \`${name}\` has a class "${new_level}" already. Name another one: { new_level: "${new_level}_class" }.`,
        );
      }),
    ),
  bake(table, columns, { new_level }, learnt) {
    for (const name of columns) {
      const known = learnt[name]!;
      table = withLevels(table, name, classesOf("novel", table, name), [...known, new_level], (level) =>
        level === null || known.includes(level) ? level : new_level,
      );
    }
    return table;
  },
};
