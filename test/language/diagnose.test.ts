import { describe, expect, it } from "vitest";
import { diagnose } from "../../src/language/index.ts";
import { expectMarked, expectProblems, specFile } from "./markers.ts";

describe("a whole file", () => {
  it("reports several mistakes, each once", () => {
    expectProblems(`
const network = create_keras_functional_spec({
  model_name: "network",
  mode: "classification",
  layer_blocks: {
    input: input_block,
    dense: inp_spec(dense_block, "inptu"),
    //                           ^^^^^^^ error unknown-upstream: No block is named "inptu". Did you mean "input"?
    spare: inp_spec(dense_block, "input"),
    // [spare] warning dangling-block: Nothing reads block "spare", …
    join: inp_spec(join_block, { left: "dense", rigth: "input" }),
    //                                          ^^^^^ error mapping-invents-argument: "rigth" is no tensor argument of block "join". Did you mean "right"?
    output: inp_spec(output_block, "join"),
  },
});
export default workflow({ model: network({ dense_unts: 64, fit_epochs: "5" }) });
//                                         ^^^^^^^^^^ error unknown-argument: This model has no argument "dense_unts". Did you mean "dense_units"?
//                                                                     ^^^ error mistyped-argument: "fit_epochs" takes a whole number from 1 on, and this is the string "5".
`);
  });

  it("reports a mistake in a block that two specs share once", () => {
    expectProblems(`
const bare_block = (args: Block) => args.tensor;
//                  ^^^^ error untellable-arguments: …
const first = create_keras_functional_spec({
  model_name: "first",
  mode: "classification",
  layer_blocks: { input: input_block, a: inp_spec(bare_block, "input"), output: inp_spec(output_block, "a") },
});
const second = create_keras_functional_spec({
  model_name: "second",
  mode: "classification",
  layer_blocks: { input: input_block, b: inp_spec(bare_block, "input"), output: inp_spec(output_block, "b") },
});
`);
  });

  it("follows other names for what comes from kspec", () => {
    expectMarked(`import { create_keras_functional_spec as spec, inp_spec as i, type Block as B } from "kspec";
import * as k from "kspec";
const network = spec({
  model_name: "network",
  mode: "classification",
  layer_blocks: {
    input: ({ input_shape }: k.InputBlock) => k.layers.input({ shape: input_shape }),
    hidden: k.inp_spec(({ tensor, units }: B<{ units: number }>) => tensor, "input"),
    output: i(({ tensor, num_classes }: k.Block<{ num_classes: number }>) => tensor, "hiden"),
    //                                                                               ^^^^^^^ error unknown-upstream: No block is named "hiden". Did you mean "hidden"?
  },
});
export default k.workflow({ model: network() });
//                                 ^^^^^^^ error missing-argument: …
`);
  });

  it("has nothing to do with a kspec of another origin", () => {
    expectMarked(`import { create_keras_functional_spec, workflow } from "./my-own.ts";
create_keras_functional_spec({ layer_blocks: {} });
export default workflow();
`);
  });

  it("follows constants, types and functions of the file", () => {
    expectProblems(`
interface Sized { units?: number }
interface Hyperparameters extends Sized { rate: number }
type Both = { left: Tensor } & { right: Tensor };
const blocks = {
  input: input_block,
  hidden: inp_spec(({ tensor, units, rate }: Block<Hyperparameters>) => tensor, "input"),
  join: inp_spec(({ left, right }: Both) => left, { left: "hidden" }),
  //                                              ^^^^^^^^^^^^^^^^^^ error mapping-misses-argument: This mapping leaves out "right", …
};
function output({ tensor, num_classes }: Block<{ num_classes: number }>) {
  const last = layers.dense({ units: num_classes, activation: "softmax" });
  return last.apply(tensor);
}
const layer_blocks = { ...blocks, output: inp_spec(output, "join") } as const;
const mode = "classification";
const network = create_keras_functional_spec({ model_name: "network", mode, layer_blocks });
const args = { hidden_rate: true };
//                          ^^^^ error mistyped-argument: "hidden_rate" takes a number, and this is true.
network(args);
`);
  });

  it("looks into functions that make specs", () => {
    expectProblems(`
const make = (units: number) =>
  create_keras_functional_spec({
    model_name: "network",
    mode: "classification",
    layer_blocks: {
      input: input_block,
      hidden: inp_spec(({ tensor }: Block) => layers.dense({ units }).apply(tensor), "input"),
      output: inp_spec(output_block, "hiden"),
      //                             ^^^^^^^ error unknown-upstream: …
    },
  });
const network = make(3);
network({ hidden_rate: 3 });
//        ^^^^^^^^^^^ error unknown-argument: …
`);
  });

  it("says where else to look", () => {
    const text = specFile(`
const network = create_keras_functional_spec({
  model_name: "network",
  mode: "classification",
  layer_blocks: { input: input_block, join: inp_spec(join_block, { left: "input" }), output: inp_spec(output_block, "join") },
});
`);
    const [{ related } = { related: [] }] = diagnose(text, "a.kspec.ts");
    const line = text.split("\n").findIndex((one) => one.startsWith("const join_block"));
    expect(related).toEqual([
      {
        message: '"right" is taken here.',
        range: { start: { line, character: 28 }, end: { line, character: 33 } },
      },
    ]);
  });

  it("brings what a quick fix would write, in the quotes of the text", () => {
    const text = specFile(`
const network = create_keras_functional_spec({
  model_name: "network",
  mode: "classification",
  layer_blocks: { input: input_block, output: inp_spec(output_block, 'inptu') },
});
network({ fit_epoch: 3 });
`);
    expect(
      diagnose(text, "a.kspec.ts").map(({ fix }) => [
        fix?.title,
        ...(fix?.edits ?? []).map(({ newText }) => newText),
      ]),
    ).toEqual([
      ['Change to "input"', "'input'"],
      ['Change to "fit_epochs"', "fit_epochs"],
    ]);
  });

  it("is sure of nothing that another file decides", () => {
    expectProblems(`
import { blocks, output_block as theirs, type Arguments } from "./blocks.ts";
let changing = dense_block;
const network = create_keras_functional_spec({
  model_name: "network",
  mode: "classification",
  layer_blocks: {
    input: input_block,
    theirs: inp_spec(theirs, "input"),
    typed: inp_spec(({ tensor, units }: Arguments) => tensor, "theirs"),
    changing: inp_spec(changing, "typed"),
    member: inp_spec(blocks.dense, "changing"),
    output: inp_spec(output_block, "member"),
  },
});
network({ theirs_units: 3, changing_rate: 2, member_whatever: "x" });
`);
  });
});
