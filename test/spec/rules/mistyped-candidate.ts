import { describe, it } from "vitest";
import { expectTuned } from "../../language/tuned.ts";

const folds = "resamples: vfold_cv({ v: 5 })";

describe("mistyped-candidate", () => {
  it("knows what an argument takes", () => {
    expectTuned(`export default tune_grid(wf, {
  ${folds},
  grid: [{ dense_units: "16", learn_rate: 0.1 }, { dense_units: 32, learn_rate: -1 }],
  //                    ^^^^ error mistyped-candidate: "dense_units" takes a number, and this is the string "16".
  //                                                                            ^^ error mistyped-candidate: "learn_rate" takes a number above 0 or a schedule, and this is -1.
});`);
  });
  it("knows how often a block can be repeated", () => {
    expectTuned(
      `export default tune_grid(wf, {
  ${folds},
  param_info: parameters({ num_dense: num_terms([-1, 3]) }),
  //                                  ^^^^^^^^^^^^^^^^^^ error mistyped-candidate: "num_dense" takes a whole number from 0 on, and the range goes to -1.
});`,
      "network({ num_dense: tune() })",
    );
  });
  it("leaves ranges of powers alone", () => {
    expectTuned(
      `export default tune_grid(wf, { ${folds}, grid: grid_random(parameters({ learn_rate: learn_rate([-4, -1]), fit_batch_size: batch_size([0, 5]) })) });`,
      "network({ learn_rate: tune(), fit_batch_size: tune() })",
    );
  });
});
