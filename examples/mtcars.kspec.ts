// A regression on 32 rows, measured by resampling: so small a test set would say little. `kspec tune examples/mtcars.kspec.ts`
// resamples it; `kspec fit examples/mtcars.kspec.ts` fits the network on all training rows.
import {
  all_predictors,
  bootstraps,
  create_keras_functional_spec,
  datasets,
  fit_resamples,
  inp_spec,
  layers,
  metric_set,
  recipe,
  workflow,
  type Block,
  type InputBlock,
} from "kspec";

const input_block = ({ input_shape }: InputBlock) => layers.input({ shape: input_shape });

const dense_block = ({ tensor, units = 64 }: Block<{ units?: number }>) =>
  layers.dense({ units, activation: "relu" }).apply(tensor);

const output_block = ({ tensor }: Block) => layers.dense({ units: 1 }).apply(tensor);

export const mtcars_mlp = create_keras_functional_spec({
  model_name: "mtcars_mlp",
  layer_blocks: {
    input: input_block,
    dense: inp_spec(dense_block, "input"),
    output: inp_spec(output_block, "dense"),
  },
  mode: "regression",
});

const wf = workflow({
  data: datasets.csv("data/mtcars.csv", { test: 3, seed: 1 }),
  recipe: recipe("mpg ~ . - model").step_normalize(all_predictors()),
  model: mtcars_mlp({ num_dense: 2, fit_epochs: 100, fit_batch_size: 8 }),
  metrics: metric_set("rmse", "rsq", "mae"),
});

export const resampled = fit_resamples(wf, { resamples: bootstraps({ times: 25 }) });

export default wf;
