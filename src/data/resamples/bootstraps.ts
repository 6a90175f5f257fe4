import { UserError } from "../../protocol/index.ts";
import { numbered, otherRows, rowsByFold, type Resampling } from "./resampling.ts";

/**
 * `bootstraps`: as many rows as there are, drawn with replacement, are learnt from; those that were not drawn are predicted. With
 * `apparent` there is one more, in which all rows are both.
 */
export const bootstraps: Resampling = {
  label(options) {
    const times = options.whole("times", 25, 1);
    return `${times === 1 ? "a bootstrap sample" : `${times} bootstrap samples`}${options.words}${options.flag("apparent", false) ? ", and the apparent one" : ""}`;
  },
  deal(options) {
    options.needRows(2, "rows are learnt from and others predicted, so it takes two at least");
    const all = new Int32Array(options.rows).map((_, row) => row);
    const strata = options.strata();
    const groups = strata === undefined ? [all] : rowsByFold(strata.of, strata.count);
    const folds = numbered("Bootstrap", options.whole("times", 25, 1)).map((id) => {
      const random = options.random(id);
      const analysis = new Int32Array(options.rows);
      let at = 0;
      for (const rows of groups)
        for (let i = 0; i < rows.length; i++) analysis[at++] = rows[random.below(rows.length)]!;
      // Strata one after the other would leave the last rows to one of them.
      if (groups.length > 1) random.shuffle(analysis);
      const assessment = otherRows(analysis, options.rows);
      if (assessment.length === 0)
        throw new UserError(
          "too-few-rows",
          `bootstraps: ${id} has drawn each of the ${options.rows} rows, and leaves none to predict. Give it more rows, or another seed.`,
        );
      return { id, analysis, assessment };
    });
    return options.flag("apparent", false)
      ? [...folds, { id: "Apparent", analysis: all, assessment: all }]
      : folds;
  },
};
