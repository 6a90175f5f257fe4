import { describe, it } from "vitest";
import { expectProblems } from "../../language/markers.ts";

describe("two-outputs", () => {
  it("knows from the recipe that there is one outcome", () => {
    expectProblems(`
const network = create_keras_functional_spec({
  model_name: "network",
  mode: "classification",
  layer_blocks: {
    input: input_block,
    first: inp_spec(output_block, "input"),
    second: inp_spec(output_block, "input"),
    // [second] error two-outputs: Nothing reads "first" and "second", but the recipe has one outcome, "label". Name the block that estimates it "output", and wire or remove the other.
  },
});
export default workflow({ data: datasets.mnist(), recipe: recipe("label ~ image"), model: network() });
`);
  });
  it("lets a spec without a recipe have several ends", () => {
    expectProblems(`
const network = create_keras_functional_spec({
  model_name: "network",
  mode: "classification",
  layer_blocks: {
    input: input_block,
    first: inp_spec(output_block, "input"),
    second: inp_spec(output_block, "input"),
  },
});
`);
  });
});
