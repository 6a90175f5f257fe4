import { expect, test } from "vitest";
import { all_numeric_predictors, datasets, metric_set, recipe, tune } from "kspec";
import { finalizeWorkflow } from "../../../src/tuning/parameters/index.ts";
import { tuned } from "../a-workflow.ts";

const wf = tuned({ dense_units: tune("units"), learn_rate: tune(), fit_epochs: 3 })
  .add_data(datasets.digits())
  .add_metrics(metric_set("accuracy"))
  .add_recipe(
    recipe("y ~ .")
      .step_normalize(all_numeric_predictors())
      .step_pca(all_numeric_predictors(), { num_comp: tune() }),
  );

test("values take the places of their marks, and everything else stays", () => {
  const done = finalizeWorkflow(wf, { units: 16, learn_rate: 0.01, num_comp: 2 });
  expect(done.model!.arguments).toEqual({ dense_units: 16, learn_rate: 0.01, fit_epochs: 3 });
  expect(done.recipe!.steps[1]!.options).toEqual({ num_comp: 2 });
  expect(done.recipe!.steps[0]).toBe(wf.recipe!.steps[0]);
  expect(done.model!.spec).toBe(wf.model!.spec);
  expect([done.data, done.metrics]).toEqual([wf.data, wf.metrics]);
  expect(wf.model!.arguments["dense_units"]).toEqual({ kind: "tune", id: "units" });
});

test("marks without a value stay", () => {
  expect(finalizeWorkflow(wf, { units: 16 }).model!.arguments["learn_rate"]).toEqual({ kind: "tune" });
});

test("a value of what nobody tunes", () => {
  expect(() => finalizeWorkflow(wf, { unit: 16 })).toThrow(
    "There is a value for `unit`, and nothing of the workflow is marked with tune() by that name. Did you mean `units`? Tuned are `units`, `learn_rate` and `num_comp`.",
  );
});
