import { closestName } from "../closest-name.ts";
import { changeTo } from "../fixes.ts";
import { listed, meant } from "../wording.ts";
import type { Tuning } from "../spec-file.ts";
import type { FileRule } from "./rule.ts";

/** What a workflow without metrics is measured by; a test compares it with the room `metrics`. */
export const USUAL_METRICS: Readonly<Record<"classification" | "regression", readonly string[]>> = {
  classification: ["accuracy"],
  regression: ["rmse", "rsq", "mae"],
};

/** A candidate is chosen by a metric that its tuning does not measure. */
export const unmeasuredMetric: FileRule = {
  code: "unmeasured-metric",
  severity: "error",
  about: "A candidate is chosen by a metric that its tuning does not measure.",
  on: "file",
  *check({ selections = [] }) {
    for (const { tuning, metric } of selections) {
      const measured = tuning && measuredBy(tuning);
      if (metric === undefined || measured === undefined || measured.includes(metric.name)) continue;
      const closest = closestName(metric.name, measured);
      yield {
        message: `"${metric.name}" is not measured. ${meant(closest, `This tuning measures ${listed(measured)}; say what else: metric_set(${[...measured, metric.name].map((one) => `"${one}"`).join(", ")}).`)}`,
        span: metric.span,
        fix: changeTo(closest, metric.span),
      };
    }
  },
};

function measuredBy({ metrics, workflow }: Tuning): readonly string[] | undefined {
  if (metrics !== "absent") return metrics;
  const mode = workflow?.model?.spec.mode;
  return mode === undefined || mode === "unknown" ? undefined : USUAL_METRICS[mode];
}
