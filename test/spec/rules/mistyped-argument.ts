import { describe, it } from "vitest";
import { expectProblems } from "../../language/markers.ts";

describe("mistyped-argument", () => {
  it("says what an argument takes", () => {
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
network({ dense_units: "64" });
    //                 ^^^^ error mistyped-argument: "dense_units" takes a number, and this is the string "64".
`);
  });
  it("wants whole numbers of repeats and epochs", () => {
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
network({ num_dense: 1.5, fit_epochs: 0 });
    //               ^^^ error mistyped-argument: "num_dense" takes a whole number from 0 on, and this is 1.5.
    //                                ^ error mistyped-argument: "fit_epochs" takes a whole number from 1 on, and this is 0.
`);
  });
  it("wants a share of rows", () => {
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
network({ fit_validation_split: 20 });
    //                          ^^ error mistyped-argument: "fit_validation_split" takes a share of the rows, from 0 up to but not including 1, and this is 20.
`);
  });
  it("takes what is computed, and tune()", () => {
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
network({ dense_units: 4 * 8, num_dense: how_many(), join_scale: tune() });
`);
  });
});
