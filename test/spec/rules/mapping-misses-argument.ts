import { describe, it } from "vitest";
import { expectProblemsOfBlocks } from "../../language/markers.ts";

describe("mapping-misses-argument", () => {
  it("names what is left out", () => {
    expectProblemsOfBlocks(`
    input: input_block,
    join: inp_spec(join_block, { left: "input" }),
    //                         ^^^^^^^^^^^^^^^^^ error mapping-misses-argument: This mapping leaves out "right", which block "join" takes. Add \`right: "…"\`.
    output: inp_spec(output_block, "join"),
`);
  });
  it("asks what is what when one name stands for two tensors", () => {
    expectProblemsOfBlocks(`
    input: input_block,
    join: inp_spec(join_block, "input"),
    //                         ^^^^^^^ error mapping-misses-argument: Block "join" takes 2 tensors, "left" and "right". Say what each one reads: \`{ left: "…", right: "…" }\`.
    output: inp_spec(output_block, "join"),
`);
  });
  it("does not ask for a tensor that is optional", () => {
    expectProblemsOfBlocks(`
    input: input_block,
    join: inp_spec(({ left, right }: { left: Tensor; right?: Tensor }) => right ?? left, { left: "input" }),
    output: inp_spec(output_block, "join"),
`);
  });
  it("does not ask for hyperparameters", () => {
    expectProblemsOfBlocks(`
    input: input_block,
    join: inp_spec(join_block, { left: "input", right: "input" }),
    output: inp_spec(output_block, "join"),
`);
  });
});
