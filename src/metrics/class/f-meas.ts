import { macro } from "../confusion.ts";
import type { ClassMetric } from "../metric.ts";

/**
 * The harmonic mean of precision and recall (F₁); 0 where both are 0. As in yardstick, the macro form is the mean of the
 * classes' F₁, over classes whose precision and recall are both defined.
 */
export const f_meas: ClassMetric = {
  name: "f_meas",
  mode: "classification",
  direction: "maximize",
  several: "macro",
  compute: ({ confusion }) =>
    macro(confusion, ({ hits, truths, estimates }) => {
      if (truths === 0 || estimates === 0) return NaN;
      return (2 * hits) / (truths + estimates);
    }),
};
