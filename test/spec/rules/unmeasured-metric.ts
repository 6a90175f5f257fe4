import { describe, expect, it } from "vitest";
import { metricSet } from "../../../src/metrics/index.ts";
import { USUAL_METRICS } from "../../../src/spec/rules/unmeasured-metric.ts";
import { fixed } from "../../language/markers.ts";
import { expectTuned, tuned } from "../../language/tuned.ts";

const tuning = "tune_grid(wf, { resamples: vfold_cv({ v: 5 }), grid: 10 })";

describe("unmeasured-metric", () => {
  it("says what is measured", () => {
    expectTuned(`const results = ${tuning};
export const best = last_fit(finalize_workflow(wf, select_best(results, "kap")));
//                                                                      ^^^^^ error unmeasured-metric: "kap" is not measured. This tuning measures "accuracy" and "roc_auc"; say what else: metric_set("accuracy", "roc_auc", "kap").
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
  it("knows the names of metric_tweak(), and what is measured where nothing is said", () => {
    expectTuned(`import { metric_tweak } from "kspec";
const results = tune_grid(wf, { resamples: vfold_cv(), metrics: metric_set("kap", metric_tweak("f2_meas", "f_meas", { beta: 2 })) });
export default fit_best(results, { metric: "f2_meas" });
const plain = workflow({ recipe: rec, model: network({ dense_units: tune() }) });
export const other = fit_best(tune_grid(plain, { resamples: vfold_cv() }), { metric: "rmse" });
//                                                                                   ^^^^^^ error unmeasured-metric: "rmse" is not measured. This tuning measures "accuracy"; say what else: metric_set("accuracy", "rmse").
`);
  });
  it("knows the usual metrics as they are computed", () => {
    for (const mode of ["classification", "regression"] as const)
      expect(USUAL_METRICS[mode]).toEqual(metricSet(undefined, mode).map(({ name }) => name));
  });
});
