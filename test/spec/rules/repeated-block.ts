import { describe, it } from "vitest";
import { expectProblems } from "../../language/markers.ts";

describe("repeated-block", () => {
  it("cannot repeat a block with two tensors", () => {
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
network({ num_join: 2 });
    //    ^^^^^^^^ error repeated-block: Block "join" takes 2 tensors ("left", "right"), so it cannot be repeated. Remove "num_join", or let the block take one tensor.
`);
  });
  it("cannot repeat an input", () => {
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
network({ num_input: 2 });
    //    ^^^^^^^^^ error repeated-block: Block "input" is an input and is there exactly once. Remove "num_input".
`);
  });
  it("repeats a block with one tensor, and leaves out any", () => {
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
network({ num_dense: 3, num_join: 0 });
`);
  });
});
