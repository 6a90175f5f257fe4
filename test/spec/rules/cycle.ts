import { describe, it } from "vitest";
import { expectProblemsOfBlocks } from "../../language/markers.ts";

describe("cycle", () => {
  it("shows where the circle closes", () => {
    expectProblemsOfBlocks(`
    input: input_block,
    a: inp_spec(join_block, { left: "input", right: "c" }),
    b: inp_spec(dense_block, "a"),
    //                       ^^^ error cycle: These blocks read each other in a circle: a → b → c → a. Wire one of them to a block outside of it.
    c: inp_spec(dense_block, "b"),
    output: inp_spec(output_block, "a"),
`);
  });
  it("knows a block that reads itself", () => {
    expectProblemsOfBlocks(`
    input: input_block,
    a: inp_spec(join_block, { left: "input", right: "a" }),
    //                                              ^^^ error cycle: Block "a" reads itself. Wire it to another block.
    output: inp_spec(output_block, "a"),
`);
  });
  it("reports two circles that share no block", () => {
    expectProblemsOfBlocks(`
    input: input_block,
    a: inp_spec(dense_block, "b"),
    b: inp_spec(dense_block, "a"),
    //                       ^^^ error cycle: These blocks read each other in a circle: a → b → a. …
    c: inp_spec(dense_block, "d"),
    d: inp_spec(dense_block, "c"),
    //                       ^^^ error cycle: These blocks read each other in a circle: c → d → c. …
    output: inp_spec(output_block, "input"),
`);
  });
  it("has nothing against two ways to one block", () => {
    expectProblemsOfBlocks(`
    input: input_block,
    a: inp_spec(dense_block, "input"),
    b: inp_spec(dense_block, "input"),
    join: inp_spec(join_block, { left: "a", right: "b" }),
    output: inp_spec(output_block, "join"),
`);
  });
});
