import { describe, it } from "vitest";
import { expectTuned } from "../../language/tuned.ts";

describe("tune-id-twice", () => {
  it("shows the second of two marks with one name", () => {
    expectTuned(
      "export default tune_grid(wf, { resamples: vfold_cv({ v: 5 }) });",
      `network({
  dense_units: tune("size"), fit_batch_size: tune("size"),
  //                                         ^^^^^^^^^^^^ error tune-id-twice: "dense_units" and "fit_batch_size" are both tuned as "size". Give one of them a name of its own: tune("other_size").
})`,
    );
  });
});
