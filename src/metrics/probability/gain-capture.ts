import { AVERAGED_AREAS } from "../averaging.ts";
import { gainCurve } from "../curves/gain-curve.ts";
import type { ProbabilityMetric } from "../metric.ts";
import { againstRest, hasBoth } from "./against-rest.ts";
import { area } from "./thresholds.ts";

/**
 * Of the area between the baseline and the perfect gain curve, the share that is below the gain curve: the accuracy ratio of
 * credit scoring. For two classes it is 2 · roc_auc − 1 (Gini).
 */
export const gain_capture: ProbabilityMetric = {
  name: "gain_capture",
  mode: "classification",
  from: "probabilities",
  direction: "maximize",
  options: ["estimator", "event_level"],
  estimators: AVERAGED_AREAS,
  compute: (data, how) =>
    againstRest(data, how, (rows, level) => {
      if (!hasBoth("gain_capture", rows, how.levels[level]!, how)) return NaN;
      const curve = gainCurve(rows);
      const events = curve.events.at(-1)! / curve.tested.at(-1)!;
      const below = area(curve.percentTested, curve.percentFound) / 100 ** 2;
      // A perfect order finds all events first: the area is 1 less a triangle.
      const perfect = 1 - events / 2;
      return (below - 0.5) / (perfect - 0.5);
    }),
};
