import type { Baked } from "../data/baked.ts";
import { UserError } from "../protocol/index.ts";
import type { Rows } from "./rows.ts";

/** An input of a network: which column it reads, and the shape of one row; null is any length. */
export interface InputPlan {
  readonly column: string;
  readonly shape: readonly (number | null)[];
}

/**
 * The arrays that a network's inputs read, in its order.
 *
 * @throws UserError for a column that is not there, another shape, or missing values.
 */
export function inputRows(plans: readonly InputPlan[], { inputs, rows }: Baked): Rows[] {
  return plans.map(({ column, shape }) => {
    // A single input needs no name: new data may call it otherwise.
    const found =
      inputs.get(column) ?? (plans.length === 1 && inputs.size === 1 ? [...inputs.values()][0] : undefined);
    if (found === undefined)
      throw new UserError(
        "missing-input",
        `The data have no input ${column}. They have: ${[...inputs.keys()].join(", ") || "none"}.`,
      );
    if (
      found.shape.length !== shape.length ||
      shape.some((extent, i) => extent !== null && extent !== found.shape[i])
    )
      throw new UserError(
        "input-shape",
        `The input ${column} has rows of shape [${found.shape.join(", ")}], and the model takes [${shape.map((extent) => extent ?? "any").join(", ")}]: resize the data (step_resize), or use input_shape in the input block.`,
      );
    const size = rows === 0 ? 1 : found.values.length / rows;
    const missing = found.values.findIndex(Number.isNaN);
    if (missing >= 0)
      throw new UserError(
        "missing-values",
        `The input ${column} has missing values (first in row ${Math.floor(missing / size) + 1}): remove those rows, or fill them in.`,
      );
    return { shape: found.shape, values: found.values };
  });
}
