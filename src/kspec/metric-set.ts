import type { MetricSetDescription } from "./description.ts";
import { advice } from "./known-options.ts";
import { SpecError } from "./spec-error.ts";

const names = [
  "accuracy",
  "bal_accuracy",
  "kap",
  "precision",
  "recall",
  "f_meas",
  "roc_auc",
  "mn_log_loss",
  "rmse",
  "rsq",
  "mae",
] as const;

/** A metric by yardstick's name. */
export type MetricName = (typeof names)[number];

/** What a fitted model is measured by. */
export interface MetricSet extends MetricSetDescription {
  readonly kind: "metric_set";
  readonly metrics: readonly MetricName[];
}

/**
 * Metrics by yardstick's names, in the order they are reported.
 *
 * ```ts
 * metric_set("accuracy", "roc_auc")
 * ```
 */
export function metric_set(...metrics: [MetricName, ...MetricName[]]): MetricSet {
  if (metrics.length === 0)
    throw new SpecError("no-metric", `metric_set() needs at least one metric: metric_set("accuracy").`);
  for (const metric of metrics)
    if (!names.includes(metric))
      throw new SpecError(
        "unknown-metric",
        `No metric is named "${String(metric)}". ${advice(String(metric), names)}`,
      );
  return Object.freeze({ kind: "metric_set", metrics: Object.freeze([...new Set(metrics)]) });
}
