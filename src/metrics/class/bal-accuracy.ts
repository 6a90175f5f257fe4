import { macro } from "../confusion.ts";
import type { ClassMetric } from "../metric.ts";

/** Balanced accuracy: the mean of sensitivity and specificity. */
export const bal_accuracy: ClassMetric = {
  name: "bal_accuracy",
  mode: "classification",
  direction: "maximize",
  several: "macro",
  compute: ({ confusion }) =>
    macro(confusion, ({ hits, truths, estimates, total }) => {
      const others = total - truths;
      const rejected = others - (estimates - hits);
      return (hits / truths + rejected / others) / 2;
    }),
};
