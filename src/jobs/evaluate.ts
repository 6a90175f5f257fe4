import type { MetricRow } from "../protocol/index.ts";
import { openFittedRun } from "./fitted-run.ts";
import { metricRows } from "./metric-rows.ts";
import type { NewDataHooks, NewDataRequest } from "./predict.ts";
import { readTruth } from "./read-truth.ts";
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
    const baked = await readTruth(run, request.data, hooks, signal);
    const predictions = await run.model.predict(baked, signal, (done) => hooks.progress?.(done, baked.rows));
    const note = hooks.note?.bind(hooks);
    return {
      n: baked.rows,
      metrics: metricRows(metricsOf(run), run.mode, "test", baked.outcomes, predictions, note),
    };
  } finally {
    run.model.dispose();
  }
}
