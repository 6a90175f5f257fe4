import { describe, it } from "vitest";
import { expectProblemsOfBlocks, expectProblems } from "../../language/markers.ts";

describe("no-output", () => {
  it("offers the last block", () => {
    expectProblemsOfBlocks(`
    input: input_block,
    ouput: inp_spec(output_block, "input"),
    // [ouput] error no-output: No block is named "output". Rename the last block, "ouput", to "output".
`);
  });
  it("asks for one where there is none", () => {
    expectProblems(`
const network = create_keras_functional_spec({
  model_name: "network",
  layer_blocks: { input: input_block },
  // [layer_blocks] error no-output: No block is named "output". Add one that returns the estimate: …
});
`);
  });
  it("wants a block for each outcome of the recipe", () => {
    expectProblems(`
const network = create_keras_functional_spec({
  model_name: "network",
  mode: "regression",
  layer_blocks: {
  // [layer_blocks] error no-output: The recipe has 2 outcomes, and no block is named "area". Give each outcome a block of its name.
    input: input_block,
    price: inp_spec(estimate_block, "input"),
  },
});
export default workflow({ data: datasets.csv("homes.csv"), recipe: recipe("price + area ~ ."), model: network() });
`);
  });
  it("takes one block for each outcome as outputs", () => {
    expectProblems(`
const network = create_keras_functional_spec({
  model_name: "network",
  mode: "regression",
  layer_blocks: {
    input: input_block,
    price: inp_spec(estimate_block, "input"),
    area: inp_spec(estimate_block, "input"),
  },
});
export default workflow({ data: datasets.csv("homes.csv"), recipe: recipe("price + area ~ ."), model: network() });
`);
  });
});
