// The head of a transfer model, tuned: 30 candidates on five folds, with nothing to download. The frozen base is computed once for
// all of them. Run it: the code lens "Tune model", or `kspec tune examples/digits_tune.kspec.ts`.
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

export const digits_head = create_keras_functional_spec({
  model_name: "digits_head",
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

const wf = workflow({
  data: datasets.digits({ classes: [5, 6, 7, 8, 9], train: 500, test: 1000 }),
  recipe: recipe("label ~ image").step_rescale("image", { scale: 1 / 255 }),
  model: digits_head({ dense_units: tune(), drop_rate: tune(), learn_rate: tune(), fit_epochs: 15 }),
  metrics: metric_set("accuracy", "mn_log_loss"),
});

const parameters = extract_parameter_set_dials(wf).update({
  dense_units: hidden_units([8, 128]),
  drop_rate: dropout([0, 0.6]),
  learn_rate: learn_rate([-4, -1.5]),
});

export const results = tune_grid(wf, {
  resamples: vfold_cv({ v: 5, strata: "label" }),
  grid: grid_space_filling(parameters, { size: 30 }),
});

export default last_fit(finalize_workflow(wf, select_best(results, "accuracy")));
