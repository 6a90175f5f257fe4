import { describe, it } from "vitest";
import { expectTuned } from "../../language/tuned.ts";

const folds = "resamples: vfold_cv({ v: 5 })";

describe("empty-grid", () => {
  it("finds no rows, no size and no levels", () => {
    expectTuned(`
export const a = tune_grid(wf, { ${folds}, grid: [] });
//                                                                    ^^ error empty-grid: This grid has no candidates, so there is nothing to try. Give it at least one.
export const b = tune_grid(wf, { ${folds}, grid: 0 });
//                                                                    ^ error empty-grid: …
export const c = tune_grid(wf, { ${folds}, grid: grid_random({ size: 0 }) });
//                                                                                        ^ error empty-grid: …
export const d = tune_race_anova(wf, { ${folds}, grid: grid_regular({ levels: 0 }) });
//                                                                                                 ^ error empty-grid: …
export const e = tune_grid(wf, { ${folds}, grid: grid_regular({ levels: { dense_units: 0 } }) });
//                                                                                                          ^ error empty-grid: "dense_units" has no levels, so the grid has no candidates. Give it 1 or more.
`);
  });
});
