import type { SelectorDescription, StepDescription } from "../../kspec/description.ts";
import { UserError } from "../../protocol/index.ts";
import { didYouMean, listNames } from "../names.ts";
import { hasRole, type WorkingColumn, type WorkingTable } from "./working-table.ts";

/**
 * The columns that a step's terms choose, as tidyselect does it: one term after the other adds what it finds, each column once;
 * `not(…)` takes out of what was chosen before it, and of all columns where it comes first.
 *
 * @param step What a message calls the asker: `step_normalize`.
 * @throws UserError for a name that no column has.
 */
export function chooseColumns(step: string, terms: StepDescription["terms"], table: WorkingTable): string[] {
  let chosen: ReadonlySet<string> = new Set();
  for (const [at, term] of terms.entries()) {
    if (typeof term !== "string" && term.select === "not") {
      const out = new Set(chooseColumns(step, term.terms ?? [], table));
      const from = at === 0 ? table.columns.keys() : chosen;
      chosen = new Set([...from].filter((name) => !out.has(name)));
    } else chosen = new Set([...chosen, ...found(step, term, table)]);
  }
  return [...chosen];
}

function found(step: string, term: string | SelectorDescription, table: WorkingTable): Iterable<string> {
  if (typeof term === "string") return [known(step, term, table)];
  const { select, match = [] } = term;
  // These give the columns in the order in which they are named.
  if (select === "all_of") return match.map((name) => known(step, name, table));
  if (select === "any_of" || select === "one_of") return match.filter((name) => table.columns.has(name));
  return [...table.columns]
    .filter(([name, column]) => chooses(term, name, column, table))
    .map(([name]) => name);
}

function chooses(
  { select, match = [], ignore_case = true }: SelectorDescription,
  name: string,
  { kind }: WorkingColumn,
  table: WorkingTable,
): boolean {
  const predictor = hasRole(table, name, "predictor");
  const folded = (text: string) => (ignore_case ? text.toLowerCase() : text);
  const some = (test: (name: string, text: string) => boolean) =>
    match.some((text) => test(folded(name), folded(text)));
  switch (select) {
    case "everything":
      return true;
    case "all_predictors":
      return predictor;
    case "all_numeric_predictors":
      return predictor && kind === "numeric";
    case "all_nominal_predictors":
      return predictor && kind === "nominal";
    case "all_image_predictors":
      return predictor && kind === "image";
    case "all_outcomes":
      return hasRole(table, name, "outcome");
    case "all_numeric":
      return kind === "numeric";
    case "all_nominal":
      return kind === "nominal";
    case "has_role":
      return match.some((role) => hasRole(table, name, role));
    case "has_type":
      return match.includes(kind);
    case "starts_with":
      return some((name, text) => name.startsWith(text));
    case "ends_with":
      return some((name, text) => name.endsWith(text));
    case "contains":
      return some((name, text) => name.includes(text));
    case "matches":
      return match.some((pattern) => new RegExp(pattern, ignore_case ? "iu" : "u").test(name));
    default:
      return false;
  }
}

function known(step: string, name: string, table: WorkingTable): string {
  if (table.columns.has(name)) return name;
  const names = [...table.columns.keys()];
  throw new UserError(
    "unknown-column",
    `${step} names \`${name}\`, and there is no such column at that point.${didYouMean(name, names)} The columns are ${listNames(names)}.`,
  );
}
