import { describe, expect, it } from "vitest";
import { fixed } from "../../language/markers.ts";
import { expectTuned, tuned } from "../../language/tuned.ts";

const tuning = "tune_grid(wf, { resamples: vfold_cv({ v: 5 }), grid: 10 })";

describe("unmeasured-metric", () => {
  it("says what is measured", () => {
    expectTuned(`const results = ${tuning};
export const best = last_fit(finalize_workflow(wf, select_best(results, "kap")));
//                                                                      ^^^^^ error unmeasured-metric: "kap" is not measured. This tuning measures "accuracy" and "roc_auc"; add it there: metric_set("accuracy", "roc_auc", "kap").
export const also = fit_best(results, { metric: "mcc" });
//                                              ^^^^^ error unmeasured-metric: …
`);
  });
  it("takes the tuning's own metrics before its workflow's", () => {
    expectTuned(`const results = tune_grid(wf, { resamples: vfold_cv(), metrics: metric_set("kap") });
export default fit_best(results, { metric: "kap" });
export const simple = select_by_one_std_err(results, "dense_units", { metric: "accuracy" });
//                                                                            ^^^^^^^^^^ error unmeasured-metric: …
`);
  });
  it("writes what was meant", () => {
    const text = tuned(`export default fit_best(${tuning}, { metric: "acuracy" });`);
    expect(fixed(text, "unmeasured-metric")).toContain('{ metric: "accuracy" }');
  });
});
