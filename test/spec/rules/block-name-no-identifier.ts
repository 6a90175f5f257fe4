import { describe, it } from "vitest";
import { expectProblemsOfBlocks } from "../../language/markers.ts";

describe("block-name-no-identifier", () => {
  it("wants names that arguments can be made of", () => {
    expectProblemsOfBlocks(`
    input: input_block,
    "conv-1": inp_spec(dense_block, "input"),
    // ["conv-1"] error block-name-no-identifier: "conv-1" cannot name a block: a name is made of letters, digits and "_", and begins with a letter. Rename it, for example to "conv_1".
    output: inp_spec(output_block, "conv-1"),
`);
  });
  it("refuses numbers, which JavaScript moves to the front", () => {
    expectProblemsOfBlocks(`
    input: input_block,
    1: inp_spec(dense_block, "input"),
    // [1] error block-name-no-identifier: "1" cannot name a block: …
    output: inp_spec(output_block, "1"),
`);
  });
  it("takes every letter", () => {
    expectProblemsOfBlocks(`
    input: input_block,
    größe: inp_spec(dense_block, "input"),
    output: inp_spec(output_block, "größe"),
`);
  });
});
