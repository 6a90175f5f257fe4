import { describe, it } from "vitest";
import { expectTuned } from "../../language/tuned.ts";

describe("nothing-tuned", () => {
  it("says what to do with a workflow that marks nothing", () => {
    expectTuned(
      `export default tune_grid(wf, { resamples: vfold_cv({ v: 5 }), grid: 10 });
    //         ^^^^^^^^^ warning nothing-tuned: This workflow marks nothing with tune(), so tune_grid() only measures it as it is. Mark an argument, units: tune(), or say fit_resamples().`,
      "network({ dense_units: 16 })",
    );
  });
  it("has nothing against fit_resamples, nor against a set of which one workflow tunes nothing", () => {
    expectTuned(
      `export default fit_resamples(wf, { resamples: vfold_cv({ v: 5 }) });
export const all = workflow_map(workflow_set({ wf, other: wf.add_model(network({ dense_units: tune() })) }), "tune_grid", {
  resamples: vfold_cv(),
});`,
      "network({ dense_units: 16 })",
    );
  });
  it("is silent where a mark may come from elsewhere", () => {
    expectTuned(
      `export default tune_grid(wf, { resamples: vfold_cv({ v: 5 }) });
import { units } from "./units.ts";`,
      "network({ dense_units: units })",
    );
  });
});
