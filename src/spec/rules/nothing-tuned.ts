import { marksOf } from "../marks.ts";
import type { FileRule } from "./rule.ts";

/** A workflow without any `tune()` is handed to a function that tunes. */
export const nothingTuned: FileRule = {
  code: "nothing-tuned",
  severity: "warning",
  about: "A workflow that is tuned marks nothing with `tune()`.",
  on: "file",
  *check({ tunings = [] }) {
    for (const { method, workflow, span } of tunings) {
      if (method === "fit_resamples" || workflow === undefined) continue;
      const { list, complete } = marksOf(workflow);
      if (complete && list.length === 0)
        yield {
          message: `This workflow marks nothing with tune(), so ${method}() only measures it as it is. Mark an argument, units: tune(), or say fit_resamples().`,
          span,
        };
    }
  },
};
