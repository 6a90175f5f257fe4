import { describe, it } from "vitest";
import { expectProblems } from "../../language/markers.ts";

describe("output-against-mode", () => {
  it("refuses softmax in regression", () => {
    expectProblems(`
const network = create_keras_functional_spec({
  model_name: "network",
  mode: "regression",
  layer_blocks: {
    input: input_block,
    output: inp_spec(({ tensor }: Block) => layers.dense({ units: 3, activation: "softmax" }).apply(tensor), "input"),
    //                                                                           ^^^^^^^^^ error output-against-mode: Block "output" ends with "softmax", which makes shares that add up to 1, but the mode is "regression". …
  },
});
network();
`);
  });
  it("refuses softmax over one unit", () => {
    expectProblems(`
const network = create_keras_functional_spec({
  model_name: "network",
  mode: "classification",
  layer_blocks: {
    input: input_block,
    output: inp_spec(({ tensor }: Block) => layers.dense({ units: 1, activation: "softmax" }).apply(tensor), "input"),
    //                                                            ^ error output-against-mode: Block "output" ends with "softmax" over 1 unit, which is always 1. Take num_classes units, or the activation "sigmoid".
  },
});
network();
`);
  });
  it("warns of values that are no probabilities", () => {
    expectProblems(`
const network = create_keras_functional_spec({
  model_name: "network",
  mode: "classification",
  layer_blocks: {
    input: input_block,
    output: inp_spec(({ tensor }: Block) => layers.dense({ units: 3, activation: "relu" }).apply(tensor), "input"),
    //                                                                           ^^^^^^ warning output-against-mode: Block "output" ends with "relu", whose values are no probabilities. …
  },
});
network();
`);
  });
  it("warns of no activation at all", () => {
    expectProblems(`
const network = create_keras_functional_spec({
  model_name: "network",
  mode: "classification",
  layer_blocks: {
    input: input_block,
    output: inp_spec(({ tensor }: Block) => layers.dense({ units: 3 }).apply(tensor), "input"),
    //                                             ^^^^^ warning output-against-mode: Block "output" ends without an activation, so its values are no probabilities. …
  },
});
network();
`);
  });
  it("lets a loss of one's own take any values", () => {
    expectProblems(`
const network = create_keras_functional_spec({
  model_name: "network",
  mode: "classification",
  layer_blocks: {
    input: input_block,
    output: inp_spec(({ tensor }: Block) => layers.dense({ units: 3 }).apply(tensor), "input"),
  },
});
network({ compile_loss: my_loss });
`);
  });
  it("compares the units with the classes of the data", () => {
    expectProblems(`
const network = create_keras_functional_spec({
  model_name: "network",
  mode: "classification",
  layer_blocks: {
    input: input_block,
    output: inp_spec(({ tensor }: Block) => layers.dense({ units: 4, activation: "softmax" }).apply(tensor), "input"),
    //                                                            ^ error output-against-mode: Block "output" ends with 4 units, but the data have 5 classes. Take num_classes, which is supplied, as its units.
  },
});
export default workflow({ data: datasets.digits({ classes: [5, 6, 7, 8, 9] }), recipe: recipe("label ~ image"), model: network() });
`);
  });
  it("compares the units with the outcomes of the recipe", () => {
    expectProblems(`
const network = create_keras_functional_spec({
  model_name: "network",
  mode: "regression",
  layer_blocks: {
    input: input_block,
    output: inp_spec(({ tensor }: Block) => layers.dense({ units: 4 }).apply(tensor), "input"),
    //                                                            ^ error output-against-mode: Block "output" ends with 4 units, but the recipe has one outcome, "price". …
  },
});
export default workflow({ recipe: recipe("price ~ ."), model: network() });
`);
  });
  it("reads an activation that is a layer of its own", () => {
    expectProblems(`
const network = create_keras_functional_spec({
  model_name: "network",
  mode: "regression",
  layer_blocks: {
    input: input_block,
    output: inp_spec(({ tensor }: Block) => layers.activation({ activation: "softmax" }).apply(layers.dense({ units: 1 }).apply(tensor)), "input"),
    //                                                                      ^^^^^^^^^ error output-against-mode: Block "output" ends with "softmax", …
  },
});
network();
`);
  });
  it("takes one unit with a sigmoid for two classes", () => {
    expectProblems(`
const network = create_keras_functional_spec({
  model_name: "network",
  mode: "classification",
  layer_blocks: {
    input: input_block,
    output: inp_spec(({ tensor }: Block) => layers.dense({ units: 1, activation: "sigmoid" }).apply(tensor), "input"),
  },
});
network();
`);
  });
  it("is silent about layers that it does not know", () => {
    expectProblems(`
const network = create_keras_functional_spec({
  model_name: "network",
  mode: "classification",
  layer_blocks: {
    input: input_block,
    output: inp_spec(({ tensor }: Block) => layers.flatten().apply(tensor), "input"),
  },
});
network();
`);
  });
  it("reads the end of a sequential spec", () => {
    expectProblems(`
const network = create_keras_sequential_spec({
  model_name: "network",
  mode: "regression",
  layer_blocks: {
    input: ({ input_shape }: InputBlock) => sequential({ layers: [layers.inputLayer({ inputShape: input_shape })] }),
    last: ({ model }: SequentialBlock) => {
      model.add(layers.flatten());
      model.add(layers.dense({ units: 3, activation: "softmax" }));
      //                                             ^^^^^^^^^ error output-against-mode: Block "last" ends with "softmax", …
      return model;
    },
  },
});
`);
  });
});
