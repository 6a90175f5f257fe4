import { average, AVERAGED, prevalences, SENSITIVITY, shares, SPECIFICITY, truthsOf } from "../averaging.ts";
import type { ClassMetric } from "../metric.ts";

/**
 * Negative predictive value by Bayes' rule: how probably a row that is not taken for the class is not of it, in a population in which
 * `prevalence` of the rows are. A class for which it is not defined leaves "macro" without a value.
 */
export const npv: ClassMetric = {
  name: "npv",
  mode: "classification",
  from: "classes",
  direction: "maximize",
  options: ["estimator", "event_level", "prevalence"],
  estimators: AVERAGED,
  compute: (confusion, how) => {
    const sens = shares("npv", confusion, how, SENSITIVITY);
    const spec = shares("npv", confusion, how, SPECIFICITY);
    const prevalence = prevalences(confusion, how).map((own) => how.options.prevalence ?? own);
    const values = spec.map((specificity, i) => {
      const right = specificity * (1 - prevalence[i]!);
      const wrong = (1 - sens[i]!) * prevalence[i]!;
      return right / (right + wrong);
    });
    return average(values, truthsOf(confusion), how.estimator, "keep");
  },
};
