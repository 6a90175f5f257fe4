import { describe, expect, it } from "vitest";
import { diagnose, runnables, valuesEdit, type ValueTarget } from "../../src/language/index.ts";
import { tuned } from "./tuned.ts";

const RESULTS = "export const results = tune_grid(wf, { resamples: vfold_cv({ v: 5 }), grid: 10 });";

/** The text after the edit, or the reason. */
function used(
  text: string,
  values: Record<string, unknown>,
  { name = "results", targets }: { name?: string; targets?: Record<string, ValueTarget> } = {},
): string {
  const answer = valuesEdit(text, "a.kspec.ts", name, values, targets);
  if ("reason" in answer) return answer.reason;
  const lines = text.split("\n");
  const offset = ({ line, character }: { line: number; character: number }) =>
    lines.slice(0, line).reduce((sum, one) => sum + one.length + 1, character);
  return [...answer.edits]
    .sort((a, b) => offset(b.range.start) - offset(a.range.start))
    .reduce(
      (after, { range, newText }) =>
        after.slice(0, offset(range.start)) + newText + after.slice(offset(range.end)),
      text,
    );
}

describe("values of a candidate in the text", () => {
  it("take the place of marks, by their ids", () => {
    const text = tuned(RESULTS, 'network({ dense_units: tune(), learn_rate: tune("rate") })');
    expect(used(text, { dense_units: 64, rate: 0.0031622776601683794 })).toBe(
      tuned(RESULTS, "network({ dense_units: 64, learn_rate: 0.00316228 })"),
    );
  });

  it("are found through names, update() and a recipe's steps", () => {
    const text = (units: string, rate: string, comp: string, optimizer: string) => `
import { create_keras_functional_spec, fit_best, recipe, tune, tune_bayes, vfold_cv, workflow } from "kspec";
const network = create_keras_functional_spec({ model_name: "digits", layer_blocks: {} });
const units = tune("units");
const model = network({ dense_units: ${units}, compile_optimizer: ${optimizer} }).update({ learn_rate: ${rate} });
const rec = recipe("y ~ .").step_pca("x", { num_comp: ${comp} });
const results = tune_bayes(workflow({ model, recipe: rec }), { resamples: vfold_cv() });
export default fit_best(results);
`;
    expect(
      used(
        text("units", "tune()", "tune()", "tune()"),
        { units: 32, learn_rate: 1e-7, num_comp: 3, compile_optimizer: "sgd" },
        { name: "default" },
      ),
    ).toBe(text("32", "1e-7", "3", '"sgd"'));
  });

  it("spell out a shorthand, and keep the file's quotes", () => {
    const text = (model: string) => `
import { create_keras_functional_spec, tune, tune_grid, vfold_cv, workflow } from 'kspec';
const network = create_keras_functional_spec({ model_name: 'digits', layer_blocks: {} });
const dense_units = tune();
export const results = tune_grid(workflow({ model: ${model} }), { resamples: vfold_cv() });
`;
    expect(
      used(text("network({ dense_units, dense_activation: tune(), conv_kernel: tune() })"), {
        dense_units: 8,
        dense_activation: "it's",
        conv_kernel: [3, 3],
      }),
    ).toBe(text("network({ dense_units: 8, dense_activation: 'it\\'s', conv_kernel: [3, 3] })"));
  });

  it("replace values that were written before, where the run says which arguments they are", () => {
    const text = tuned(RESULTS, "network({ dense_units: 16, learn_rate: 0.1 })");
    expect(
      used(
        text,
        { dense_units: 64, rate: 0.01 },
        { targets: { rate: { kind: "argument", argument: "learn_rate" } } },
      ),
    ).toBe(tuned(RESULTS, "network({ dense_units: 64, learn_rate: 0.01 })"));
  });

  it("are refused with a reason, and then none is written", () => {
    expect(used(tuned(RESULTS), { dense_units: 64, rate: 0.1 })).toBe(
      'Nothing of this workflow is marked with tune() as "rate" any more. Write its value yourself: 0.1.',
    );
    expect(used(tuned(RESULTS), { dense_units: 64, learn_rate: { kind: "schedule" } })).toBe(
      'The value of "learn_rate" is no plain value that could be written here. Write it yourself.',
    );
    expect(used(tuned(RESULTS), { dense_units: 64 }, { name: "gone" })).toMatch(
      /^The export "gone" is not in the spec any more/,
    );
    expect(used(tuned(`${RESULTS}\nconst = 3;`), { dense_units: 64 })).toMatch(
      /^The spec has a syntax error/,
    );
    const elsewhere = `import { tune_grid } from "kspec";
import { wf } from "./wf.ts";
export const results = tune_grid(wf, {});`;
    expect(used(elsewhere, { dense_units: 64 })).toMatch(
      /^Which workflow the export "results" tunes cannot be told/,
    );
    const computed = tuned(RESULTS, "network({ ...more, dense_units: tune() })");
    expect(used(computed, { dense_units: 64, learn_rate: 0.1 })).toBe(
      'Where "learn_rate" is marked with tune() cannot be told from this file\'s text. Write its value yourself: 0.1.',
    );
    const several = tuned(
      `export const results = workflow_map(workflow_set({ a: wf, b: wf.add_model(network({ dense_units: tune() })) }), "tune_grid", { resamples: vfold_cv() });`,
    );
    expect(used(several, { dense_units: 64 })).toMatch(/tunes several workflows/);
  });

  it("go into the model that the workflows of a set share, or into the only one that has the marks", () => {
    const set = (member: string) =>
      `export const results = workflow_map(workflow_set({ a: wf, b: ${member} }), "tune_grid", { resamples: vfold_cv() });`;
    const values = { dense_units: 64, learn_rate: 0.1 };
    for (const member of ["wf.add_recipe(rec)", "wf.add_model(network({ dense_units: tune() }))"])
      expect(used(tuned(set(member)), values)).toBe(
        tuned(set(member), "network({ dense_units: 64, learn_rate: 0.1 })"),
      );
  });

  it("leave a spec that can be run: its tuning measures them, and no rule objects", () => {
    const text = tuned(
      `const params = extract_parameter_set_dials(wf).update({ learn_rate: learn_rate([-4, -1]) });
export const results = tune_grid(wf, { resamples: vfold_cv(), param_info: params, grid: grid_regular({ levels: { dense_units: 4 } }) });
export const again = tune_grid(wf, { resamples: vfold_cv(), grid: [{ dense_units: 8, learn_rate: 0.1 }] });
export default fit_best(results, { metric: "accuracy" });
export { wf };`,
    );
    const after = used(text, { dense_units: 64, learn_rate: 0.01 });
    expect(diagnose(after, "a.kspec.ts").map(({ code, severity }) => [code, severity])).toEqual([
      ["nothing-tuned", "warning"],
      ["nothing-tuned", "warning"],
    ]);
    // And now the workflow itself can be fitted.
    expect(runnables(text, "a.kspec.ts").some(({ name }) => name === "wf")).toBe(false);
    expect(runnables(after, "a.kspec.ts").some(({ name }) => name === "wf")).toBe(true);
  });
});
