import { arquero } from "./on-demand.ts";
import { UserError } from "../../protocol/index.ts";
import { didYouMean, listNames } from "../names.ts";
import type { WorkingTable } from "./working-table.ts";

/** What a function of one row makes: a number, a truth, a text, or nothing. */
export type RowValue = number | boolean | string | null | undefined;

/** A function of one row, `(d) => d.bill_length / d.bill_depth`, kept as its text. */
export interface RowExpression {
  /** Columns that it reads. */
  readonly columns: readonly string[];
  /** Numbers are numbers, NaN where missing; classes are texts, null where missing. */
  compute(table: WorkingTable): RowValue[];
}

/**
 * Reads the text of a function with arquero's parser, which knows an expression of columns and nothing else: it can be saved with a
 * model, and computing it later runs none of the spec's code.
 *
 * @param name What is computed, for messages.
 * @throws UserError for text that is more than that: names of the file around it, loops, functions that look at other rows.
 */
export function rowExpression(text: string, name: string): RowExpression {
  const { parse, walk_ast } = arquero();
  const input = { [name]: text };
  const options = { aggregate: false, window: false };
  const read = attempt(name, () => parse(input, { ...options, ast: true }));
  const columns = new Set<string>();
  const visitors = {
    Column: (node: { name: string }) => void columns.add(node.name),
    Function: (node: { name: string }) => {
      if (!FUNCTIONS.has(node.name)) throw cannot(name, `it calls ${node.name}()`);
    },
  };
  walk_ast(read.exprs[0], null, visitors, null);
  const [compiled] = attempt(name, () => parse(input, options)).exprs as [Compiled];
  return {
    columns: [...columns],
    compute(table) {
      const data = Object.fromEntries([...columns].map((column) => [column, cellsOf(name, table, column)]));
      return Array.from({ length: table.rows }, (_, row) => compiled(row, data));
    },
  };
}

type Compiled = (row: number, data: Readonly<Record<string, Cells>>) => RowValue;

/** As arquero reads a column. */
interface Cells {
  at(row: number): RowValue;
}

function cellsOf(expression: string, table: WorkingTable, name: string): Cells {
  const column = table.columns.get(name);
  const names = [...table.columns.keys()];
  if (column === undefined)
    throw new UserError(
      "unknown-column",
      `step_mutate: \`${expression}\` reads the column \`${name}\`, and there is no such column at that point.${didYouMean(name, names)} The columns are ${listNames(names)}.`,
    );
  if (column.kind === "numeric") return column.values;
  if (column.kind === "nominal") {
    const { levels, codes } = column;
    return { at: (row) => levels[codes[row]!] ?? null };
  }
  throw new UserError(
    "step-column",
    `step_mutate: \`${expression}\` reads \`${name}\`, which holds neither numbers nor classes.`,
  );
}

function attempt<Result>(name: string, work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    const [first = ""] = (error as Error).message.split("\n");
    throw cannot(
      name,
      first.startsWith("Expression parse error") ? "it is not written as (d) => …" : first,
      error,
    );
  }
}

function cannot(name: string, why: string, cause?: unknown): UserError {
  return new UserError(
    "row-expression",
    `step_mutate: \`${name}\` cannot be computed of one row alone (${why.replace(/\.$/, "")}). Write a function of the row's columns, such as (d) => d.length / d.width, with operators, constants, Math's functions and texts; names from outside of the function and values of other rows are not at hand when the model predicts.`,
    cause === undefined ? {} : { cause },
  );
}

/** Those of arquero that depend on their arguments alone. */
const FUNCTIONS: ReadonlySet<string> = new Set([
  ...["is_nan", "is_finite", "abs", "cbrt", "ceil", "exp", "expm1", "floor", "fround", "greatest", "least"],
  ...["max", "min", "log", "log10", "log1p", "log2", "pow", "round", "sign", "sqrt", "trunc"],
  ...["degrees", "radians", "acos", "acosh", "asin", "asinh", "atan", "atan2", "atanh"],
  ...["cos", "cosh", "sin", "sinh", "tan", "tanh", "bin", "equal", "recode"],
  ...["parse_float", "parse_int", "endswith", "includes", "length", "lower", "upper", "match"],
  ...["replace", "startswith", "substring", "trim"],
]);
