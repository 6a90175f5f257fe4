import { UserError, type MetricRow } from "../protocol/index.ts";
import { openFittedRun } from "./fitted-run.ts";
import { metricRows } from "./metric-rows.ts";
import type { NewDataHooks, NewDataRequest } from "./predict.ts";
import { metricsOf } from "./saved-recipe.ts";

/**
 * The metrics of a run's model on new data whose outcomes are known: a CSV with the outcome's column, or
 * folders of images named after the classes. Rows have `set: "test"`.
 *
 * @throws UserError when the run has no model, or the data do not fit it or tell no outcome.
 */
export async function evaluate(
  request: NewDataRequest,
  hooks: NewDataHooks,
  signal?: AbortSignal,
): Promise<{ readonly n: number; readonly metrics: readonly MetricRow[] }> {
  const run = await openFittedRun(request.run);
  try {
    const data = await import("../data/index.ts");
    const context = { specFolder: process.cwd(), ...(signal ? { signal } : {}) };
    const { table, notes } = await data.readNewData(request.data, run.recipe, context);
    for (const note of notes) hooks.note?.(note);
    const missing = run.recipe.outcomes.find(({ name }) => !table.columns.has(name));
    if (missing !== undefined) throw new UserError("no-truth", noTruth(missing, run.recipe.predictors));
    const baked = data.bakeTable(run.recipe, table, { outcomes: true });
    const predictions = await run.model.predict(baked, signal, (done) => hooks.progress?.(done, table.rows));
    return {
      n: baked.rows,
      metrics: metricRows(
        metricsOf(run),
        run.mode,
        "test",
        baked.outcomes,
        predictions,
        hooks.note?.bind(hooks),
      ),
    };
  } finally {
    run.model.dispose();
  }
}

function noTruth(
  { name, levels }: { readonly name: string; readonly levels?: readonly string[] },
  predictors: readonly { readonly kind: string }[],
): string {
  const folders =
    levels !== undefined && predictors.some(({ kind }) => kind === "image")
      ? ` Give a folder with a folder for each class: ${levels.slice(0, 5).join(", ")}${levels.length > 5 ? ", …" : ""}.`
      : ` Give a CSV file with a column "${name}".`;
  return `These data do not tell the truth of "${name}", so there is nothing to compare predictions with.${folders}`;
}
