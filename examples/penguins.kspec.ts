// A sequential network on a small table, tuned by racing: 81 candidates, and those that fall behind are given up after a few folds.
// `kspec tune examples/penguins.kspec.ts`
import {
  all_nominal_predictors,
  all_numeric_predictors,
  callbacks,
  create_keras_sequential_spec,
  datasets,
  dropout,
  extract_parameter_set_dials,
  finalize_workflow,
  grid_regular,
  hidden_units,
  initial_split,
  last_fit,
  layers,
  metric_set,
  recipe,
  select_best,
  sequential,
  tune,
  tune_race_anova,
  vfold_cv,
  workflow,
  type InputBlock,
  type SequentialBlock,
} from "kspec";

const input_block = ({ input_shape }: InputBlock) =>
  sequential({ layers: [layers.inputLayer({ inputShape: input_shape })] });

const hidden_block = ({
  model,
  units = 32,
  rate = 0.2,
}: SequentialBlock<{ units?: number; rate?: number }>) => {
  model.add(layers.dense({ units, activation: "relu" }));
  model.add(layers.dropout({ rate }));
  return model;
};

const output_block = ({ model, num_classes }: SequentialBlock<{ num_classes: number }>) => {
  model.add(layers.dense({ units: num_classes, activation: "softmax" }));
  return model;
};

export const penguin_mlp = create_keras_sequential_spec({
  model_name: "penguin_mlp",
  layer_blocks: {
    input: input_block,
    hidden_1: hidden_block,
    hidden_2: hidden_block,
    output: output_block,
  },
  mode: "classification",
});

const wf = workflow({
  data: initial_split(datasets.csv("data/penguins.csv"), { prop: 0.8, strata: "species", seed: 123 }),
  recipe: recipe("species ~ . - year")
    .step_impute_mean(all_numeric_predictors())
    .step_impute_mode("sex")
    .step_normalize(all_numeric_predictors())
    .step_dummy(all_nominal_predictors()),
  model: penguin_mlp({
    hidden_1_units: tune(),
    hidden_1_rate: tune(),
    hidden_2_units: tune(),
    hidden_2_rate: tune(),
    compile_optimizer: "adam",
    fit_epochs: 20,
    fit_validation_split: 0.2,
    fit_callbacks: [callbacks.earlyStopping({ monitor: "val_loss", patience: 5 })],
  }),
  metrics: metric_set("accuracy", "roc_auc", "f_meas"),
});

const parameters = extract_parameter_set_dials(wf).update({
  hidden_1_units: hidden_units([32, 128]),
  hidden_1_rate: dropout([0.1, 0.4]),
  hidden_2_units: hidden_units([16, 64]),
  hidden_2_rate: dropout([0.1, 0.4]),
});

export const results = tune_race_anova(wf, {
  resamples: vfold_cv({ v: 5, strata: "species" }),
  grid: grid_regular(parameters, { levels: 3 }),
});

export default last_fit(finalize_workflow(wf, select_best(results, "accuracy")));
