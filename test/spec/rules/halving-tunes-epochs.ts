import { describe, it } from "vitest";
import { expectTuned } from "../../language/tuned.ts";

describe("halving-tunes-epochs", () => {
  it("shows the mark of what the method sets itself", () => {
    expectTuned(
      `import { tune_successive_halving } from "kspec";
export const results = tune_successive_halving(wf, { resamples: vfold_cv({ v: 3 }), grid: 9 });
export const other = tune_grid(wf, { resamples: vfold_cv({ v: 3 }), grid: 9 });`,
      `network({
  dense_units: tune(), fit_epochs: tune(),
  //                               ^^^^^^ error halving-tunes-epochs: tune_successive_halving() says itself how many epochs a candidate gets. Give "fit_epochs" a value: the most that one may get.
})`,
    );
  });
});
