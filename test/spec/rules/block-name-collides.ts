import { describe, it } from "vitest";
import { expectProblemsOfBlocks } from "../../language/markers.ts";

describe("block-name-collides", () => {
  it("shows two blocks that make one argument", () => {
    expectProblemsOfBlocks(`
    input: input_block,
    dense: inp_spec(({ tensor, out_units = 3 }: Block<{ out_units?: number }>) => tensor, "input"),
    dense_out: inp_spec(({ tensor, units = 3 }: Block<{ units?: number }>) => tensor, "dense"),
    // [dense_out] error block-name-collides: Blocks "dense" and "dense_out" both make the argument "dense_out_units". Rename one of them.
    output: inp_spec(output_block, "dense_out"),
`);
  });
  it("knows the arguments that every model has", () => {
    expectProblemsOfBlocks(`
    input: input_block,
    learn: inp_spec(({ tensor, rate = 0.1 }: Block<{ rate?: number }>) => tensor, "input"),
    // [learn] error block-name-collides: Block "learn" makes the argument "learn_rate", which every model has. Rename the block.
    output: inp_spec(output_block, "learn"),
`);
  });
});
