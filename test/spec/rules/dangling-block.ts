import { describe, it } from "vitest";
import { expectProblemsOfBlocks, expectProblems } from "../../language/markers.ts";

describe("dangling-block", () => {
  it("shows a block that nothing reads", () => {
    expectProblemsOfBlocks(`
    input: input_block,
    spare: inp_spec(dense_block, "input"),
    // [spare] warning dangling-block: Nothing reads block "spare", so it is not part of the model. Wire a block to it with inp_spec, or remove it.
    output: inp_spec(output_block, "input"),
`);
  });
  it("speaks of the end of a dead branch only", () => {
    expectProblemsOfBlocks(`
    input: input_block,
    a: inp_spec(dense_block, "input"),
    b: inp_spec(dense_block, "a"),
    // [b] warning dangling-block: Nothing reads block "b", …
    output: inp_spec(output_block, "input"),
`);
  });
  it("takes a misspelt name for a reader", () => {
    expectProblemsOfBlocks(`
    input: input_block,
    hidden: inp_spec(dense_block, "input"),
    output: inp_spec(output_block, "hiden"),
    //                             ^^^^^^^ error unknown-upstream: No block is named "hiden". Did you mean "hidden"?
`);
  });
  it("is silent when a block that is not finished may read it", () => {
    expectProblemsOfBlocks(`
    input: input_block,
    hidden: inp_spec(dense_block, "input"),
    output: output_block,
    //      ^^^^^^^^^^^^ error unsupplied-argument: …
`);
  });
  it("is silent when a block from another file may read it", () => {
    expectProblems(`
import { head } from "./heads.ts";
const network = create_keras_functional_spec({
  model_name: "network",
  layer_blocks: { input: input_block, hidden: inp_spec(dense_block, "input"), output: head },
});
`);
  });
});
