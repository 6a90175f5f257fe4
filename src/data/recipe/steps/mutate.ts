import { UserError } from "../../../protocol/index.ts";
import { hasRole, withColumns, type WorkingColumn, type WorkingTable } from "../working-table.ts";
import { rowExpression, type RowValue } from "../row-expression.ts";
import type { Step } from "./step.ts";

interface Mutate {
  /** Column → the text of a function of one row. */
  readonly expressions: Readonly<Record<string, string>>;
}

type Learnt = Readonly<
  Record<
    string,
    {
      readonly kind: "numeric" | "nominal";
      /** Of classes: those that the training rows give, sorted. */
      readonly levels?: readonly string[];
      /** It takes the place of an outcome, which new data may lack. */
      readonly outcome?: true;
    }
  >
>;

/**
 * `step_mutate({ ratio: (d) => d.length / d.width, … })`: new columns, predictors, which come last; a column that is there already is
 * replaced and keeps its role. They are computed in the order in which they are written, and a later one may read an earlier one. Of
 * numbers and truths (1 and 0) numbers come, of texts classes.
 */
export const mutate: Step<Mutate, Learnt> = {
  name: "mutate",
  options({ expressions }) {
    const entries = Object.entries((expressions ?? {}) as Record<string, unknown>);
    if (entries.length === 0)
      throw new UserError(
        "step-option",
        "step_mutate computes nothing. Name a column: { ratio: (d) => d.a / d.b }.",
      );
    for (const [name, text] of entries)
      if (typeof text !== "string")
        throw new UserError(
          "step-option",
          `step_mutate: \`${name}\` must be a function of one row: (d) => d.a / d.b.`,
        );
      else rowExpression(text, name);
    return { expressions: Object.fromEntries(entries) as Record<string, string> };
  },
  prep(table, _columns, { expressions }) {
    const learnt: Record<string, Learnt[string]> = {};
    for (const [name, text] of Object.entries(expressions)) {
      const column = columnFrom(name, rowExpression(text, name).compute(table), table, []);
      const outcome = table.columns.has(name) && hasRole(table, name, "outcome");
      learnt[name] = {
        kind: column.kind,
        ...(column.kind === "nominal" ? { levels: column.levels } : {}),
        ...(outcome ? { outcome: true } : {}),
      };
      table = withColumns(table, [[name, column]]);
    }
    return learnt;
  },
  bake(table, _columns, { expressions }, learnt) {
    for (const [name, text] of Object.entries(expressions)) {
      const { kind, levels = [], outcome = false } = learnt[name]!;
      if (outcome && !table.columns.has(name)) continue;
      const column = columnFrom(name, rowExpression(text, name).compute(table), table, levels);
      // Rows that give nothing are missing numbers or missing classes alike.
      const empty =
        column.kind === "nominal"
          ? column.codes.every((code) => code === -1)
          : column.values.every(Number.isNaN);
      const made: WorkingColumn = empty
        ? kind === "numeric"
          ? { kind, values: new Float64Array(table.rows).fill(NaN) }
          : { kind, levels, codes: new Int32Array(table.rows).fill(-1) }
        : column;
      if (made.kind !== kind)
        throw new UserError(
          "column-kind",
          `step_mutate: \`${name}\` gives ${made.kind === "numeric" ? "numbers" : "texts"} here, and gave ${kind === "numeric" ? "numbers" : "texts"} in the training rows.`,
        );
      table = withColumns(table, [[name, made]]);
    }
    return table;
  },
};

function columnFrom(
  name: string,
  values: readonly RowValue[],
  table: WorkingTable,
  known: readonly string[],
): Extract<WorkingColumn, { kind: "numeric" | "nominal" }> {
  const texts = values.some((value) => typeof value === "string");
  const wrong = values.findIndex(
    (value) =>
      value != null &&
      (texts ? typeof value !== "string" : typeof value !== "number" && typeof value !== "boolean"),
  );
  if (wrong !== -1)
    throw new UserError(
      "row-expression",
      `step_mutate: \`${name}\` gives ${texts ? "a text in one row and a number in another" : "neither a number nor a text"} (${table.rowName(wrong)}). Give numbers alone, or texts alone.`,
    );
  if (!texts) return { kind: "numeric", values: Float64Array.from(values, (value) => Number(value ?? NaN)) };
  const others = [...new Set(values as (string | null | undefined)[])].filter(
    (value): value is string => value != null && !known.includes(value),
  );
  const levels = [...known, ...others.sort()];
  const codes = new Map(levels.map((level, code) => [level, code]));
  return {
    kind: "nominal",
    levels,
    codes: Int32Array.from(values, (value) => codes.get(value as string) ?? -1),
  };
}
