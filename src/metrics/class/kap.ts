import { oneAgainstRest } from "../confusion.ts";
import type { ClassMetric } from "../metric.ts";

const POWERS = { none: 0, linear: 1, quadratic: 2 } as const;

/**
 * Cohen's kappa: agreement beyond what chance would give with the same margins (Educational and Psychological Measurement 20, 1960). With
 * `weighting` a disagreement counts by the distance of the classes in the order of the levels, or its square (Psychological Bulletin 70, 1968).
 */
export const kap: ClassMetric = {
  name: "kap",
  mode: "classification",
  from: "classes",
  direction: "maximize",
  options: ["weighting"],
  estimators: ["multiclass"],
  compute: (confusion, how) => {
    const classes = oneAgainstRest(confusion);
    const power = POWERS[how.options.weighting ?? "none"];
    let disagreement = 0;
    let chance = 0;
    for (const [i, { truths }] of classes.entries())
      for (const [j, { estimates }] of classes.entries()) {
        if (i === j) continue;
        const weight = Math.abs(i - j) ** power;
        disagreement += weight * confusion.counts[i]![j]!;
        chance += (weight * truths * estimates) / confusion.total;
      }
    if (chance === 0) how.note("kap is not defined: all rows are of one class, and all were taken for it.");
    return 1 - disagreement / chance;
  },
};
