import { BLOCKS, expectMarked } from "./markers.ts";

/** A spec file whose model has `dense_units` and `learn_rate` to tune, around a few lines about `wf`, its workflow. */
export function tuned(body: string, model = "network({ dense_units: tune(), learn_rate: tune() })"): string {
  return `${BLOCKS}
import {
  batch_size, desc, dropout, extract_parameter_set_dials, finalize_workflow, fit_best, fit_resamples, grid_random, grid_regular,
  hidden_units, last_fit, learn_rate, metric_set, num_terms, parameters, select_best, select_by_one_std_err, tune_bayes, tune_grid,
  tune_race_anova, vfold_cv, workflow_map, workflow_set,
} from "kspec";
const network = create_keras_functional_spec({
  model_name: "network",
  mode: "classification",
  layer_blocks: { input: input_block, dense: inp_spec(dense_block, "input"), output: inp_spec(output_block, "dense") },
});
const rec = recipe("label ~ image");
const wf = workflow({ data: datasets.digits(), recipe: rec, model: ${model}, metrics: metric_set("accuracy", "roc_auc") });
${body}
`;
}

/** `expectMarked` of such a file. */
export function expectTuned(body: string, model?: string): void {
  expectMarked(tuned(body, model));
}
