import { describe, it } from "vitest";
import { expectProblems, expectProblemsOfBlocks } from "../../language/markers.ts";

describe("untellable-arguments", () => {
  it("refuses ...rest", () => {
    expectProblemsOfBlocks(`
    input: input_block,
    hidden: inp_spec(({ tensor, ...rest }: Block<{ units?: number }>) => tensor, "input"),
    //                          ^^^^^^^ error untellable-arguments: The arguments of block "hidden" cannot be told: "...rest" hides their names. Take one object and name each of its keys: \`({ tensor, units = 32 }) => …\`.
    output: inp_spec(output_block, "hidden"),
`);
  });
  it("refuses an object that is not taken apart", () => {
    expectProblemsOfBlocks(`
    input: input_block,
    hidden: inp_spec((args: Block) => args.tensor, "input"),
    //                ^^^^ error untellable-arguments: The arguments of block "hidden" cannot be told: it takes "args" as a whole. …
    output: inp_spec(output_block, "hidden"),
`);
  });
  it("refuses several parameters, as kerasnip has them", () => {
    expectProblemsOfBlocks(`
    input: input_block,
    hidden: inp_spec((tensor: Tensor, units = 3) => layers.dense({ units }).apply(tensor), "input"),
    //                                ^^^^^^^^^ error untellable-arguments: The arguments of block "hidden" cannot be told: it takes more than one parameter. …
    output: inp_spec(output_block, "hidden"),
`);
  });
  it("is silent about blocks of other files", () => {
    expectProblems(`
import { hidden_block, Options } from "./hidden.ts";
const typed_block = ({ tensor, units }: Options) => layers.dense({ units }).apply(tensor);
const network = create_keras_functional_spec({
  model_name: "network",
  mode: "classification",
  layer_blocks: {
    input: input_block,
    hidden: inp_spec(hidden_block, "input"),
    typed: inp_spec(typed_block, "hidden"),
    output: inp_spec(output_block, "typed"),
  },
});
network({ hidden_anything: 3 });
`);
  });
});
