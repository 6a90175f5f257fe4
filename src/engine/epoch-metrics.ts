export type { EpochMetric } from "./epoch-metrics/epoch-metric.ts";
export { findEpochMetric } from "./epoch-metrics/find-epoch-metric.ts";
