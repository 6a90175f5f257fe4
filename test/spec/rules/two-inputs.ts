import { describe, it } from "vitest";
import { expectProblems } from "../../language/markers.ts";

describe("two-inputs", () => {
  it("knows from the recipe that there is one predictor", () => {
    expectProblems(`
const network = create_keras_functional_spec({
  model_name: "network",
  mode: "classification",
  layer_blocks: {
    first: input_block,
    second: input_block,
    // [second] error two-inputs: "first" and "second" all take input_shape, but the recipe has one predictor, "image". Keep one, and wire the blocks that read "second" to it.
    join: inp_spec(join_block, { left: "first", right: "second" }),
    output: inp_spec(output_block, "join"),
  },
});
export default workflow({ data: datasets.mnist(), recipe: recipe("label ~ image"), model: network() });
`);
  });
  it("takes an input for each predictor", () => {
    expectProblems(`
const network = create_keras_functional_spec({
  model_name: "network",
  mode: "classification",
  layer_blocks: {
    front: input_block,
    back: input_block,
    join: inp_spec(join_block, { left: "front", right: "back" }),
    output: inp_spec(output_block, "join"),
  },
});
export default workflow({ recipe: recipe("label ~ front + back"), model: network() });
`);
  });
});
