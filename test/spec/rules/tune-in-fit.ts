import { describe, it } from "vitest";
import { expectProblems } from "../../language/markers.ts";

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
});
