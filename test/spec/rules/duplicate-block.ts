import { describe, it } from "vitest";
import { expectProblemsOfBlocks } from "../../language/markers.ts";

describe("duplicate-block", () => {
  it("shows the second of two", () => {
    expectProblemsOfBlocks(`
    input: input_block,
    a: inp_spec(dense_block, "input"),
    hidden: inp_spec(dense_block, "a"),
    hidden: inp_spec(dense_block, "input"),
    // [hidden] error duplicate-block: Two blocks are named "hidden", and the second replaces the first. Rename one of them.
    output: inp_spec(output_block, "hidden"),
`);
  });
});
