import { describe, expect, it } from "vitest";
import { runnables } from "../../src/language/index.ts";

const found = (text: string) =>
  runnables(`import { workflow } from "kspec";\n${text}`, "a.kspec.ts").map(({ name, isDefault, range }) => [
    name,
    isDefault,
    range.start.line,
  ]);

describe("runnables", () => {
  it("finds every exported workflow, in the order of the text", () => {
    expect(
      found(`export const quick = workflow({});
const hidden = workflow();
export default workflow().add_model(undefined);
export const spec = 3;`),
    ).toEqual([
      ["quick", false, 1],
      ["default", true, 3],
    ]);
  });

  it("lists a workflow with two names once", () => {
    expect(
      found(`export const quick = workflow({});
export default quick;`),
    ).toEqual([["default", true, 1]]);
  });

  it("follows export clauses, and functions of the file", () => {
    expect(
      found(`const make = () => workflow({});
const a = make();
export { a as first };`),
    ).toEqual([["first", false, 3]]);
  });

  it("titles a default export by its own name, or its model's", () => {
    const title = (text: string) => runnables(text, "a.kspec.ts").map((one) => one.title);
    const spec = `import { create_keras_functional_spec, workflow } from "kspec";
const network = create_keras_functional_spec({ model_name: "digits", layer_blocks: {} });`;
    expect(title(`${spec}\nexport default workflow({ model: network() });`)).toEqual(["default (digits)"]);
    expect(
      title(`${spec}\nexport const quick = workflow({ model: network() });\nexport default quick;`),
    ).toEqual(["quick"]);
  });

  it("tells what is fitted from what is tuned", () => {
    const text = `import {
  create_keras_functional_spec, fit_best, fit_resamples, last_fit, tune, tune_grid, vfold_cv, workflow, workflow_map, workflow_set,
} from "kspec";
const network = create_keras_functional_spec({ model_name: "digits", layer_blocks: {} });
export const wf = workflow({ model: network({ learn_rate: tune() }) });
export const results = tune_grid(wf, { resamples: vfold_cv({ v: 5 }) });
export default fit_best(results);
export const plain = last_fit(workflow({ model: network() }));
export const measured = fit_resamples(workflow({ model: network() }), { resamples: vfold_cv() });
export const all = workflow_map(workflow_set({ wf }), "tune_grid", { resamples: vfold_cv() });
export { results as same };`;
    expect(runnables(text, "a.kspec.ts").map(({ name, kind, title }) => [name, kind, title])).toEqual([
      ["results", "tune", "results"],
      ["default", "fit", "default (digits)"],
      ["default", "tune", "default (digits)"],
      ["plain", "fit", "plain"],
      ["measured", "tune", "measured"],
      ["all", "tune", "all"],
    ]);
  });
});
