import { UserError } from "../../../protocol/index.ts";
import type { GraphColumn, Writing } from "../graph-column.ts";

/** Writes a step, and gives all columns as it leaves them. */
export type ExportedStep = (step: StepOnTable) => ReadonlyMap<string, GraphColumn>;

export interface StepOnTable extends Writing {
  /** Nodes are named by it: `step_pca`. */
  readonly label: string;
  readonly columns: ReadonlyMap<string, GraphColumn>;
  /** Those of the columns that the step takes. */
  readonly named: readonly string[];
  /** As the prepped recipe keeps them. */
  readonly options: unknown;
  readonly learnt: unknown;
}

export interface StepOnColumn extends Omit<StepOnTable, "columns" | "named"> {
  /** The column's name. */
  readonly name: string;
  readonly column: GraphColumn;
}

/** A step that is done to one column after the other, each of which becomes others in its place. */
export function eachColumn(
  write: (step: StepOnColumn) => readonly (readonly [string, GraphColumn])[],
): ExportedStep {
  return ({ columns: all, named, ...step }) => {
    let columns = all;
    for (const name of named) {
      const made = write({ ...step, label: `${step.label} ${name}`, name, column: columns.get(name)! });
      columns = new Map([...columns].flatMap((entry) => (entry[0] === name ? made : [entry])));
    }
    return columns;
  };
}

/** A step that changes numbers one by one. */
export function eachNumber(write: (step: StepOnColumn, value: string) => string): ExportedStep {
  return eachColumn((step) => {
    if (step.column.kind !== "numeric") return doesNotFit(step);
    return [[step.name, { kind: "numeric", name: write(step, step.column.name) }]];
  });
}

/** A step that changes classes one by one. */
export function eachClass(write: (step: StepOnColumn, text: string) => string): ExportedStep {
  return eachColumn((step) => {
    if (step.column.kind !== "nominal") return doesNotFit(step);
    return [[step.name, { kind: "nominal", name: write(step, step.column.name) }]];
  });
}

/** What the step learnt of this column. */
export function learntOf<Learnt>({ learnt, name }: StepOnColumn): Learnt {
  return (learnt as Readonly<Record<string, Learnt>>)[name]!;
}

/** A recipe that was prepped never comes here; a recipe.json that somebody changed may. */
export function doesNotFit({ label, column }: StepOnColumn): never {
  throw new UserError(
    "model-damaged",
    `${label}: the column is ${column.kind} there, and the step takes another kind. Fit the spec again.`,
  );
}
