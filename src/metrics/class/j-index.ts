import { average, AVERAGED, SENSITIVITY, shares, SPECIFICITY, truthsOf } from "../averaging.ts";
import type { ClassMetric } from "../metric.ts";

/** Youden's J (Cancer 3, 1950): sensitivity + specificity − 1. Means leave out classes for which it is not defined. */
export const j_index: ClassMetric = {
  name: "j_index",
  mode: "classification",
  from: "classes",
  direction: "maximize",
  options: ["estimator", "event_level"],
  estimators: AVERAGED,
  compute: (confusion, how) => {
    const sens = shares("j_index", confusion, how, SENSITIVITY);
    const spec = shares("j_index", confusion, how, SPECIFICITY);
    const values = sens.map((sensitivity, i) => sensitivity + spec[i]! - 1);
    return average(values, truthsOf(confusion), how.estimator, "skip");
  },
};
