import { UserError } from "../../../protocol/index.ts";
import { didYouMean, listNames } from "../../names.ts";
import type { WorkingColumn, WorkingTable } from "../working-table.ts";

/**
 * One kind of recipe step. `prep` learns from the training rows what `bake` needs for any rows; what it learns and the
 * options are plain JSON, because they are saved with the model.
 */
export interface Step<Options, Learnt> {
  /** Without `step_`. */
  readonly name: string;
  /** Done to the training rows alone, as with `skip = TRUE` in recipes. Default false. */
  readonly skip?: boolean;
  /** Fills in defaults. @throws UserError for an unknown or impossible option. */
  options(given: Readonly<Record<string, unknown>>): Options;
  prep(table: WorkingTable, columns: readonly string[], options: Options): Learnt;
  bake(table: WorkingTable, columns: readonly string[], options: Options, learnt: Learnt): WorkingTable;
}

/** What an option must be, for `readOptions`. */
export interface OptionRule<Value> {
  /** Used when the option is not given; without it the option is required. */
  readonly otherwise?: Value;
  /** What a message asks for: "a number". */
  readonly must: string;
  accepts(value: unknown): boolean;
}

export const aNumber: OptionRule<number> = {
  must: "a number",
  accepts: (value) => typeof value === "number" && Number.isFinite(value),
};
export const pixels: OptionRule<number> = {
  must: "a whole number of pixels, 1 or more",
  accepts: (value) => Number.isInteger(value) && (value as number) >= 1,
};
export const aText: OptionRule<string> = {
  must: "a text that is not empty",
  accepts: (value) => typeof value === "string" && value !== "",
};
export const trueOrFalse: OptionRule<boolean> = {
  must: "true or false",
  accepts: (value) => typeof value === "boolean",
};

/** @throws UserError naming the step and the option where one is unknown, missing or not what it must be. */
export function readOptions<Options extends object>(
  step: string,
  given: Readonly<Record<string, unknown>>,
  rules: { readonly [Name in keyof Options & string]: OptionRule<Options[Name]> },
): Options {
  const names = Object.keys(rules);
  const stranger = Object.keys(given).find((name) => given[name] !== undefined && !names.includes(name));
  if (stranger !== undefined)
    throw new UserError(
      "step-option",
      `step_${step} has no option \`${stranger}\`.${didYouMean(stranger, names)} Its options are ${listNames(names)}.`,
    );
  const options: Record<string, unknown> = {};
  for (const [name, rule] of Object.entries<OptionRule<unknown>>(rules)) {
    const value = given[name] ?? rule.otherwise;
    if (value === undefined)
      throw new UserError("step-option", `step_${step} needs the option \`${name}\`: ${rule.must}.`);
    if (!rule.accepts(value))
      throw new UserError(
        "step-option",
        `step_${step}: \`${name}\` is ${JSON.stringify(value)}, and must be ${rule.must}.`,
      );
    options[name] = value;
  }
  return options as Options;
}

/** The column, where it is of a kind the step can take. @throws UserError naming step, column and remedy. */
export function columnOf<Kind extends WorkingColumn["kind"]>(
  step: string,
  table: WorkingTable,
  name: string,
  kinds: readonly Kind[],
  remedy: string,
): Extract<WorkingColumn, { kind: Kind }> {
  const column = table.columns.get(name)!;
  if ((kinds as readonly string[]).includes(column.kind))
    return column as Extract<WorkingColumn, { kind: Kind }>;
  throw new UserError(
    "step-column",
    `step_${step} takes ${kinds.map((kind) => KIND_NAMES[kind]).join(" or ")}, and \`${name}\` holds ${KIND_NAMES[column.kind]}. ${remedy}`,
  );
}

export const KIND_NAMES: Readonly<Record<WorkingColumn["kind"], string>> = {
  numeric: "numbers",
  nominal: "classes",
  image: "images",
  tensor: "arrays",
};
