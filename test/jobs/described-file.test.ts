import fs from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { findProblems } from "../../src/jobs/find-problems.ts";
import { temporaryFolder } from "../runs/asked.ts";

/** What `kspec check` says of a spec whose parts come from a neighbour, where a text alone cannot follow them. */
async function problems(spec: string, model = "network({ dense_units: tune(), learn_rate: tune('rate') })") {
  const folder = fs.realpathSync(temporaryFolder());
  fs.writeFileSync(
    path.join(folder, "parts.ts"),
    `import { create_keras_functional_spec, datasets, inp_spec, layers, metric_set, recipe, tune, workflow } from "kspec";
import type { Block, InputBlock } from "kspec";
const dense = ({ tensor, units = 32, alpha = 1 }: Block<{ units?: number; alpha?: number }>) => layers.dense({ units }).apply(tensor);
const output = ({ tensor, num_classes }: Block<{ num_classes: number }>) =>
  layers.dense({ units: num_classes, activation: "softmax" }).apply(tensor);
export const network = create_keras_functional_spec({
  model_name: "network",
  layer_blocks: {
    input: ({ input_shape }: InputBlock) => layers.input({ shape: input_shape }),
    dense: inp_spec(dense, "input"),
    output: inp_spec(output, "dense"),
  },
  mode: "classification",
});
export const wf = workflow({
  data: datasets.digits(), recipe: recipe("label ~ image"), model: ${model}, metrics: metric_set("accuracy"),
});`,
  );
  const file = path.join(folder, "a.kspec.ts");
  fs.writeFileSync(
    file,
    `import {
  fit_best, finalize_workflow, fit_resamples, grid_regular, hidden_units, last_fit, num_terms, parameters, select_best,
  select_by_one_std_err, tune_grid, vfold_cv, workflow_map, workflow_set,
} from "kspec";
import { network, wf } from "./parts.ts";
const resamples = vfold_cv({ v: 5 });
${spec}`,
  );
  return (await findProblems(file, () => undefined)).problems.map(
    ({ severity, code, message }) => `${severity} ${code}: ${message}`,
  );
}

describe("the rules about tunings see objects as they see texts", () => {
  it("has nothing against a chain, nor against a workflow that is exported beside its tuning", async () => {
    expect(
      await problems(`
export const results = tune_grid(wf, { resamples, grid: grid_regular({ levels: 3 }) });
export default last_fit(finalize_workflow(wf, select_best(results, "accuracy")));
export { wf };`),
    ).toEqual([]);
    expect(await problems(`export default fit_best(tune_grid(wf, { resamples }));`)).toEqual([]);
    expect(
      await problems(`export default workflow_map(workflow_set({ wf }), "tune_grid", { resamples });`),
    ).toEqual([]);
  });

  it("finds marks in what is fitted as it is", async () => {
    const message =
      'error tune-in-fit: "dense_units" is marked with tune(), but this workflow is fitted as it is. Give "dense_units" a value.';
    expect(await problems("export { wf };")).toContain(message);
    expect(await problems("export default last_fit(wf);")).toContain(message);
    expect(await problems("export default fit_resamples(wf, { resamples });")).toContain(
      message.replace("this workflow is fitted", "fit_resamples() fits the workflow"),
    );
  });

  it("compares tables, parameters, orders and metrics with what is tuned", async () => {
    expect(
      await problems(`
const results = tune_grid(wf, { resamples, grid: [{ dense_unit: 16, rate: 1 }, { dense_unit: 16 }] });
export default last_fit(finalize_workflow(wf, select_by_one_std_err(results, "dense", { metric: "kap" })));`),
    ).toEqual([
      'error tuned-not-gridded: "dense_units" is marked with tune(), but the grid has no column "dense_units". Write one, or give "dense_units" a value.',
      'error tuned-not-gridded: This candidate has no value for "rate".',
      'error gridded-not-tuned: Nothing of this workflow is marked with tune() as "dense_unit". Did you mean "dense_units"?',
      'error gridded-not-tuned: Nothing of this workflow is marked with tune() as "dense". It tunes "dense_units" and "rate".',
      'error unmeasured-metric: "kap" is not measured. This tuning measures "accuracy"; say what else: metric_set("accuracy", "kap").',
    ]);
    expect(
      await problems(
        "export default tune_grid(wf, { resamples, param_info: parameters({ num_dense: num_terms([-1, 2]) }) });",
        "network({ num_dense: tune(), dense_alpha: tune() })",
      ),
    ).toEqual([
      expect.stringMatching(/^error unknown-range: Nothing says which values "dense_alpha" may have/),
      'error mistyped-candidate: "num_dense" takes a whole number from 0 on, and the range goes to -1.',
    ]);
  });

  it("counts candidates", async () => {
    expect(await problems("export default tune_grid(wf, { resamples, grid: [] });")).toEqual([
      "error empty-grid: This grid has no candidates, so there is nothing to try. Give it at least one.",
    ]);
    expect(
      await problems("export default tune_grid(wf, { resamples, grid: grid_regular({ levels: 100 }) });"),
    ).toEqual([
      expect.stringMatching(
        /^information grid-too-large: This grid makes up to 10,000 candidates on 5 resamples, 50,000 fits/,
      ),
    ]);
    expect(
      await problems(
        "export default tune_grid(wf, { resamples, grid: grid_regular(parameters({ dense_units: hidden_units([1, 8]) }), { levels: 3000 }) });",
        "network({ dense_units: tune() })",
      ),
    ).toEqual([]);
    expect(
      await problems("export default tune_grid(wf, { resamples, grid: 5 });", "network({ dense_units: 3 })"),
    ).toEqual([expect.stringMatching(/^warning nothing-tuned/)]);
  });
});
