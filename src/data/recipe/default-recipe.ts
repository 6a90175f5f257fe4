import type { RecipeDescription } from "../../kspec/description.ts";
import type { Dataset } from "../table.ts";

/** The recipe of a workflow that has none: `label ~ image` where the data are labelled images; undefined where nobody can tell. */
export function defaultRecipe({ train }: Dataset): RecipeDescription | undefined {
  return train.columns.get("image")?.kind === "image" && train.columns.get("label")?.kind === "nominal"
    ? { kind: "recipe", formula: "label ~ image", steps: [] }
    : undefined;
}
