import { describe, it } from "vitest";
import { expectProblems } from "../../language/markers.ts";

describe("unknown-argument", () => {
  it("offers the argument that was meant", () => {
    expectProblems(`
const network = create_keras_functional_spec({
  model_name: "network",
  mode: "classification",
  layer_blocks: {
    input: input_block,
    dense: inp_spec(dense_block, "input"),
    join: inp_spec(join_block, { left: "dense", right: "input" }),
    output: inp_spec(output_block, "join"),
  },
});
network({ dense_unts: 64 });
    //    ^^^^^^^^^^ error unknown-argument: This model has no argument "dense_unts". Did you mean "dense_units"?
`);
  });
  it("knows the bare names of Keras", () => {
    expectProblems(`
const network = create_keras_functional_spec({
  model_name: "network",
  mode: "classification",
  layer_blocks: {
    input: input_block,
    dense: inp_spec(dense_block, "input"),
    join: inp_spec(join_block, { left: "dense", right: "input" }),
    output: inp_spec(output_block, "join"),
  },
});
network({ epochs: 5 });
    //    ^^^^^^ error unknown-argument: This model has no argument "epochs". Did you mean "fit_epochs"?
`);
  });
  it("knows the bare name of a hyperparameter", () => {
    expectProblems(`
const network = create_keras_functional_spec({
  model_name: "network",
  mode: "classification",
  layer_blocks: {
    input: input_block,
    dense: inp_spec(dense_block, "input"),
    join: inp_spec(join_block, { left: "dense", right: "input" }),
    output: inp_spec(output_block, "join"),
  },
});
network({ units: 5 });
    //    ^^^^^ error unknown-argument: This model has no argument "units". Did you mean "dense_units"?
`);
  });
  it("says that an argument is supplied", () => {
    expectProblems(`
const network = create_keras_functional_spec({
  model_name: "network",
  mode: "classification",
  layer_blocks: {
    input: input_block,
    dense: inp_spec(dense_block, "input"),
    join: inp_spec(join_block, { left: "dense", right: "input" }),
    output: inp_spec(output_block, "join"),
  },
});
network({ output_num_classes: 5 });
    //    ^^^^^^^^^^^^^^^^^^ error unknown-argument: "output_num_classes" is supplied from the data. Remove it.
`);
  });
  it("says what a block brings", () => {
    expectProblems(`
const network = create_keras_functional_spec({
  model_name: "network",
  mode: "classification",
  layer_blocks: {
    input: input_block,
    dense: inp_spec(dense_block, "input"),
    join: inp_spec(join_block, { left: "dense", right: "input" }),
    output: inp_spec(output_block, "join"),
  },
});
network({ join_activation: "relu" });
    //    ^^^^^^^^^^^^^^^ error unknown-argument: This model has no argument "join_activation". Block "join" brings join_scale.
`);
  });
  it("looks into update", () => {
    expectProblems(`
const network = create_keras_functional_spec({
  model_name: "network",
  mode: "classification",
  layer_blocks: {
    input: input_block,
    dense: inp_spec(dense_block, "input"),
    join: inp_spec(join_block, { left: "dense", right: "input" }),
    output: inp_spec(output_block, "join"),
  },
});
network({ dense_units: 64 }).set_engine("auto").update({ dense_unit: 3 });
    //                                                   ^^^^^^^^^^ error unknown-argument: This model has no argument "dense_unit". Did you mean "dense_units"?
`);
  });
  it("takes every argument there is", () => {
    expectProblems(`
const network = create_keras_functional_spec({
  model_name: "network",
  mode: "classification",
  layer_blocks: {
    input: input_block,
    dense: inp_spec(dense_block, "input"),
    join: inp_spec(join_block, { left: "dense", right: "input" }),
    output: inp_spec(output_block, "join"),
  },
});
network({
  num_dense: 2, dense_units: 64, join_scale: 2, learn_rate: 0.1, fit_epochs: 5, fit_batch_size: 8, fit_callbacks: [], fit_shuffle: false,
  fit_validation_split: 0.2, fit_class_weight: {}, fit_sample_weight: "weight", fit_verbose: 1, compile_loss: "mse", compile_optimizer: "sgd", compile_metrics: ["accuracy"],
  compile_loss_weights: { output: 1 },
});
`);
  });
});
