import { AVERAGED_AREAS } from "../averaging.ts";
import { prCurve } from "../curves/pr-curve.ts";
import type { ProbabilityMetric } from "../metric.ts";
import { againstRest, hasEvents } from "./against-rest.ts";

/** Precision at each threshold, weighted by how much recall grows there: the area under the precision-recall curve without interpolation. */
export const average_precision: ProbabilityMetric = {
  name: "average_precision",
  mode: "classification",
  from: "probabilities",
  direction: "maximize",
  options: ["estimator", "event_level"],
  estimators: AVERAGED_AREAS,
  compute: (data, how) =>
    againstRest(data, how, (rows, level) => {
      if (!hasEvents("average_precision", rows, how.levels[level]!, how)) return NaN;
      const { recall, precision } = prCurve(rows);
      let sum = 0;
      for (let i = 1; i < recall.length; i++) sum += (recall[i]! - recall[i - 1]!) * precision[i]!;
      return sum;
    }),
};
