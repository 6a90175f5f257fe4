import { closestName } from "../closest-name.ts";
import { changeTo } from "../fixes.ts";
import { listed, meant } from "../wording.ts";
import type { FileRule } from "./rule.ts";

/** A candidate is chosen by a metric that its tuning does not measure. */
export const unmeasuredMetric: FileRule = {
  code: "unmeasured-metric",
  severity: "error",
  about: "A candidate is chosen by a metric that its tuning does not measure.",
  on: "file",
  *check({ selections = [] }) {
    for (const { tuning, metric } of selections) {
      const measured = tuning?.metrics;
      if (metric === undefined || measured === undefined || measured.includes(metric.name)) continue;
      const closest = closestName(metric.name, measured);
      yield {
        message: `"${metric.name}" is not measured. ${meant(closest, `This tuning measures ${listed(measured)}; add it there: metric_set(${[...measured, metric.name].map((one) => `"${one}"`).join(", ")}).`)}`,
        span: metric.span,
        fix: changeTo(closest, metric.span),
      };
    }
  },
};
