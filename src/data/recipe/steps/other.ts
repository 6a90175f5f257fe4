import { UserError } from "../../../protocol/index.ts";
import type { NominalColumn } from "../../table.ts";
import { classesOf, countsOf, withLevels } from "./class-columns.ts";
import { aText, readOptions, type Step } from "./step.ts";

interface Other {
  readonly threshold: number;
  readonly other: string;
}

/** null: no level is rare, and the column stays as it is. */
type Kept = Readonly<Record<string, readonly string[] | null>>;

/**
 * `step_other(…, { threshold = 0.05, other = "other" })`: levels that fewer training rows have than `threshold`, a share of those with
 * a value or, from 1, a number of rows, become one, `other`, which comes last. Where all are rare the most frequent one is kept. New
 * classes become `other` too, unless no level was rare. Missing ones stay missing. As recipes has it.
 */
export const other: Step<Other, Kept> = {
  name: "other",
  options: (given) =>
    readOptions<Other>("other", given, {
      threshold: {
        otherwise: 0.05,
        must: "a share between 0 and 1, or a number of rows",
        accepts: (value) => typeof value === "number" && value > 0 && Number.isFinite(value),
      },
      other: { ...aText, otherwise: "other" },
    }),
  prep: (table, columns, { threshold, other }) =>
    Object.fromEntries(
      columns.map((name) => {
        const kept = frequentLevels(classesOf("other", table, name), threshold);
        if (kept?.includes(other))
          throw new UserError(
            "step-option",
            `step_other: \`${name}\` has a frequent class "${other}" already. Name the rare ones otherwise: { other: "${other}_classes" }.`,
          );
        return [name, kept];
      }),
    ),
  bake(table, columns, { other }, learnt) {
    for (const name of columns) {
      const kept = learnt[name];
      if (!kept) continue;
      table = withLevels(table, name, classesOf("other", table, name), [...kept, other], (level) =>
        level === null || kept.includes(level) ? level : other,
      );
    }
    return table;
  },
};

function frequentLevels(column: NominalColumn, threshold: number): readonly string[] | null {
  const { levels } = column;
  const counts = countsOf(column);
  const given = counts.reduce((sum, count) => sum + count, 0);
  const share = threshold < 1 ? given : 1;
  const frequent = levels.filter((_, code) => counts[code]! / share >= threshold);
  if (frequent.length === levels.length) return null;
  return frequent.length > 0 ? frequent : levels.slice(counts.indexOf(Math.max(...counts))).slice(0, 1);
}
