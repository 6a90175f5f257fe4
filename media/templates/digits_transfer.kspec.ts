// Transfer learning with nothing to download: a base that knows the digits 0–4 is frozen,
// and a new head learns 5–9 from 500 images.
import {
  create_keras_functional_spec,
  datasets,
  inp_spec,
  layers,
  load_model,
  metric_set,
  recipe,
  workflow,
  type Block,
  type InputBlock,
} from "kspec";

// A layer block is a function of one object: its tensor, and its hyperparameters.
const input_block = ({ input_shape }: InputBlock) => layers.input({ shape: input_shape });

const digits_base_block = ({ tensor }: Block) => {
  const base = load_model("kspec:digits_base");
  base.trainable = false;
  return base.apply(tensor);
};

const flatten_block = ({ tensor }: Block) => layers.flatten().apply(tensor);

const output_block = ({ tensor, num_classes }: Block<{ num_classes: number }>) =>
  layers.dense({ units: num_classes, activation: "softmax" }).apply(tensor);

// A spec names the blocks and says what each reads.
export const digits_transfer = create_keras_functional_spec({
  model_name: "digits_transfer",
  layer_blocks: {
    input: input_block,
    digits_base: inp_spec(digits_base_block, "input"),
    flatten: inp_spec(flatten_block, "digits_base"),
    output: inp_spec(output_block, "flatten"),
  },
  mode: "classification",
});

// A workflow is what can be fitted: data, recipe, model with its arguments, metrics.
export default workflow({
  data: datasets.digits({ classes: [5, 6, 7, 8, 9], train: 500, test: 1000 }),
  recipe: recipe("label ~ image").step_rescale("image", { scale: 1 / 255 }),
  model: digits_transfer({ fit_epochs: 5, fit_validation_split: 0.2 }),
  metrics: metric_set("accuracy"),
});
