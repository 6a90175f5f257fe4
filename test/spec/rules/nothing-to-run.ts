import { describe, it } from "vitest";
import { expectMarked } from "../../language/markers.ts";
import { expectTuned } from "../../language/tuned.ts";

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
  it("counts what is tuned as something to run", () => {
    expectTuned("export const results = tune_grid(wf, { resamples: vfold_cv() });");
    expectTuned("export default fit_best(tune_grid(wf, { resamples: vfold_cv() }));");
    expectTuned('export default workflow_map(workflow_set({ wf }), "tune_grid", { resamples: vfold_cv() });');
  });
  it("says that a tuning is not exported, and that a finalized workflow must be fitted", () => {
    expectTuned(`const results = tune_grid(wf, { resamples: vfold_cv() });
    // [tune_grid] information nothing-to-run: This file has a tuning but does not export it. Write \`export\` before it to run it.`);
    expectTuned(`const results = tune_grid(wf, { resamples: vfold_cv() });
export const final = finalize_workflow(wf, select_best(results));
//           ^^^^^ information nothing-to-run: What finalize_workflow() gives is known only when its tuning is done. Fit it: export default last_fit(final).`);
  });
});
