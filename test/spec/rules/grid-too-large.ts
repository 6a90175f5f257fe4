import { describe, it } from "vitest";
import { expectTuned } from "../../language/tuned.ts";

describe("grid-too-large", () => {
  it("counts candidates and folds", () => {
    expectTuned(`
export const a = tune_grid(wf, { resamples: vfold_cv({ v: 10, repeats: 2 }), grid: grid_regular({ levels: 100 }) });
//                                                                                                        ^^^ information grid-too-large: This grid makes up to 10,000 candidates on 20 resamples, 200,000 fits. Fewer levels, a grid of a given size, grid: 30, or tune_race_anova() take less.
export const b = tune_race_anova(wf, { resamples: vfold_cv({ v: 5 }), grid: 100_000 });
//                                                                          ^^^^^^^ information grid-too-large: This grid makes 100,000 candidates on 5 resamples, 500,000 fits. The race gives most of them up early; …
`);
  });
  it("knows how many whole numbers a range has, and how many values there are", () => {
    expectTuned(`export default tune_grid(wf, {
  resamples: vfold_cv({ v: 5 }),
  grid: grid_regular(parameters({ dense_units: hidden_units([1, 10]), learn_rate: learn_rate([-4, -1]) }), { levels: 200 }),
});`);
  });
});
