import type { RecipeDescription, RoleChange } from "../../kspec/description.ts";
import { UserError } from "../../protocol/index.ts";
import { listNames } from "../names.ts";
import type { Table } from "../table.ts";
import { resolveFormula } from "./formula.ts";
import { chooseColumns } from "./select-columns.ts";
import { workingTable } from "./starting-table.ts";

/** Columns of the data by what the recipe takes them for. A predictor or an outcome may have other roles beside. */
export interface ColumnRoles {
  readonly predictors: readonly string[];
  readonly outcomes: readonly string[];
  /** Columns of other roles alone, or of none. */
  readonly others: readonly string[];
  /** Those of every column that differ from what the formula says; absent: none. */
  readonly changed?: Readonly<Record<string, readonly string[]>>;
}

/**
 * What the formula makes of the data's columns, changed by `update_role`, `add_role` and `remove_role` as recipes has it: wherever
 * these stand in the chain, they hold before the first step.
 *
 * @throws UserError for a formula or a role that does not go with the data.
 */
export function rolesOf({ formula, roles: changes = [] }: RecipeDescription, table: Table): ColumnRoles {
  const { outcomes, predictors } = resolveFormula(formula, [...table.columns.keys()]);
  if (changes.length === 0) return { predictors, outcomes, others: [] };
  const named = namedBeside(changes, [...predictors, ...outcomes], table);
  const start = workingTable(table, { predictors, outcomes, others: named });
  const roles = new Map(start.roles);
  for (const change of changes) {
    const chosen = chooseColumns(`${change.change}_role`, change.terms, { ...start, roles });
    for (const name of chosen) roles.set(name, changedRoles(change, name, roles.get(name)!));
  }
  const having = (role: string) =>
    [...start.columns.keys()].filter((name) => roles.get(name)!.includes(role));
  const [asPredictors, asOutcomes] = [having("predictor"), having("outcome")];
  const both = asPredictors.filter((name) => asOutcomes.includes(name));
  if (both.length > 0)
    throw new UserError(
      "roles",
      `${listNames(both)} cannot be predictor and outcome at once. Use update_role instead of add_role.`,
    );
  if (asOutcomes.length === 0) throw new UserError("roles", "The recipe's roles leave no outcome.");
  return {
    predictors: asPredictors,
    outcomes: asOutcomes,
    others: [...start.columns.keys()].filter((name) => ![...asPredictors, ...asOutcomes].includes(name)),
    changed: Object.fromEntries([...roles].filter(([name, own]) => !same(own, start.roles.get(name)!))),
  };
}

/** Columns that the formula leaves out and a change names: they are in the recipe for the sake of their role. */
function namedBeside(changes: readonly RoleChange[], inFormula: readonly string[], table: Table): string[] {
  const names = new Set(changes.flatMap(({ terms }) => terms.filter((term) => typeof term === "string")));
  return [...names].filter((name) => table.columns.has(name) && !inFormula.includes(name));
}

function changedRoles(
  { change, new_role = "predictor", old_role }: RoleChange,
  name: string,
  own: readonly string[],
): readonly string[] {
  if (change === "remove") return own.filter((role) => role !== old_role);
  if (change === "add") return own.includes(new_role) ? own : [...own, new_role];
  if (old_role === undefined) {
    if (own.length > 1)
      throw new UserError(
        "roles",
        `update_role: \`${name}\` has the roles ${own.join(", ")}. Say which one is meant with old_role.`,
      );
    return [new_role];
  }
  return [...new Set(own.map((role) => (role === old_role ? new_role : role)))];
}

function same(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((role, at) => role === b[at]);
}
