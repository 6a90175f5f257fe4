import { UserError } from "../../../protocol/index.ts";
import type { GraphColumn, Writing } from "../graph-column.ts";

/** Writes a step for one column, and gives the columns that it becomes. */
export type ExportedStep = (step: StepOnColumn) => readonly (readonly [string, GraphColumn])[];

export interface StepOnColumn extends Writing {
  /** Nodes are named by it. */
  readonly label: string;
  /** The column's name. */
  readonly name: string;
  readonly column: GraphColumn;
  /** As the prepped recipe keeps them. */
  readonly options: unknown;
  readonly learnt: unknown;
}

/** A recipe that was prepped never comes here; a recipe.json that somebody changed may. */
export function doesNotFit({ label, column }: StepOnColumn): never {
  throw new UserError(
    "model-damaged",
    `${label}: the column is ${column.kind} there, and the step takes another kind. Fit the spec again.`,
  );
}
