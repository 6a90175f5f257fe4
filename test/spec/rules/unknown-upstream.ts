import { describe, it } from "vitest";
import { expectProblems, expectProblemsOfBlocks } from "../../language/markers.ts";

describe("unknown-upstream", () => {
  it("names the upstream that is not there, and the likely one", () => {
    expectProblemsOfBlocks(`
    input: input_block,
    hidden: inp_spec(dense_block, "inptu"),
    //                            ^^^^^^^ error unknown-upstream: No block is named "inptu". Did you mean "input"?
    output: inp_spec(output_block, "hidden"),
`);
  });
  it("lists the blocks there are when none is near", () => {
    expectProblemsOfBlocks(`
    input: input_block,
    hidden: inp_spec(dense_block, "zebra"),
    //                            ^^^^^^^ error unknown-upstream: No block is named "zebra". Name one of "input" or "output".
    output: inp_spec(output_block, "hidden"),
`);
  });
  it("looks into mappings", () => {
    expectProblemsOfBlocks(`
    input: input_block,
    a: inp_spec(dense_block, "input"),
    join: inp_spec(join_block, { left: "a", right: "inputs" }),
    //                                             ^^^^^^^^ error unknown-upstream: No block is named "inputs". Did you mean "input"?
    output: inp_spec(output_block, "join"),
`);
  });
  it("speaks at the argument that nearly has the name of a block", () => {
    expectProblemsOfBlocks(`
    input: input_block,
    hidden: ({ inptu }: { inptu: Tensor }) => layers.dense({ units: 3 }).apply(inptu),
    //         ^^^^^ error unknown-upstream: No block is named "inptu". Did you mean "input"?
    output: inp_spec(output_block, "hidden"),
`);
  });
  it("shows the text of the name where the name is a constant", () => {
    expectProblems(`
const upstream = "inptu";
    //           ^^^^^^^ error unknown-upstream: No block is named "inptu". Did you mean "input"?
const network = create_keras_functional_spec({
  model_name: "network",
  mode: "classification",
  layer_blocks: { input: input_block, output: inp_spec(output_block, upstream) },
});
`);
  });
  it("is silent when blocks are spread in from elsewhere", () => {
    expectProblemsOfBlocks(`
    ...others,
    hidden: inp_spec(dense_block, "inptu"),
    output: inp_spec(output_block, "hidden"),
`);
  });
  it("takes blocks in any order", () => {
    expectProblemsOfBlocks(`
    output: inp_spec(output_block, "hidden"),
    hidden: inp_spec(dense_block, "input"),
    input: input_block,
`);
  });
});
