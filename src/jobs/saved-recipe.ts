import fs from "node:fs";
import path from "node:path";
import type { PreppedRecipe } from "../data/baked.ts";
import type { MetricSetDescription } from "../kspec/description.ts";
import type { MetricNames } from "../metrics/index.ts";
import { UserError, type Mode } from "../protocol/index.ts";
import { IN_RUN, readRecord, writeFileWhole } from "../runs/index.ts";

/** `model/recipe.json`: what a saved network needs beside its weights to predict from raw data. */
export interface SavedRecipe {
  /** Raised when a field changes its meaning or goes; adding a field does not raise it. */
  readonly version: 1;
  readonly mode: Mode;
  /** Outcomes and class levels are in here, and what each step learnt from the training rows. */
  readonly recipe: PreppedRecipe;
  /** Yardstick's names of the metrics that were asked for; absent: those of the mode. */
  readonly metrics?: readonly string[];
  /** Those of them that are `metric_tweak`'s, by name. */
  readonly tweaks?: NonNullable<MetricSetDescription["tweaks"]>;
}

/** What a workflow says of its metrics, as a saved recipe has it. */
export function savedMetrics(set: MetricSetDescription | undefined): Pick<SavedRecipe, "metrics" | "tweaks"> {
  if (set === undefined) return {};
  return { metrics: set.metrics, ...(set.tweaks === undefined ? {} : { tweaks: set.tweaks }) };
}

/** The same for who computes them. */
export function metricsOf({ metrics, tweaks }: Pick<SavedRecipe, "metrics" | "tweaks">): MetricNames {
  return metrics === undefined ? undefined : { metrics, ...(tweaks === undefined ? {} : { tweaks }) };
}

export function saveRecipe(runFolder: string, recipe: SavedRecipe): void {
  writeFileWhole(path.join(runFolder, IN_RUN.recipe), JSON.stringify(recipe, null, 2) + "\n");
}

/** @throws UserError when the run has no model that can be used. */
export function readRecipe(runFolder: string): SavedRecipe {
  const file = path.join(runFolder, IN_RUN.recipe);
  let text: string;
  try {
    text = fs.readFileSync(file, "utf8");
  } catch (error) {
    const run = path.basename(runFolder);
    if (readRecord(runFolder)?.kind === "tuning")
      throw new UserError(
        "no-model",
        `The run ${run} is a tuning, which has no model of its own. Fit its best candidate: kspec tune --best ${run}.`,
      );
    throw new UserError(
      "no-model",
      `The run ${path.basename(runFolder)} has no model: it ended before its first epoch did. Fit it again, or choose another run with "kspec runs".`,
      { cause: error },
    );
  }
  try {
    return JSON.parse(text) as SavedRecipe;
  } catch (error) {
    throw new UserError("damaged-model", `${file} is damaged and cannot be read. Fit the model again.`, {
      cause: error,
    });
  }
}
