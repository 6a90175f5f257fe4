import { describe, expect, it } from "vitest";
import { fixed } from "../../language/markers.ts";
import { expectTuned, tuned } from "../../language/tuned.ts";

const folds = "resamples: vfold_cv({ v: 5 })";
const one = "network({ dense_units: tune() })";

describe("gridded-not-tuned", () => {
  it("names what was meant in a table", () => {
    expectTuned(
      `export default tune_grid(wf, { ${folds}, grid: [{ dense_units: 16, learning: 1 }, { dense_units: 32, learning: 2 }] });
      // [learning] error gridded-not-tuned: Nothing of this workflow is marked with tune() as "learning". It tunes "dense_units".`,
      one,
    );
  });
  it("says how an argument that has a value is tuned", () => {
    expectTuned(
      `export default tune_grid(wf, { ${folds}, grid: [{ dense_units: 16, fit_epochs: 3 }] });
      // [fit_epochs] error gridded-not-tuned: Nothing of this workflow is marked with tune() as "fit_epochs". Write fit_epochs: tune() in the model, or remove it here.`,
      "network({ dense_units: tune(), fit_epochs: 5 })",
    );
  });
  it("reads levels, parameters and orders, too", () => {
    expectTuned(`
const params = extract_parameter_set_dials(wf).update({ dense_unit: hidden_units([16, 64]) });
//                                                      ^^^^^^^^^^ error gridded-not-tuned: …
export const results = tune_grid(wf, { ${folds}, param_info: params, grid: grid_regular({ levels: { learn_rates: 3 } }) });
// [learn_rates] error gridded-not-tuned: Nothing of this workflow is marked with tune() as "learn_rates". Did you mean "learn_rate"?
export const simple = select_by_one_std_err(results, "dense_units", desc("rate"));
//                                                                       ^^^^^^ error gridded-not-tuned: Nothing of this workflow is marked with tune() as "rate". …
`);
  });
  it("writes what was meant", () => {
    const text = tuned(
      `export default tune_grid(wf, { ${folds}, grid: [{ dense_unts: 16, learn_rate: 1 }] });`,
    );
    expect(fixed(text, "gridded-not-tuned")).toContain("grid: [{ dense_units: 16, learn_rate: 1 }]");
  });
  it("is silent where a mark may come from elsewhere", () => {
    expectTuned(
      `import { units } from "./units.ts";
export default tune_grid(wf, { ${folds}, grid: [{ dense_units: 16, learn_rate: 2 }] });`,
      "network({ dense_units: units, learn_rate: tune() })",
    );
  });
  it("reads recipes with roles, selectors and steps of all kinds", () => {
    expectTuned(`import { callbacks, not, optimizers, starts_with } from "kspec";
const houses = recipe("price ~ .").update_role("id", { new_role: "id" }).step_rm(not(starts_with("a")))
  .step_mutate({ ratio: (d) => d.a / d.b }).step_pca(starts_with("x"), { num_comp: tune() });
const model = network({
  dense_units: tune(), compile_optimizer: optimizers.sgd(), fit_callbacks: [callbacks.earlyStopping()],
});
export default tune_grid(wf.add_recipe(houses).add_model(model), { ${folds}, grid: [{ dense_units: 1, num_comps: 2, num_comp: 2 }] });
// [num_comps] error gridded-not-tuned: Nothing of this workflow is marked with tune() as "num_comps". Did you mean "num_comp"?
`);
  });
});
