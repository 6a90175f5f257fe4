// Tuning with nothing to download: twelve candidates for the head of a transfer model, each on three folds. The frozen base is
// computed once for all of them.
import {
  create_keras_functional_spec,
  datasets,
  dropout,
  extract_parameter_set_dials,
  finalize_workflow,
  grid_space_filling,
  hidden_units,
  inp_spec,
  last_fit,
  layers,
  learn_rate,
  load_model,
  metric_set,
  recipe,
  select_best,
  tune,
  tune_grid,
  vfold_cv,
  workflow,
  type Block,
  type InputBlock,
} from "kspec";

const input_block = ({ input_shape }: InputBlock) => layers.input({ shape: input_shape });

const digits_base_block = ({ tensor }: Block) => {
  const base = load_model("kspec:digits_base");
  base.trainable = false;
  return base.apply(tensor);
};

const flatten_block = ({ tensor }: Block) => layers.flatten().apply(tensor);

const dense_block = ({ tensor, units = 32 }: Block<{ units?: number }>) =>
  layers.dense({ units, activation: "relu" }).apply(tensor);

const drop_block = ({ tensor, rate = 0 }: Block<{ rate?: number }>) => layers.dropout({ rate }).apply(tensor);

const output_block = ({ tensor, num_classes }: Block<{ num_classes: number }>) =>
  layers.dense({ units: num_classes, activation: "softmax" }).apply(tensor);

export const digits_tune = create_keras_functional_spec({
  model_name: "digits_tune",
  layer_blocks: {
    input: input_block,
    digits_base: inp_spec(digits_base_block, "input"),
    flatten: inp_spec(flatten_block, "digits_base"),
    dense: inp_spec(dense_block, "flatten"),
    drop: inp_spec(drop_block, "dense"),
    output: inp_spec(output_block, "drop"),
  },
  mode: "classification",
});

// What is marked with tune() has no value yet.
const wf = workflow({
  data: datasets.digits({ classes: [5, 6, 7, 8, 9], train: 500, test: 1000 }),
  recipe: recipe("label ~ image").step_rescale("image", { scale: 1 / 255 }),
  model: digits_tune({ dense_units: tune(), drop_rate: tune(), learn_rate: tune(), fit_epochs: 10 }),
  metrics: metric_set("accuracy", "mn_log_loss"),
});

// What values it may have. learn_rate counts in powers of ten: 0.0001 to 0.03.
const parameters = extract_parameter_set_dials(wf).update({
  dense_units: hidden_units([8, 128]),
  drop_rate: dropout([0, 0.5]),
  learn_rate: learn_rate([-4, -1.5]),
});

// Tune model: each candidate is fitted on two thirds of the training rows and measured on the rest, three times.
export const results = tune_grid(wf, {
  resamples: vfold_cv({ v: 3, strata: "label" }),
  grid: grid_space_filling(parameters, { size: 12 }),
});

// Fit model: the best candidate on all training rows, measured on the test rows.
export default last_fit(finalize_workflow(wf, select_best(results, "accuracy")));
