import { average, AVERAGED, SENSITIVITY, shares, SPECIFICITY, truthsOf } from "../averaging.ts";
import type { ClassMetric } from "../metric.ts";

/**
 * Balanced accuracy: the mean of sensitivity and specificity. As in yardstick "macro" has no value where a class lacks either, and the
 * mean over several classes is not scikit-learn's, which is the mean sensitivity alone.
 */
export const bal_accuracy: ClassMetric = {
  name: "bal_accuracy",
  mode: "classification",
  from: "classes",
  direction: "maximize",
  options: ["estimator", "event_level"],
  estimators: AVERAGED,
  compute: (confusion, how) => {
    const sens = shares("bal_accuracy", confusion, how, SENSITIVITY);
    const spec = shares("bal_accuracy", confusion, how, SPECIFICITY);
    const values = sens.map((sensitivity, i) => (sensitivity + spec[i]!) / 2);
    return average(values, truthsOf(confusion), how.estimator, "keep");
  },
};
