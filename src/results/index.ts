/**
 * `kspec/results`: what a script asks of finished runs, by the names of tune, workflowsets and yardstick. It reads run folders and
 * computes; nothing is fitted here, and no engine is loaded.
 */
export { read_run, type ReadOptions, type RunResults } from "./read-run.ts";
export {
  collect_metrics,
  collect_notes,
  show_best,
  show_notes,
  type CollectMetricsOptions,
  type ResultRow,
} from "./collect.ts";
export {
  collect_predictions,
  type CollectPredictionsOptions,
  type PredictionRow,
} from "./collect-predictions.ts";
export { glance, tidy } from "./broom.ts";
export { rank_results, type RankOptions } from "./rank.ts";
export {
  desc,
  select_best,
  select_by_one_std_err,
  select_by_pct_loss,
  type Order,
  type SelectedRow,
  type SelectOptions,
} from "./select.ts";
export { metric_set, metric_tweak } from "../kspec/metric-set.ts";
export * from "../metrics/functions.ts";
