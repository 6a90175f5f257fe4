// Transfer learning and then fine-tuning, with nothing to download: a convolutional base that has only ever seen the digits 0–4 is
// frozen while a head learns 5–9; then its last two convolutions are trained as well, in small steps. Run it: the code lens above the workflow,
// "KSpec: Fit model" in the palette, or `kspec fit examples/digits_fine_tune.kspec.ts`.
import {
  create_keras_functional_spec,
  datasets,
  fine_tune,
  inp_spec,
  layers,
  load_model,
  metric_set,
  recipe,
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

const output_block = ({ tensor, num_classes }: Block<{ num_classes: number }>) =>
  layers.dense({ units: num_classes, activation: "softmax" }).apply(layers.flatten().apply(tensor));

export const digits_fine_tune = create_keras_functional_spec({
  model_name: "digits_fine_tune",
  layer_blocks: {
    input: input_block,
    digits_base: inp_spec(digits_base_block, "input"),
    output: inp_spec(output_block, "digits_base"),
  },
  mode: "classification",
});

export default workflow({
  data: datasets.digits({ classes: [5, 6, 7, 8, 9], train: 500, test: 1000 }),
  recipe: recipe("label ~ image").step_rescale("image", { scale: 1 / 255 }),
  model: digits_fine_tune({ learn_rate: 0.01, fit_epochs: 5, fit_validation_split: 0.2 }),
  metrics: metric_set("accuracy"),
  fine_tune: fine_tune({ from: "digits_conv5", epochs: 10, learn_rate: 1e-4 }),
});
