import { describe, it } from "vitest";
import { expectMarked } from "../../language/markers.ts";

describe("nothing-to-run", () => {
  it("says how a spec becomes a workflow", () => {
    expectMarked(`
import { create_keras_functional_spec, inp_spec, layers, type Block, type InputBlock } from "kspec";
export const network = create_keras_functional_spec({
    //       ^^^^^^^ information nothing-to-run: "network" alone cannot be fitted. Export a workflow: \`export default workflow({ data, recipe, model })\`.
  model_name: "network",
  layer_blocks: {
    input: ({ input_shape }: InputBlock) => layers.input({ shape: input_shape }),
    output: inp_spec(({ tensor }: Block) => layers.dense({ units: 1 }).apply(tensor), "input"),
  },
});
`);
  });
  it("says that a workflow is not exported", () => {
    expectMarked(`
import { workflow } from "kspec";
const forgotten = workflow();
    //            ^^^^^^^^ information nothing-to-run: This file has a workflow but does not export it. Write \`export default\` before it to fit it.
`);
  });
  it("is silent about exports that it cannot follow", () => {
    expectMarked(`
import { make } from "./make.ts";
export default make();
`);
  });
  it("follows names, clauses and functions", () => {
    expectMarked(`
import * as k from "kspec";
const make = () => k.workflow();
const made = make();
export { made as default };
`);
  });
});
