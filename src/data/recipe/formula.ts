import { UserError } from "../../protocol/index.ts";
import { didYouMean, listNames } from "../names.ts";

/** A formula with its columns found: `label ~ image`, `y ~ .`, `a + b ~ x1 + x2`, `y ~ . - id`. */
export interface ResolvedFormula {
  readonly outcomes: readonly string[];
  readonly predictors: readonly string[];
}

/**
 * Finds a formula's columns in a table. `.` stands for every column that is no outcome; `- name` takes one out again;
 * a name that is no plain word is written in backticks. There are no functions and no interactions: what is
 * to be computed is a recipe's step.
 */
export function resolveFormula(formula: string, columns: readonly string[]): ResolvedFormula {
  const { left, right } = parse(formula);
  const outcomes: string[] = [];
  for (const { sign, name } of left) {
    if (name === "." || sign === "-")
      throw wrong(formula, `left of ~ stand the names of the outcomes, joined with +`);
    outcomes.push(known(formula, name, columns));
  }
  const chosen = new Set<string>();
  for (const { sign, name } of right) {
    const named =
      name === "." ? columns.filter((column) => !outcomes.includes(column)) : [known(formula, name, columns)];
    for (const column of named)
      if (sign === "-") chosen.delete(column);
      else chosen.add(column);
  }
  const both = outcomes.find((name) => chosen.has(name));
  if (both !== undefined)
    throw wrong(formula, `\`${both}\` stands on both sides; a column is either an outcome or a predictor`);
  if (chosen.size === 0)
    throw wrong(formula, `no predictor is left right of ~; the columns are ${listNames(columns)}`);
  return { outcomes: [...new Set(outcomes)], predictors: [...chosen] };
}

interface Term {
  readonly sign: "+" | "-";
  readonly name: string;
}

function parse(formula: string): { left: Term[]; right: Term[] } {
  const sides: Term[][] = [[]];
  let sign: Term["sign"] | undefined = "+";
  for (const token of tokens(formula)) {
    const side = sides.at(-1)!;
    if (token.kind === "name") {
      if (sign === undefined)
        throw wrong(formula, `\`${token.text}\` follows another name without + or - between them`);
      if (!token.quoted && /^\d+$/.test(token.text))
        throw wrong(
          formula,
          `it names columns, and ${token.text} is a number; put a column of that name in backticks`,
        );
      side.push({ sign, name: token.text });
      sign = undefined;
    } else if (token.text === "~") {
      if (sides.length === 2) throw wrong(formula, "it has more than one ~");
      if (side.length === 0 || sign !== undefined)
        throw wrong(formula, "the outcome is missing left of ~, as in `label ~ image`");
      sides.push([]);
      sign = "+";
    } else {
      // A leading minus is a sign; `+ -` is the habit of R's users and means minus.
      if (
        sign !== undefined &&
        !(token.text === "-" && side.length === 0) &&
        !(token.text === "-" && sign === "+")
      )
        throw wrong(formula, `a name is missing before ${token.text}`);
      sign = token.text as Term["sign"];
    }
  }
  const [left, right] = sides;
  if (right === undefined)
    throw wrong(formula, "it has no ~ between outcome and predictors, as in `label ~ image`");
  if (right.length === 0 || sign !== undefined)
    throw wrong(formula, "a predictor is missing at its end; `.` stands for all other columns");
  return { left: left!, right };
}

interface Token {
  readonly kind: "name" | "sign";
  readonly text: string;
  readonly quoted?: boolean;
}

function tokens(formula: string): Token[] {
  const found: Token[] = [];
  const pattern = /\s*(?:`([^`]+)`|([\p{L}\p{N}_.]+)|([~+-])|(\S))/uy;
  for (let match = pattern.exec(formula); match; match = pattern.exec(formula)) {
    const [, quoted, word, operator, other] = match;
    if (quoted !== undefined) found.push({ kind: "name", text: quoted, quoted: true });
    else if (word !== undefined) found.push({ kind: "name", text: word });
    else if (operator !== undefined) found.push({ kind: "sign", text: operator });
    else
      throw wrong(
        formula,
        `it may hold column names, \`.\`, ~, + and -, and there is ${other}; compute with a recipe's steps, and put a name that is no plain word in backticks`,
      );
  }
  return found;
}

function known(formula: string, name: string, columns: readonly string[]): string {
  if (columns.includes(name)) return name;
  throw new UserError(
    "unknown-column",
    `The formula \`${formula}\` names \`${name}\`, and the data have no such column.${didYouMean(name, columns)} The columns are ${listNames(columns)}.`,
  );
}

function wrong(formula: string, why: string): UserError {
  return new UserError("formula", `The formula \`${formula}\` cannot be read: ${why}.`);
}
