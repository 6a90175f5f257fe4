import type { PreppedRecipe } from "../../data/baked.ts";
import { bakeTable } from "../../data/recipe/bake.ts";
import { UserError } from "../../protocol/index.ts";
import { loadFittedModel } from "../fitted-model.ts";
import { runFile } from "./run-file.ts";
import { sampleRows } from "./sample-rows.ts";

/** How an exported file was tried. */
export interface CheckedFile {
  readonly rows: number;
  /** The largest, of any estimate. */
  readonly difference: number;
}

/**
 * Has ONNX Runtime compute made-up rows with an exported file, and compares with what the model itself predicts.
 *
 * @param folder The run's `model/` that the file was made from.
 * @returns null where there is no ONNX Runtime to try it with.
 * @throws UserError when the two differ: such a file must not be used.
 */
export async function checkFile(
  bytes: Uint8Array,
  folder: string,
  recipe: PreppedRecipe,
): Promise<CheckedFile | null> {
  const table = sampleRows(recipe, ROWS);
  const given = await runFile(bytes, table);
  if (given === null) return null;
  const model = await loadFittedModel(folder);
  try {
    let difference = 0;
    for (const [outcome, { values }] of await model.predict(bakeTable(recipe, table, { outcomes: false }))) {
      const own = given.get(outcome) as Float32Array | undefined;
      const largest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
      const apart = differenceOf(own, values);
      if (!(apart <= TOLERANCE * (largest + 0.1)))
        throw new UserError(
          "export-differs",
          `The exported file gives other estimates of ${outcome} than the model (they differ by ${apart.toPrecision(2)}), so it is not written. This is a fault of KSpec: please report it with your spec.`,
        );
      difference = Math.max(difference, apart);
    }
    return { rows: ROWS, difference };
  } finally {
    model.dispose();
  }
}

const ROWS = 3;
/** As a share of the largest estimate. Both are computed in single precision, in another order of operations. */
const TOLERANCE = 1e-4;

/** Infinity where there are more of one, or one is no number and the other is. */
function differenceOf(own: Float32Array | undefined, values: Float32Array): number {
  if (own?.length !== values.length) return Infinity;
  return values.reduce((most, value, i) => {
    if (Object.is(own[i], value)) return most;
    const apart = Math.abs(own[i]! - value);
    return Number.isNaN(apart) ? Infinity : Math.max(most, apart);
  }, 0);
}
