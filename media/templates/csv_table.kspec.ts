// A table of your own: a number is predicted from all other columns.
// Change "houses.csv" and the outcome "price" below; the path starts at this file.
import {
  create_keras_sequential_spec,
  datasets,
  all_nominal_predictors,
  all_numeric_predictors,
  layers,
  metric_set,
  recipe,
  sequential,
  workflow,
  type InputBlock,
  type SequentialBlock,
} from "kspec";

// In a sequential spec the first block makes the model, and every other block adds to it.
const input_block = ({ input_shape }: InputBlock) =>
  sequential({ layers: [layers.inputLayer({ inputShape: input_shape })] });

const dense_block = ({ model, units = 32 }: SequentialBlock<{ units?: number }>) => {
  model.add(layers.dense({ units, activation: "relu" }));
  return model;
};

const output_block = ({ model }: SequentialBlock) => {
  model.add(layers.dense({ units: 1 }));
  return model;
};

export const price_net = create_keras_sequential_spec({
  model_name: "price_net",
  layer_blocks: { input: input_block, dense: dense_block, output: output_block },
  mode: "regression",
});

export default workflow({
  data: datasets.csv("houses.csv", { test: 0.25, seed: 1 }),
  recipe: recipe("price ~ .")
    .step_normalize(all_numeric_predictors())
    .step_dummy(all_nominal_predictors()),
  model: price_net({ num_dense: 2, dense_units: 64, fit_epochs: 50, fit_validation_split: 0.2 }),
  metrics: metric_set("rmse", "rsq"),
});
