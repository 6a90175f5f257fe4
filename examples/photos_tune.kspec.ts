// The head of a frozen MobileNet, tuned on photos of your own: one folder a class under `photos`, or train and test folders of them.
// Each photo goes through the base once, whatever is tried after that. It needs Keras's file of the weights: from the Keras cache, a
// mirror, or the network.
import {
  applications,
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

const mobilenet_block = ({ tensor }: Block) => {
  const base = applications.mobilenet({ alpha: 0.25, includeTop: false, weights: "imagenet" });
  base.trainable = false;
  return base.apply(tensor);
};

const pool_block = ({ tensor }: Block) => layers.globalAveragePooling2d().apply(tensor);

const dense_block = ({ tensor, units = 64 }: Block<{ units?: number }>) =>
  layers.dense({ units, activation: "relu" }).apply(tensor);

const drop_block = ({ tensor, rate = 0.2 }: Block<{ rate?: number }>) =>
  layers.dropout({ rate }).apply(tensor);

const output_block = ({ tensor, num_classes }: Block<{ num_classes: number }>) =>
  layers.dense({ units: num_classes, activation: "softmax" }).apply(tensor);

export const photos_head = create_keras_functional_spec({
  model_name: "photos_head",
  layer_blocks: {
    input: input_block,
    mobilenet: inp_spec(mobilenet_block, "input"),
    pool: inp_spec(pool_block, "mobilenet"),
    dense: inp_spec(dense_block, "pool"),
    drop: inp_spec(drop_block, "dense"),
    output: inp_spec(output_block, "drop"),
  },
  mode: "classification",
});

const wf = workflow({
  data: datasets.image_folder("photos", { test: 0.25, seed: 1 }),
  recipe: recipe("label ~ image")
    .step_resize("image", { height: 128, width: 128 })
    .step_preprocess_input("mobilenet"),
  model: photos_head({ dense_units: tune(), drop_rate: tune(), learn_rate: tune(), fit_epochs: 20 }),
  metrics: metric_set("accuracy", "mn_log_loss"),
});

const parameters = extract_parameter_set_dials(wf).update({
  dense_units: hidden_units([16, 256]),
  drop_rate: dropout([0, 0.6]),
  learn_rate: learn_rate([-4, -2]),
});

export const results = tune_grid(wf, {
  resamples: vfold_cv({ v: 5, strata: "label" }),
  grid: grid_space_filling(parameters, { size: 30 }),
});

export default last_fit(finalize_workflow(wf, select_best(results, "accuracy")));
