import { describe, it } from "vitest";
import { expectProblemsOfBlocks, expectProblems } from "../../language/markers.ts";

describe("block-without-tensor", () => {
  it("shows a block that nothing can reach", () => {
    expectProblemsOfBlocks(`
    input: input_block,
    constant: ({ units = 3 }: { units?: number }) => layers.dense({ units }),
    // [constant] error block-without-tensor: Block "constant" takes no tensor, so nothing can reach it. Let it take one, \`({ tensor }: Block) => …\`, or input_shape if it is an input.
    output: inp_spec(output_block, "input"),
`);
  });
  it("is the cause where such a block is wired", () => {
    expectProblemsOfBlocks(`
    input: input_block,
    constant: inp_spec(() => layers.dense({ units: 3 }), "input"),
    // [constant] error block-without-tensor: Block "constant" takes no tensor, …
    output: inp_spec(output_block, "constant"),
`);
  });
  it("wants every later block of a sequential spec to take the model", () => {
    expectProblems(`
const network = create_keras_sequential_spec({
  model_name: "network",
  mode: "classification",
  layer_blocks: {
    input: ({ input_shape }: InputBlock) => sequential({ layers: [layers.inputLayer({ inputShape: input_shape })] }),
    hidden: ({ units = 3 }: { units?: number }) => layers.dense({ units }),
//  [hidden] error block-without-tensor: Block "hidden" does not take the model. …
    output: ({ model, num_classes }: SequentialBlock<{ num_classes: number }>) =>
      model.add(layers.dense({ units: num_classes, activation: "softmax" })),
  },
});
`);
  });
});
