import { average, AVERAGED, prevalences, SENSITIVITY, shares, SPECIFICITY, truthsOf } from "../averaging.ts";
import type { ClassMetric } from "../metric.ts";

/**
 * Positive predictive value by Bayes' rule: how probably a row that is taken for the class is of it, in a population in which `prevalence`
 * of the rows are. With the rows' own prevalence it is precision. A class for which it is not defined leaves "macro" without a value.
 */
export const ppv: ClassMetric = {
  name: "ppv",
  mode: "classification",
  from: "classes",
  direction: "maximize",
  options: ["estimator", "event_level", "prevalence"],
  estimators: AVERAGED,
  compute: (confusion, how) => {
    const sens = shares("ppv", confusion, how, SENSITIVITY);
    const spec = shares("ppv", confusion, how, SPECIFICITY);
    const prevalence = prevalences(confusion, how).map((own) => how.options.prevalence ?? own);
    const values = sens.map((sensitivity, i) => {
      const right = sensitivity * prevalence[i]!;
      const wrong = (1 - spec[i]!) * (1 - prevalence[i]!);
      return right / (right + wrong);
    });
    return average(values, truthsOf(confusion), how.estimator, "keep");
  },
};
