import { describe, it } from "vitest";
import { expectProblemsOfBlocks } from "../../language/markers.ts";

describe("block-name-protected", () => {
  it("keeps compile, fit and optimizer free", () => {
    expectProblemsOfBlocks(`
    input: input_block,
    fit: inp_spec(dense_block, "input"),
    // [fit] error block-name-protected: A block cannot be named "fit": that name is protected. Rename it, for example to "fit_block".
    output: inp_spec(output_block, "fit"),
`);
  });
  it("has nothing against names that only contain one of them", () => {
    expectProblemsOfBlocks(`
    input: input_block,
    fitted: inp_spec(dense_block, "input"),
    output: inp_spec(output_block, "fitted"),
`);
  });
});
