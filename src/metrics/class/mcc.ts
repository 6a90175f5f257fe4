import { oneAgainstRest } from "../confusion.ts";
import type { ClassMetric } from "../metric.ts";

/**
 * Matthews' correlation coefficient (Biochimica et Biophysica Acta 405, 1975), for more than two classes Gorodkin's (Computational
 * Biology and Chemistry 28, 2004). Not defined where truth or estimate is always the same class; scikit-learn gives 0 there.
 */
export const mcc: ClassMetric = {
  name: "mcc",
  mode: "classification",
  from: "classes",
  direction: "maximize",
  options: [],
  estimators: ["multiclass"],
  compute: (confusion, how) => {
    const classes = oneAgainstRest(confusion);
    const { total } = confusion;
    let right = 0;
    let both = 0;
    let ofTruth = total ** 2;
    let ofEstimate = total ** 2;
    for (const { hits, truths, estimates } of classes) {
      right += hits;
      both += truths * estimates;
      ofTruth -= truths ** 2;
      ofEstimate -= estimates ** 2;
    }
    const constant = (["truths", "estimates"] as const).find(
      (margin) => classes.filter((one) => one[margin] > 0).length < 2,
    );
    if (constant !== undefined) {
      const what = constant === "truths" ? "are of one class" : "were taken for one class";
      how.note(`mcc is not defined: all rows ${what}.`);
      return NaN;
    }
    return (right * total - both) / Math.sqrt(ofTruth) / Math.sqrt(ofEstimate);
  },
};
