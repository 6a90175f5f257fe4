import path from "node:path";
import { describe, expect, test, vi } from "vitest";
import { typeChecker } from "./type-check.ts";

// The first check reads TypeScript's libraries.
vi.setConfig({ testTimeout: 60_000 });
const checker = typeChecker({
  kspec: path.resolve("src/kspec/index.ts"),
  compilerOptions: { exactOptionalPropertyTypes: true, noUncheckedIndexedAccess: true },
});

const START = `import {
  control_bayes, control_grid, control_race, create_keras_functional_spec, datasets, desc, dropout, exp_improve,
  extract_parameter_set_dials, finalize_workflow, fit_best, fit_resamples, grid_latin_hypercube, grid_regular, hidden_units, initial_split,
  inp_spec, last_fit, layers, learn_rate, metric_set, parameters, recipe, select_best, select_by_one_std_err, select_by_pct_loss, tune,
  tune_bayes, tune_grid, tune_race_anova, tune_race_win_loss, tune_sim_anneal, tune_successive_halving, vfold_cv, workflow, workflow_map,
  workflow_set, type Block, type InputBlock,
} from "kspec";
const dense = ({ tensor, units = 32 }: Block<{ units?: number }>) => layers.dense({ units }).apply(tensor);
const out = ({ tensor, num_classes }: Block<{ num_classes: number }>) => layers.dense({ units: num_classes }).apply(tensor);
const network = create_keras_functional_spec({
  model_name: "network",
  layer_blocks: {
    input: ({ input_shape }: InputBlock) => layers.input({ shape: input_shape }),
    dense: inp_spec(dense, "input"),
    output: inp_spec(out, "dense"),
  },
  mode: "classification",
});
const wf = workflow({
  data: datasets.digits(), recipe: recipe("label ~ image"), model: network({ dense_units: tune(), learn_rate: tune("rate") }),
  metrics: metric_set("accuracy"),
});
`;
const mistakes = (text: string) => checker.mistakes(START + text).map((one) => one.replace(/^\d+: /, ""));

describe("what compiles", () => {
  test("the two lines of a tuning and its last fit", () => {
    expect(
      mistakes(`
export const results = tune_grid(wf, { resamples: vfold_cv({ v: 5 }), grid: grid_regular({ levels: 3 }) });
export default last_fit(finalize_workflow(wf, select_best(results, "accuracy")));`),
    ).toEqual([]);
  });

  test("every method, with its options", () => {
    expect(
      mistakes(`
const split = initial_split(datasets.csv("penguins.csv"), { strata: "species" });
const resamples = vfold_cv({ v: 5, strata: "species" });
const param_info = extract_parameter_set_dials(wf).update({ dense_units: hidden_units([16, 128]) });
const metrics = metric_set("accuracy", "roc_auc");
export const a = fit_resamples(wf.add_data(split), { resamples, metrics });
export const b = tune_grid(wf, {
  resamples, param_info, grid: 30, control: control_grid({ save_pred: true, extract: "history", workers: 2, time_budget: 600, seed: 3 }),
});
export const c = tune_race_anova(wf, { resamples, grid: [{ dense_units: 16, rate: 0.1 }], control: control_race({ burn_in: 2, alpha: 0.1 }) });
export const d = tune_race_win_loss(wf, { resamples, grid: grid_latin_hypercube(parameters({ rate: learn_rate([-4, -1]) }), { size: 20 }) });
export const e = tune_bayes(wf, { resamples, initial: b, iter: 20, objective: exp_improve(0.01), control: control_bayes({ no_improve: 5 }) });
export const f = tune_sim_anneal(wf, { resamples, iter: 30, initial: 3 });
export const g = tune_successive_halving(wf, { resamples, grid: 27, min_epochs: 1, factor: 3 });
export const h = workflow_map(workflow_set({ wf, plain: wf.add_model(network()) }), "tune_grid", { resamples, grid: 10 });
export const i = workflow_set({ recipes: { all: recipe("y ~ .") }, models: { small: network({ dense_units: 4 }), large: network() }, metrics });
export const j = fit_best(c, { metric: "accuracy", metrics });
export const k = last_fit(finalize_workflow(wf, select_by_one_std_err(c, "dense_units", desc("rate"))));
export const l = last_fit(finalize_workflow(wf, select_by_pct_loss(c, "dense_units", { metric: "roc_auc", limit: 5 })));
export const m = finalize_workflow(wf, { dense_units: 64, rate: 0.01 }).add_metrics(metrics);`),
    ).toEqual([]);
  });

  test("and what does not", () => {
    expect(mistakes(`tune_grid(wf, { grid: 10 });`)).toEqual([
      expect.stringContaining("Property 'resamples' is missing"),
    ]);
    expect(mistakes(`tune_grid(wf, { resamples: vfold_cv(), girds: 10 });`)).toEqual([
      expect.stringContaining("'girds' does not exist in type 'TuneGridOptions'"),
    ]);
    expect(mistakes(`tune_grid(wf, { resamples: 5 });`)).toEqual([
      expect.stringContaining("Type 'number' is not assignable to type 'ResamplesDescription'"),
    ]);
    expect(mistakes(`select_best(tune_grid(wf, { resamples: vfold_cv() }), 3);`)).toHaveLength(1);
    expect(mistakes(`last_fit(tune_grid(wf, { resamples: vfold_cv() }));`)).toHaveLength(1);
    expect(mistakes(`workflow_map(workflow_set({ wf }), "tune_gird", { resamples: vfold_cv() });`)).toEqual([
      expect.stringMatching(/^«"tune_gird"»/),
    ]);
  });

  test("options explain themselves", () => {
    const hover = checker.hover(`${START}\ntune_grid(wf, { resamples: vfold_cv(), grid: 10 });`, "grid: 10");
    expect(hover).toContain("Default 10: ten candidates that fill the space.");
    const names = checker.completions(
      `${START}\nselect_best(tune_grid(wf, { resamples: vfold_cv() }), "$0");`,
    );
    expect(names).toEqual(expect.arrayContaining(["accuracy", "roc_auc"]));
  });
});
