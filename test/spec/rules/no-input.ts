import { describe, it } from "vitest";
import { expectProblemsOfBlocks, expectProblems } from "../../language/markers.ts";

describe("no-input", () => {
  it("asks for a block that takes input_shape", () => {
    expectProblems(`
const network = create_keras_functional_spec({
  model_name: "network",
  mode: "classification",
  layer_blocks: {
  // [layer_blocks] error no-input: No block takes input_shape, so the data cannot get in. Add one: …
    hidden: inp_spec(dense_block, "output"),
    output: inp_spec(output_block, "hidden"),
    //                             ^^^^^^^^ error cycle: …
  },
});
`);
  });
  it("is silent when the input may be the block that is missing", () => {
    expectProblemsOfBlocks(`
    hidden: inp_spec(dense_block, "input"),
    //                            ^^^^^^^ error unknown-upstream: No block is named "input". Name one of "output".
    output: inp_spec(output_block, "hidden"),
`);
  });
  it("wants the first block of a sequential spec to start the model", () => {
    expectProblems(`
const network = create_keras_sequential_spec({
  model_name: "network",
  mode: "classification",
  layer_blocks: {
    hidden: ({ model }: SequentialBlock) => model.add(layers.dense({ units: 3 })),
//  [hidden] error no-input: The first block, "hidden", has to start the model: …
    output: ({ model, num_classes }: SequentialBlock<{ num_classes: number }>) =>
      model.add(layers.dense({ units: num_classes, activation: "softmax" })),
  },
});
`);
  });
  it("is content with a sequential spec that starts from a shape", () => {
    expectProblems(`
const network = create_keras_sequential_spec({
  model_name: "network",
  mode: "classification",
  layer_blocks: {
    input: ({ input_shape }: InputBlock) => sequential({ layers: [layers.inputLayer({ inputShape: input_shape })] }),
    output: ({ model, num_classes }: SequentialBlock<{ num_classes: number }>) =>
      model.add(layers.dense({ units: num_classes, activation: "softmax" })),
  },
});
`);
  });
});
