import { AVERAGED_AREAS } from "../averaging.ts";
import { prCurve } from "../curves/pr-curve.ts";
import type { ProbabilityMetric } from "../metric.ts";
import { againstRest, hasEvents } from "./against-rest.ts";
import { area } from "./thresholds.ts";

/**
 * The area under the precision-recall curve by the trapezoidal rule, from the point of recall 0 and precision 1 on. That interpolates too
 * hopefully between points; `average_precision` does not.
 */
export const pr_auc: ProbabilityMetric = {
  name: "pr_auc",
  mode: "classification",
  from: "probabilities",
  direction: "maximize",
  options: ["estimator", "event_level"],
  estimators: AVERAGED_AREAS,
  compute: (data, how) =>
    againstRest(data, how, (rows, level) => {
      if (!hasEvents("pr_auc", rows, how.levels[level]!, how)) return NaN;
      const { recall, precision } = prCurve(rows);
      return area(recall, precision);
    }),
};
