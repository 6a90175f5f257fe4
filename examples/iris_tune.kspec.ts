// Arguments of fit and compile, tuned: epochs, batch size, learning rate, optimizer and loss, two values of each, on three folds.
// `kspec tune examples/iris_tune.kspec.ts`; candidates that differ in their epochs alone are one fit.
import {
  all_predictors,
  batch_size,
  create_keras_functional_spec,
  datasets,
  epochs,
  extract_parameter_set_dials,
  finalize_workflow,
  grid_regular,
  initial_split,
  inp_spec,
  last_fit,
  layers,
  learn_rate,
  loss_function_keras,
  metric_set,
  optimizer_function,
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

const dense_block = ({ tensor, units = 10 }: Block<{ units?: number }>) =>
  layers.dense({ units, activation: "relu" }).apply(tensor);

const output_block = ({ tensor, num_classes }: Block<{ num_classes: number }>) =>
  layers.dense({ units: num_classes, activation: "softmax" }).apply(tensor);

export const iris_mlp = create_keras_functional_spec({
  model_name: "iris_mlp",
  layer_blocks: {
    input: input_block,
    dense: inp_spec(dense_block, "input"),
    output: inp_spec(output_block, "dense"),
  },
  mode: "classification",
});

const wf = workflow({
  data: initial_split(datasets.csv("data/iris.csv"), { prop: 0.8, strata: "Species", seed: 1 }),
  recipe: recipe("Species ~ .").step_normalize(all_predictors()),
  model: iris_mlp({
    fit_epochs: tune(),
    fit_batch_size: tune(),
    learn_rate: tune(),
    compile_optimizer: tune(),
    compile_loss: tune(),
  }),
  metrics: metric_set("accuracy", "roc_auc"),
});

const parameters = extract_parameter_set_dials(wf).update({
  fit_epochs: epochs([10, 30]),
  fit_batch_size: batch_size([16, 64], { trans: null }),
  learn_rate: learn_rate([0.001, 0.01], { trans: null }),
  compile_optimizer: optimizer_function(["adam", "sgd", "rmsprop"]),
  compile_loss: loss_function_keras(["categorical_crossentropy", "kl_divergence"]),
});

export const results = tune_grid(wf, {
  resamples: vfold_cv({ v: 3 }),
  grid: grid_regular(parameters, { levels: 2 }),
});

export default last_fit(finalize_workflow(wf, select_best(results, "accuracy")));
