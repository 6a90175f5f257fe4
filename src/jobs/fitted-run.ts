import type { MeasurableModel } from "../engine/index.ts";
import { IN_RUN, readRecord } from "../runs/index.ts";
import path from "node:path";
import { readRecipe, type SavedRecipe } from "./saved-recipe.ts";

/** A run whose model can be used. */
export interface FittedRun extends SavedRecipe {
  readonly folder: string;
  readonly model: MeasurableModel;
  /** Name of the model, for messages. */
  readonly name: string;
}

/**
 * Loads the model of a run, whatever became of the run itself: the last epoch that was saved counts.
 *
 * @throws UserError when there is none, or it is damaged.
 */
export async function openFittedRun(folder: string): Promise<FittedRun> {
  const saved = readRecipe(folder);
  const { loadFittedModel } = await import("../engine/index.ts");
  const model = await loadFittedModel(path.join(folder, IN_RUN.model));
  return { ...saved, folder, model, name: readRecord(folder)?.spec.model ?? path.basename(folder) };
}
