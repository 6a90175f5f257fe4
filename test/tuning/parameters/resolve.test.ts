import { describe, expect, test } from "vitest";
import {
  batch_size,
  extract_parameter_set_dials,
  hidden_units,
  learn_rate,
  new_qual_param,
  new_quant_param,
  parameters,
  recipe,
  schedules,
  tune,
  all_numeric_predictors,
  workflow,
} from "kspec";
import { resolveParameters } from "../../../src/tuning/parameters/index.ts";
import { tuned } from "../a-workflow.ts";

const refusal = (work: () => unknown): string => {
  try {
    work();
  } catch (error) {
    expect((error as Error).name).toBe("UserError");
    return (error as Error).message;
  }
  throw new Error("It was not refused.");
};
const table = (rows: readonly Record<string, unknown>[]) =>
  ({ kind: "grid", method: "table", rows }) as const;

describe("what the name of an argument says", () => {
  // kerasnip's tunable() maps these to dials; kernel and pool sizes, activations, optimizers and losses are what it means to.
  test.each([
    ["num_dense", "num_terms", "integer", [1, 10], undefined],
    ["dense_units", "hidden_units", "integer", [1, 10], undefined],
    ["dense_rate", "dropout", "double", [0, 0.9], undefined],
    ["conv_filters", "filters", "integer", [1, 10], undefined],
    ["conv_kernelSize", "kernel_size", "integer", [1, 7], undefined],
    ["conv_pool_size", "pool_size", "integer", [1, 4], undefined],
    ["learn_rate", "learn_rate", "double", [-10, -1], "log10"],
    ["fit_epochs", "epochs", "integer", [10, 1000], undefined],
    ["fit_batch_size", "batch_size", "integer", [3, 8], "log2"],
  ] as const)("%s is a %s", (argument, type, scale, range, transform) => {
    const [parameter] = resolveParameters(tuned({ [argument]: tune() }));
    expect(parameter).toMatchObject({
      id: argument,
      target: { kind: "argument", argument },
      type,
      scale,
      range,
    });
    expect(parameter!.transform).toBe(transform);
  });

  test("activations, optimizers, losses and switches have values", () => {
    const found = resolveParameters(
      tuned({
        conv_activation: tune(),
        compile_optimizer: tune(),
        compile_loss: tune(),
        fit_shuffle: tune(),
      }),
    );
    expect(found.map(({ type, values }) => [type, values!.slice(0, 3)])).toEqual([
      ["activation", ["linear", "softmax", "relu"]],
      ["optimizer_function", ["adadelta", "adagrad", "adam"]],
      [
        "loss_function_keras",
        ["binary_crossentropy", "binary_focal_crossentropy", "categorical_crossentropy"],
      ],
      ["new_qual_param", [true, false]],
    ]);
  });

  test("options of recipe steps come after the model's arguments, under their own names", () => {
    const wf = tuned({ dense_units: tune() }).add_recipe(
      recipe("y ~ .")
        .step_corr(all_numeric_predictors(), { threshold: tune("corr_limit") })
        .step_pca(all_numeric_predictors(), { num_comp: tune() }),
    );
    expect(resolveParameters(wf)).toMatchObject([
      { id: "dense_units" },
      { id: "corr_limit", target: { kind: "step", step: 0, option: "threshold" }, range: [0, 1] },
      { id: "num_comp", target: { kind: "step", step: 1, option: "num_comp" }, range: [1, 4] },
    ]);
  });
});

describe("what the author says counts more", () => {
  const wf = tuned({ dense_units: tune("units"), learn_rate: tune() });
  const units = (found: ReturnType<typeof resolveParameters>) => found.find(({ id }) => id === "units")!;

  test("param_info", () => {
    const found = resolveParameters(wf, parameters({ units: hidden_units([16, 128]) }));
    expect(units(found)).toMatchObject({
      range: [16, 128],
      target: { kind: "argument", argument: "dense_units" },
    });
    expect(found[1]).toMatchObject({ id: "learn_rate", range: [-10, -1] });
  });

  test("the grid's own parameters, more than param_info", () => {
    const grid = {
      kind: "grid",
      method: "regular",
      parameters: extract_parameter_set_dials(wf).update({ units: hidden_units([4, 8]) }),
      options: {},
    } as const;
    expect(units(resolveParameters(wf, parameters({ units: hidden_units([16, 128]) }), grid)).range).toEqual([
      4, 8,
    ]);
  });

  test("a table says it by its values, in the units of the parameter", () => {
    const found = resolveParameters(
      wf,
      undefined,
      table([
        { units: 16, learn_rate: 0.01 },
        { units: 64, learn_rate: 0.0001 },
      ]),
    );
    expect(found).toMatchObject([
      { id: "units", type: "hidden_units", scale: "integer", range: [16, 64] },
      { id: "learn_rate", range: [-4, -2], transform: "log10" },
    ]);
  });

  test("a table may tune what has no usual range", () => {
    const rows = [{ alpha: 0.5 }, { alpha: 2 }];
    expect(resolveParameters(tuned({ conv_alpha: tune("alpha") }), undefined, table(rows))).toMatchObject([
      { id: "alpha", type: "table", scale: "double", range: [0.5, 2] },
    ]);
    const words = [{ loss: "hinge" }, { loss: "poisson" }, { loss: "hinge" }];
    expect(resolveParameters(tuned({ compile_loss: tune("loss") }), undefined, table(words))).toMatchObject([
      { scale: "nominal", values: ["hinge", "poisson"] },
    ]);
  });

  test("a table does not make whole numbers of others, nor numbers of words", () => {
    const scales = (rows: Record<string, unknown>[]) =>
      resolveParameters(wf, undefined, table(rows)).map(({ scale }) => scale);
    expect(scales([{ units: 8.5, learn_rate: 1 }])).toEqual(["integer", "double"]);
    expect(scales([{ units: "8", learn_rate: Number.NaN }])).toEqual(["integer", "double"]);
    const schedule = schedules.cosineDecay({ initialLearningRate: 0.1, decaySteps: 100 });
    expect(
      scales([
        { units: 8, learn_rate: 0.1 },
        { units: 8, learn_rate: schedule },
      ]),
    ).toEqual(["integer", "nominal"]);
  });

  test("parameters of one's own are called by their ids", () => {
    const info = parameters({
      units: new_quant_param({ type: "integer", values: [16, 64] }),
      learn_rate: new_qual_param({ values: [0.1, 0.2], label: "Rate" }),
    });
    expect(resolveParameters(wf, info)).toMatchObject([
      { label: "units", values: [16, 64] },
      { label: "Rate", scale: "nominal" },
    ]);
  });

  test("no transformation, as in kerasnip's vignette", () => {
    const info = parameters({
      units: batch_size([16, 64], { trans: null }),
      learn_rate: learn_rate([0.001, 0.01], { trans: null }),
    });
    for (const { transform, range } of resolveParameters(wf, info)) {
      expect(transform).toBeUndefined();
      expect(range).toBeOneOf([
        [16, 64],
        [0.001, 0.01],
      ]);
    }
  });
});

describe("what cannot be is said", () => {
  test("an argument of which nothing says what it may be", () => {
    expect(refusal(() => resolveParameters(tuned({ conv_alpha: tune() })))).toBe(
      'The argument `conv_alpha` is tuned, and nothing says what values it may have. Say it in the tuning: param_info: parameters({ conv_alpha: new_quant_param({ type: "double", range: [0, 1] }) }), or give a table of candidates as grid.',
    );
    expect(refusal(() => resolveParameters(tuned({ fit_sample_weight: tune("by") })))).toContain(
      'parameters({ by: new_qual_param({ values: ["…", "…"] }) })',
    );
    const wf = tuned({}).add_recipe(recipe("y ~ x").step_log("x", { base: tune() }));
    expect(refusal(() => resolveParameters(wf))).toMatch(/^`base` of step_log is tuned/);
  });

  test("two marks of one id", () => {
    expect(refusal(() => resolveParameters(tuned({ dense_units: tune("n"), conv_filters: tune("n") })))).toBe(
      'Two arguments are tuned as `n`. Give one of them another name: tune("n_2").',
    );
  });

  test("a parameter that nobody tunes", () => {
    const info = parameters({ dense_unit: hidden_units() });
    expect(refusal(() => resolveParameters(tuned({ dense_units: tune() }), info))).toBe(
      "param_info has `dense_unit`, and nothing of the workflow is marked with tune() by that name. Did you mean `dense_units`? Tuned are `dense_units`.",
    );
  });

  test("but when all marks have given way to values, the rest of the spec may stay as it was", () => {
    expect(resolveParameters(tuned({ dense_units: 8 }), parameters({ dense_units: hidden_units() }))).toEqual(
      [],
    );
    expect(resolveParameters(workflow())).toEqual([]);
  });
});
