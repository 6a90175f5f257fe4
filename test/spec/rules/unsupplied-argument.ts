import { describe, it } from "vitest";
import { expectProblemsOfBlocks, expectProblems } from "../../language/markers.ts";

describe("unsupplied-argument", () => {
  it("shows a block that is not wired", () => {
    expectProblemsOfBlocks(`
    input: input_block,
    hidden: dense_block,
    //      ^^^^^^^^^^^ error unsupplied-argument: Nothing supplies "tensor" to block "hidden". Say what it reads: \`inp_spec(…, "input")\`.
    output: inp_spec(output_block, "hidden"),
`);
  });
  it("wires by name without inp_spec", () => {
    expectProblemsOfBlocks(`
    input: input_block,
    hidden: ({ input, units = 3 }: { input: Tensor; units?: number }) => layers.dense({ units }).apply(input),
    output: ({ hidden, num_classes }: { hidden: Tensor; num_classes: number }) =>
      layers.dense({ units: num_classes, activation: "softmax" }).apply(hidden),
`);
  });
  it("knows that there is no model in a functional spec", () => {
    expectProblemsOfBlocks(`
    input: input_block,
    hidden: inp_spec(({ tensor, model }: { tensor: Tensor; model: object }) => tensor, "input"),
    //                          ^^^^^ error unsupplied-argument: In a functional spec nothing supplies "model", which block "hidden" asks for. …
    output: inp_spec(output_block, "hidden"),
`);
  });
  it("knows that a wired block is no input", () => {
    expectProblemsOfBlocks(`
    input: input_block,
    hidden: inp_spec(({ tensor, input_shape }: Block<{ input_shape: number[] }>) => tensor, "input"),
    //                          ^^^^^^^^^^^ error unsupplied-argument: Only an input is given input_shape, but block "hidden" is wired to another one. …
    output: inp_spec(output_block, "hidden"),
`);
  });
  it("knows that an input reads no block", () => {
    expectProblemsOfBlocks(`
    input: ({ input_shape, tensor }: InputBlock<{ tensor: Tensor }>) => tensor,
    //                     ^^^^^^ error unsupplied-argument: Block "input" takes input_shape, which makes it an input, and so nothing supplies "tensor". Remove one of the two.
    output: inp_spec(output_block, "input"),
`);
  });
  it("knows that regression has no classes", () => {
    expectProblemsOfBlocks(
      `
    input: input_block,
    output: inp_spec(({ tensor, num_classes }: Block<{ num_classes: number }>) => layers.dense({ units: num_classes }).apply(tensor), "input"),
    //                          ^^^^^^^^^^^ error unsupplied-argument: There is no num_classes in regression, which block "output" asks for. …
`,
      "regression",
    );
  });
  it("knows that there are no tensors in a sequential spec", () => {
    expectProblems(`
const network = create_keras_sequential_spec({
  model_name: "network",
  mode: "classification",
  layer_blocks: {
    input: ({ input_shape }: InputBlock) => sequential({ layers: [layers.inputLayer({ inputShape: input_shape })] }),
    output: ({ tensor, num_classes }: Block<{ num_classes: number }>) => layers.dense({ units: num_classes }).apply(tensor),
    //         ^^^^^^ error unsupplied-argument: In a sequential spec nothing supplies "tensor", which block "output" asks for. …
  },
});
`);
  });
});
