import { describe, it } from "vitest";
import { expectProblemsOfBlocks } from "../../language/markers.ts";

describe("mapping-invents-argument", () => {
  it("offers the argument that was meant, and does not miss it as well", () => {
    expectProblemsOfBlocks(`
    input: input_block,
    join: inp_spec(join_block, { left: "input", rigth: "input" }),
    //                                          ^^^^^ error mapping-invents-argument: "rigth" is no tensor argument of block "join". Did you mean "right"?
    output: inp_spec(output_block, "join"),
`);
  });
  it("lists what the block takes", () => {
    expectProblemsOfBlocks(`
    input: input_block,
    join: inp_spec(join_block, { left: "input", right: "input", third: "input" }),
    //                                                          ^^^^^ error mapping-invents-argument: "third" is no tensor argument of block "join". It takes "left" and "right".
    output: inp_spec(output_block, "join"),
`);
  });
  it("does not take a hyperparameter for a tensor", () => {
    expectProblemsOfBlocks(`
    input: input_block,
    join: inp_spec(join_block, { left: "input", right: "input", scale: "input" }),
    //                                                          ^^^^^ error mapping-invents-argument: "scale" is no tensor argument of block "join". It takes "left" and "right".
    output: inp_spec(output_block, "join"),
`);
  });
  it("believes a mapping where types cannot tell", () => {
    expectProblemsOfBlocks(`
    input: input_block,
    join: inp_spec(({ left, right }) => layers.concatenate().apply([left, right]), { left: "input", right: "input" }),
    output: inp_spec(output_block, "join"),
`);
  });
});
