import { describe, expect, it } from "vitest";
import { parseSpecFile } from "../../../src/language/index.ts";
import { hasUsualRange } from "../../../src/spec/usual-ranges.ts";
import { marksOf } from "../../../src/spec/index.ts";
import { usualParameter, usualStepParameter } from "../../../src/tuning/parameters/usual-parameter.ts";
import { BLOCKS, expectMarked } from "../../language/markers.ts";
import { expectTuned } from "../../language/tuned.ts";

const folds = "resamples: vfold_cv({ v: 5 })";
const network = (body: string) => `${BLOCKS}
import { grid_regular, new_quant_param, parameters, tune_grid, vfold_cv } from "kspec";
const leaky_block = ({ tensor, alpha = 0.3, kind = "a" }: Block<{ alpha?: number; kind?: string }>) =>
  layers.leakyReLU({ alpha }).apply(tensor);
const network = create_keras_functional_spec({
  model_name: "network",
  mode: "classification",
  layer_blocks: { input: input_block, leaky: inp_spec(leaky_block, "input"), output: inp_spec(output_block, "leaky") },
});
const rec = recipe("label ~ image");
${body}
`;

describe("unknown-range", () => {
  it("says how a range is given", () => {
    expectMarked(
      network(`
const model = network({ leaky_alpha: tune(), leaky_kind: tune("sort"), learn_rate: tune() });
//                                   ^^^^^^ error unknown-range: Nothing says which values "leaky_alpha" may have. Say it in the tuning, param_info: parameters({ leaky_alpha: new_quant_param({ type: "double", range: [0, 1] }) }), or give a table of candidates as its grid.
//                                                       ^^^^^^^^^^^^ error unknown-range: Nothing says which values "leaky_kind" may have. Say it in the tuning, param_info: parameters({ sort: new_qual_param({ values: ["…", "…"] }) }), …
export default tune_grid(workflow({ model, recipe: rec }), { ${folds}, grid: grid_regular({ levels: 3 }) });
`),
    );
  });
  it("is silent where the tuning says it, or a table does", () => {
    const info = 'parameters({ leaky_alpha: new_quant_param({ type: "double", range: [0, 1] }) })';
    expectMarked(
      network(`
const wf = workflow({ model: network({ leaky_alpha: tune() }), recipe: rec });
export const a = tune_grid(wf, { ${folds}, param_info: ${info} });
export const b = tune_grid(wf, { ${folds}, grid: grid_regular(${info}) });
export const c = tune_grid(wf, { ${folds}, grid: [{ leaky_alpha: 0.1 }, { leaky_alpha: 0.2 }] });
`),
    );
    expectTuned(
      `export default tune_grid(wf, { ${folds} });`,
      "network({ num_dense: tune(), fit_shuffle: tune() })",
    );
  });

  it("knows of the same names as the tuning itself", () => {
    const names = [
      [
        "units",
        "hidden_units",
        "filters",
        "kernel_size",
        "kernelSize",
        "pool_size",
        "dropout",
        "rate",
        "learn_rate",
      ],
      [
        "learning_rate",
        "activation",
        "penalty",
        "momentum",
        "weight_decay",
        "alpha",
        "size",
        "units_2",
        "strides",
      ],
    ].flat();
    const fixed = [
      "learn_rate",
      "fit_epochs",
      "fit_batch_size",
      "fit_shuffle",
      "fit_validation_split",
      "fit_verbose",
    ];
    const model = ["compile_loss", "compile_optimizer", "compile_metrics", "fit_callbacks", "num_dense"];
    const all = [...names.map((name) => `dense_${name}`), ...fixed, ...model];
    const text = `import { create_keras_functional_spec, tune, workflow } from "kspec";
const block = ({ tensor, ${names.map((name) => `${name} = 1`).join(", ")} }: any) => tensor;
const network = create_keras_functional_spec({ model_name: "n", layer_blocks: { dense: block } });
export default workflow({ model: network({ ${all.map((name) => `${name}: tune()`).join(", ")} }) });`;
    const [workflow] = parseSpecFile(text, "a.kspec.ts").workflows;
    const known = marksOf(workflow!)
      .list.filter(hasUsualRange)
      .map(({ given }) => given.name);
    const spec = { kind: "spec", api: "functional", model_name: "n", mode: "regression" } as const;
    const described = { spec: { ...spec, layer_blocks: { dense: () => undefined } } };
    expect(known).toEqual(all.filter((name) => usualParameter(name, described) !== undefined));
    expect(known.length).toBeGreaterThan(15);

    const options = [
      "num_comp",
      "threshold",
      "deg_free",
      "neighbors",
      "freq_cut",
      "unique_cut",
      "trim",
      "flip",
      "method",
      "skip",
    ];
    const steps = ["pca", "corr", "other", "nzv", "impute_mean", "augment", "normalize", "log"];
    const pairs = steps.flatMap((step) =>
      [...options, "signed", "one_hot", "levels"].map((option) => ({ step, option })),
    );
    for (const { step, option } of pairs) {
      const mark = {
        id: option,
        step: `step_${step}`,
        given: { name: option, value: { type: "tune" } },
      } as const;
      expect([step, option, hasUsualRange(mark)]).toEqual([
        step,
        option,
        usualStepParameter(step, option) !== undefined,
      ]);
    }
  });
});
