import { describe, it } from "vitest";
import { expectTuned } from "../../language/tuned.ts";

const folds = "resamples: vfold_cv({ v: 5 })";

describe("tuned-not-gridded", () => {
  it("misses the column of a mark in a table", () => {
    expectTuned(
      `export default tune_grid(wf, { ${folds}, grid: [{ dense_units: 16 }, { dense_units: 32 }] });`,
      `network({
  dense_units: tune(),
  learn_rate: tune("rate"),
  //          ^^^^^^^^^^^^ error tuned-not-gridded: "learn_rate" is marked with tune(), but the grid has no column "rate". Write one, or give "learn_rate" a value.
})`,
    );
  });
  it("misses a value in one candidate", () => {
    expectTuned(`export default tune_grid(wf, {
  ${folds},
  grid: [
    { dense_units: 16, learn_rate: 0.1 },
    { dense_units: 32 },
  // [{ dense_units: 32 }] error tuned-not-gridded: This candidate has no value for "learn_rate".
  ],
});`);
  });
  it("follows a table by its name, and marks of a recipe's steps", () => {
    expectTuned(
      `const table = [{ dense_units: 16 }];
const with_steps = wf.add_recipe(rec.step_pca("image", { num_comp: tune() }));
//                                                                 ^^^^^^ error tuned-not-gridded: "num_comp" is marked with tune(), but the grid has no column "num_comp". …
export default tune_grid(with_steps, { ${folds}, grid: table });`,
      "network({ dense_units: tune() })",
    );
  });
  it("is silent where all have values, or some may", () => {
    expectTuned(`
import { more, row } from "./grid.ts";
export const a = tune_grid(wf, { ${folds}, grid: [{ dense_units: 16, learn_rate: 0.1 }] });
export const b = tune_grid(wf, { ${folds}, grid: [...more] });
export const c = tune_grid(wf, { ${folds}, grid: [row] });
export const d = tune_grid(wf, { ${folds}, grid: grid_regular(extract_parameter_set_dials(wf), { levels: 2 }) });
export const e = tune_grid(wf, { ${folds} });
export const f = tune_grid(wf, { ${folds}, grid: grid_regular(parameters({ dense_units: hidden_units([16, 64]) })) });`);
  });
});
