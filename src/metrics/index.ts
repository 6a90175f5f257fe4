/** yardstick's metrics. `computeMetrics` is for a model's predictions, `over-rows.ts` for tables of a script's. */
export { computeMetrics, type Estimates, type MeasureOptions, type Truth } from "./compute-metrics.ts";
export { confusionMatrix } from "./confusion.ts";
export type { MetricNote, MetricRow } from "./measure.ts";
export type { Confusion, Estimator, Metric } from "./metric.ts";
export {
  MetricError,
  metricSet,
  type ChosenMetric,
  type MetricChoice,
  type MetricNames,
  type TweakedMetric,
  type Mode,
} from "./metric-set.ts";
export type { MetricOptions } from "./options.ts";
export { DEFAULT_METRICS, METRICS } from "./registry.ts";
