import type {
  DatasetDescription,
  FineTuneDescription,
  MetricSetDescription,
  ModelDescription,
  RecipeDescription,
  WorkflowDescription,
} from "./description.ts";
import type { Dataset } from "./datasets.ts";
import type { FineTune } from "./fine-tune.ts";
import { readOptions, type KnownOptions } from "./known-options.ts";
import { lock, named } from "./layer.ts";
import type { MetricSet } from "./metric-set.ts";
import type { Recipe } from "./recipe.ts";
import { SpecError } from "./spec-error.ts";

export interface WorkflowParts {
  /** The rows. */
  data?: Dataset;
  /** Outcomes, predictors and steps. Default: `label ~ image` where the data have these columns. */
  recipe?: Recipe;
  /** The model with its arguments: `resnet_transfer({ fit_epochs: 5 })`. */
  model?: ModelDescription;
  /** Default: accuracy in classification; rmse, rsq and mae in regression. */
  metrics?: MetricSet;
  /** Trains a part of the frozen base after the head: `fine_tune({ from: "conv5_block1_1_conv" })`. Default: nothing of it. */
  fine_tune?: FineTune;
}

/** Data, recipe, model and metrics together. An exported workflow is what *Fit model* fits. */
export interface Workflow extends WorkflowDescription {
  readonly kind: "workflow";
  /** The same workflow with these data. */
  add_data(data: Dataset): Workflow;
  /** The same workflow with this recipe. */
  add_recipe(recipe: Recipe): Workflow;
  /** The same workflow with this model. */
  add_model(model: ModelDescription): Workflow;
  /** The same workflow with these metrics. */
  add_metrics(metrics: MetricSet): Workflow;
  /** The same workflow that goes on with the base after the head. */
  add_fine_tune(fine_tune: FineTune): Workflow;
}

/**
 * Puts data, recipe, model and metrics together; `workflow().add_data(d).add_recipe(r).add_model(m)` is the same.
 *
 * ```ts
 * export default workflow({
 *   data: datasets.digits({ train: 500, test: 1000 }),
 *   recipe: recipe("label ~ image").step_rescale("image", { scale: 1 / 255 }),
 *   model: network({ fit_epochs: 5 }),
 *   metrics: metric_set("accuracy"),
 * });
 * ```
 */
export function workflow(parts?: WorkflowParts): Workflow {
  return new Parts(readOptions("workflow", known, parts) as WorkflowParts);
}

const known: KnownOptions<WorkflowParts> = {
  data: "optional",
  recipe: "optional",
  model: "optional",
  metrics: "optional",
  fine_tune: "optional",
};
const wanted = {
  data: { kind: "dataset", example: "datasets.image_folder(…)" },
  recipe: { kind: "recipe", example: `recipe("label ~ image")` },
  model: { kind: "model", example: "my_model({ fit_epochs: 5 })" },
  metrics: { kind: "metric_set", example: `metric_set("accuracy")` },
  fine_tune: { kind: "fine_tune", example: `fine_tune({ from: "conv5_block1_1_conv" })` },
} as const;

class Parts implements Workflow {
  readonly kind = "workflow";
  declare readonly data?: DatasetDescription;
  declare readonly recipe?: RecipeDescription;
  declare readonly model?: ModelDescription;
  declare readonly metrics?: MetricSetDescription;
  declare readonly fine_tune?: FineTuneDescription;
  readonly #parts: WorkflowParts;
  constructor(parts: WorkflowParts) {
    for (const [name, part] of Object.entries(parts)) check(name as keyof WorkflowParts, part);
    this.#parts = parts;
    Object.assign(this, parts);
    lock(this, ["kind", ...Object.keys(parts)]);
  }
  add_data(data: Dataset): Workflow {
    return this.#with("data", data);
  }
  add_recipe(recipe: Recipe): Workflow {
    return this.#with("recipe", recipe);
  }
  add_model(model: ModelDescription): Workflow {
    return this.#with("model", model);
  }
  add_metrics(metrics: MetricSet): Workflow {
    return this.#with("metrics", metrics);
  }
  add_fine_tune(fine_tune: FineTune): Workflow {
    return this.#with("fine_tune", fine_tune);
  }
  #with(name: keyof WorkflowParts, part: unknown): Workflow {
    check(name, part);
    return new Parts({ ...this.#parts, [name]: part });
  }
}

function check(name: keyof WorkflowParts, part: unknown): void {
  const { kind, example } = wanted[name];
  if ((part as { kind?: unknown } | null | undefined)?.kind === kind) return;
  const hint =
    name === "model" && typeof part === "function"
      ? " Call it with its arguments: a spec alone is no model."
      : "";
  throw new SpecError(
    "wrong-part",
    `The ${name} of a workflow must be something like ${example}, and is ${named(part)}.${hint}`,
  );
}
