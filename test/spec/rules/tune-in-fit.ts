import { describe, it } from "vitest";
import { expectProblems } from "../../language/markers.ts";
import { expectTuned } from "../../language/tuned.ts";

describe("tune-in-fit", () => {
  it("wants a value in a workflow that is fitted", () => {
    expectProblems(`
const network = create_keras_functional_spec({
  model_name: "network",
  mode: "classification",
  layer_blocks: {
    input: input_block,
    dense: inp_spec(dense_block, "input"),
    join: inp_spec(join_block, { left: "dense", right: "input" }),
    output: inp_spec(output_block, "join"),
  },
});
export default workflow({ model: network({ dense_units: tune() }) });
    //                                                  ^^^^^^ error tune-in-fit: "dense_units" is marked with tune(), but this workflow is fitted as it is. Give "dense_units" a value.
`);
  });
  it("follows the workflow to its model", () => {
    expectProblems(`
const network = create_keras_functional_spec({
  model_name: "network",
  mode: "classification",
  layer_blocks: {
    input: input_block,
    dense: inp_spec(dense_block, "input"),
    join: inp_spec(join_block, { left: "dense", right: "input" }),
    output: inp_spec(output_block, "join"),
  },
});
const model = network({ dense_units: tune("units") });
    //                               ^^^^^^^^^^^^^ error tune-in-fit: "dense_units" is marked with tune(), …
export default workflow().add_model(model);
`);
  });
  it("lets a workflow be tuned elsewhere", () => {
    expectProblems(`
const network = create_keras_functional_spec({
  model_name: "network",
  mode: "classification",
  layer_blocks: {
    input: input_block,
    dense: inp_spec(dense_block, "input"),
    join: inp_spec(join_block, { left: "dense", right: "input" }),
    output: inp_spec(output_block, "join"),
  },
});
export const to_tune = workflow({ model: network({ dense_units: tune() }) });
export default tune_grid(to_tune);
`);
  });
  it("has nothing against a model that is in no workflow", () => {
    expectProblems(`
const network = create_keras_functional_spec({
  model_name: "network",
  mode: "classification",
  layer_blocks: {
    input: input_block,
    dense: inp_spec(dense_block, "input"),
    join: inp_spec(join_block, { left: "dense", right: "input" }),
    output: inp_spec(output_block, "join"),
  },
});
const candidate = network({ dense_units: tune() });
`);
  });
  it("lets marks be of a workflow that a tuning takes, finalized or not", () => {
    expectTuned(`
export const results = tune_grid(wf, { resamples: vfold_cv({ v: 5 }), grid: grid_regular({ levels: 3 }) });
export default last_fit(finalize_workflow(wf, select_best(results, "accuracy")));
export { wf };`);
  });
  it("wants a value in a last fit of the workflow itself, and on resamples", () => {
    const model = `network({
  dense_units: tune(),
  //           ^^^^^^ error tune-in-fit: "dense_units" is marked with tune(), but WHY. Give "dense_units" a value.
})`;
    expectTuned("export default last_fit(wf);", model.replace("WHY", "this workflow is fitted as it is"));
    expectTuned(
      "export default fit_resamples(wf, { resamples: vfold_cv({ v: 5 }) });",
      model.replace("WHY", "fit_resamples() fits the workflow as it is"),
    );
  });
  it("is satisfied with plain values, and not with some of them", () => {
    expectTuned("export default finalize_workflow(wf, { dense_units: 16, learn_rate: 0.1 });");
    expectTuned(
      "export default finalize_workflow(wf, { dense_units: 16 });",
      `network({
  dense_units: tune(), learn_rate: tune(),
  //                               ^^^^^^ error tune-in-fit: "learn_rate" is marked with tune(), …
})`,
    );
  });
});
