import { drawShare } from "./mc-cv.ts";
import type { Resampling } from "./resampling.ts";

/** `validation_split`: one resample, a share of the rows to learn from and the others to predict. */
export const validationSplit: Resampling = {
  label: (options) =>
    `a validation set of ${100 - Math.round(options.share("prop", 0.75) * 100)} %${options.words}`,
  deal: (options) => [
    {
      id: "validation",
      ...drawShare(options, options.share("prop", 0.75), options.strata(), options.random("validation")),
    },
  ],
};
