import { describe, expect, test } from "vitest";
import * as kspec from "kspec";
import type { Block, InputBlock } from "kspec";
import { refusal } from "./refusal.ts";

const {
  control_grid,
  control_race,
  create_keras_functional_spec,
  desc,
  exp_improve,
  finalize_workflow,
  fit_best,
  fit_resamples,
  inp_spec,
  last_fit,
  layers,
  metric_set,
  recipe,
  select_best,
  select_by_one_std_err,
  select_by_pct_loss,
  tune,
  tune_bayes,
  tune_grid,
  tune_successive_halving,
  vfold_cv,
  workflow,
  workflow_map,
  workflow_set,
} = kspec;
const network = create_keras_functional_spec({
  model_name: "network",
  layer_blocks: {
    input: ({ input_shape }: InputBlock) => layers.input({ shape: input_shape }),
    output: inp_spec(
      ({ tensor, units = 3 }: Block<{ units?: number }>) => layers.dense({ units }).apply(tensor),
      "input",
    ),
  },
});
const wf = workflow({
  recipe: recipe("y ~ .").step_pca("a", "b", { num_comp: tune() }),
  model: network({ output_units: tune(), learn_rate: tune("rate") }).set_engine("wasm"),
  metrics: metric_set("rmse"),
});
const resamples = vfold_cv({ v: 5 });

const untyped = kspec as unknown as Record<string, (...args: unknown[]) => unknown>;

describe("descriptions", () => {
  test("a tuning is a frozen object that nothing has been computed for", () => {
    const tuning = tune_grid(wf, { resamples, grid: [{ output_units: 1, rate: 0.1, num_comp: 1 }] });
    expect(tuning).toEqual({
      kind: "tuning",
      method: "tune_grid",
      workflow: wf,
      resamples,
      grid: { kind: "grid", method: "table", rows: [{ output_units: 1, rate: 0.1, num_comp: 1 }] },
      control: { kind: "control" },
      options: {},
    });
    expect(Object.isFrozen(tuning)).toBe(true);
    expect(tune_bayes(wf, { resamples, iter: 3, initial: tuning, objective: exp_improve() }).options).toEqual(
      {
        iter: 3,
        initial: tuning,
        objective: { kind: "objective", name: "exp_improve", trade_off: 0 },
      },
    );
  });

  test("a chain: selection, finalized workflow, last fit", () => {
    const results = tune_grid(wf, { resamples });
    const selection = select_best(results, "rmse");
    expect(selection).toEqual({ kind: "selection", by: "best", results, metric: "rmse" });
    const metrics = metric_set("mae");
    expect(fit_best(results, { metric: "rmse", metrics })).toEqual({
      kind: "last_fit",
      workflow: { kind: "finalized", workflow: wf, selection },
      metrics,
    });
    expect(last_fit(finalize_workflow(wf, selection), { metrics })).toEqual(
      fit_best(results, { metric: "rmse", metrics }),
    );
    expect(select_by_one_std_err(results, "output_units", desc("rate"))).toEqual({
      kind: "selection",
      by: "one_std_err",
      results,
      order: [
        { parameter: "output_units", descending: false },
        { parameter: "rate", descending: true },
      ],
    });
    expect(select_by_pct_loss(results, "rate", { limit: 5 })).toMatchObject({ by: "pct_loss", limit: 5 });
  });

  test("plain values finalize a workflow at once, and a row of show_best will do", () => {
    const row = { output_units: 7, rate: 0.5, num_comp: 2, ".metric": "rmse", mean: 3, n: 5, std_err: 0.1 };
    const final = finalize_workflow(wf, row);
    expect(final.model).toMatchObject({ engine: "wasm", arguments: { output_units: 7, learn_rate: 0.5 } });
    expect(final.recipe?.steps).toMatchObject([{ step: "pca", options: { num_comp: 2 } }]);
    expect(final.metrics).toBe(wf.metrics);
    expect(wf.model?.arguments).toMatchObject({ output_units: { kind: "tune" } });
    expect(finalize_workflow(wf, { rate: 1 }).model?.arguments).toMatchObject({
      output_units: { kind: "tune" },
      learn_rate: 1,
    });
  });

  test("a set of workflows: every recipe with every model, or by ids; one without marks is resampled", () => {
    const recipes = { plain: recipe("y ~ ."), scaled: recipe("y ~ .").step_normalize("a") };
    const models = { small: network({ output_units: 1 }), tuned: network({ output_units: tune() }) };
    const set = workflow_set({ recipes, models });
    expect(Object.keys(set.workflows)).toEqual([
      "plain_small",
      "plain_tuned",
      "scaled_small",
      "scaled_tuned",
    ]);
    expect(Object.keys(workflow_set({ recipes, models, cross: false }).workflows)).toEqual([
      "plain_small",
      "scaled_tuned",
    ]);
    const map = workflow_map(set, "tune_grid", { resamples, grid: 4, control: control_grid({ seed: 2 }) });
    expect(
      Object.values(map.tunings).map(({ method, grid, control }) => [method, grid, control.seed]),
    ).toEqual([
      ["fit_resamples", undefined, 2],
      ["tune_grid", 4, 2],
      ["fit_resamples", undefined, 2],
      ["tune_grid", 4, 2],
    ]);
    expect(workflow_set({ wf }).workflows).toEqual({ wf });
  });
});

describe("wrong uses", () => {
  test.each([
    [
      () => untyped["tune_grid"]!(network(), {}),
      "tune_grid(): the workflow must be something like workflow({ data, recipe, model }), and is a model.",
    ],
    [() => untyped["tune_grid"]!(wf), 'tune_grid() needs the option "resamples".'],
    [
      () => untyped["tune_grid"]!(wf, { resamples, grids: 3 }),
      'tune_grid() has no option "grids". Did you mean "grid"?',
    ],
    [
      () => untyped["tune_grid"]!(wf, { resamples: 5 }),
      "tune_grid(): resamples must be something like vfold_cv({ v: 5 }), and is the number 5.",
    ],
    [
      () => tune_grid(wf, { resamples, grid: 2.5 }),
      "tune_grid(): grid must be a whole number from 1 on, a grid such as grid_regular({ levels: 3 }), or a list of rows, and it is the number 2.5.",
    ],
    [
      () => untyped["tune_grid"]!(wf, { resamples, grid: [{ rate: 1 }, 3] }),
      "tune_grid(): each row of a grid must be an object, { parameter: value }, and row 2 is the number 3.",
    ],
    [
      () => tune_bayes(wf, { resamples, initial: 0 }),
      "tune_bayes(): initial must be a whole number from 1 on or an earlier tuning, and it is the number 0.",
    ],
    [
      () => tune_successive_halving(wf, { resamples, factor: 1 }),
      "tune_successive_halving(): factor must be a number above 1, and it is the number 1.",
    ],
    [
      () => tune_successive_halving(wf, { resamples, min_epochs: 9, max_epochs: 3 }),
      "tune_successive_halving(): min_epochs is 9, which is more than max_epochs, 3.",
    ],
    [
      () => control_race({ burn_in: 1 }),
      "control_race(): burn_in must be a whole number from 2 on, and it is the number 1.",
    ],
    [
      () => untyped["control_grid"]!({ burn_in: 3 }),
      'control_grid() has no option "burn_in". There are: save_pred, verbose, extract, parallel_over, workers, time_budget, seed.',
    ],
    [
      () => untyped["select_best"]!(wf),
      "select_best(): its first argument must be something like tune_grid(wf, { resamples: vfold_cv({ v: 5 }) }), and is a workflow.",
    ],
    [
      () => untyped["select_by_one_std_err"]!(fit_resamples(wf, { resamples })),
      'select_by_one_std_err() takes the parameters by which candidates are ordered from the simplest on, select_by_one_std_err(results, "dense_units"), and got none.',
    ],
    [
      () => finalize_workflow(wf, { rat: 3 }),
      'finalize_workflow(): nothing of this workflow is marked with tune() as "rat". Did you mean "rate"?',
    ],
    [
      () => untyped["finalize_workflow"]!(wf, tune_grid(wf, { resamples })),
      "finalize_workflow(): its second argument must be a selection, select_best(results), or values, { dense_units: 64 }, and is a tuning.",
    ],
    [
      () => untyped["last_fit"]!(tune_grid(wf, { resamples })),
      "last_fit(): its first argument must be something like finalize_workflow(wf, select_best(results)), and is a tuning.",
    ],
    [
      () => untyped["workflow_map"]!(workflow_set({ wf }), "tune_gird", {}),
      'workflow_map() takes the name of a function of tuning second, and got the text "tune_gird". Did you mean "tune_grid"?',
    ],
    [() => exp_improve(-1), "exp_improve(): trade_off must be a number from 0 on, and it is the number -1."],
  ])("%#", (use, message) => expect(refusal(use)).toBe(message));
});
