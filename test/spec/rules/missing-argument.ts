import { describe, it } from "vitest";
import { expectProblems } from "../../language/markers.ts";

describe("missing-argument", () => {
  it("asks for a hyperparameter without a default", () => {
    expectProblems(`
const network = create_keras_functional_spec({
  model_name: "network",
  mode: "classification",
  layer_blocks: { input: input_block, dense: inp_spec(needy_block, "input"), output: inp_spec(output_block, "dense") },
});
    network();
//  [network] error missing-argument: This model needs "dense_units", which has no default. Give it a value: \`{ dense_units: … }\`.
`);
  });
  it("does not ask for what is only misspelt", () => {
    expectProblems(`
const network = create_keras_functional_spec({
  model_name: "network",
  mode: "classification",
  layer_blocks: { input: input_block, dense: inp_spec(needy_block, "input"), output: inp_spec(output_block, "dense") },
});
network({ dense_unts: 3 });
    //    ^^^^^^^^^^ error unknown-argument: This model has no argument "dense_unts". Did you mean "dense_units"?
`);
  });
  it("is content once it is given", () => {
    expectProblems(`
const network = create_keras_functional_spec({
  model_name: "network",
  mode: "classification",
  layer_blocks: { input: input_block, dense: inp_spec(needy_block, "input"), output: inp_spec(output_block, "dense") },
});
network({ dense_units: 3 });
network({ ...others });
`);
  });
});
