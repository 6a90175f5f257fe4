import { oneAgainstRest } from "../confusion.ts";
import type { ClassMetric } from "../metric.ts";

/** Cohen's kappa, unweighted: accuracy beyond what chance would give with the same margins. */
export const kap: ClassMetric = {
  name: "kap",
  mode: "classification",
  direction: "maximize",
  several: "multiclass",
  compute: ({ confusion }) => {
    const classes = oneAgainstRest(confusion);
    const { total } = confusion;
    const observed = classes.reduce((sum, { hits }) => sum + hits, 0) / total;
    const chance = classes.reduce((sum, { truths, estimates }) => sum + truths * estimates, 0) / total ** 2;
    return (observed - chance) / (1 - chance);
  },
};
