// Images of your own: one folder for each class, for example photos/cat and photos/dog.
// Change "photos" below to your folder; the path starts at this file.
import {
  callbacks,
  create_keras_functional_spec,
  datasets,
  inp_spec,
  layers,
  metric_set,
  recipe,
  workflow,
  type Block,
  type InputBlock,
} from "kspec";

const input_block = ({ input_shape }: InputBlock) => layers.input({ shape: input_shape });

const conv_block = ({ tensor, filters = 16 }: Block<{ filters?: number }>) => {
  const convolved = layers.conv2d({ filters, kernelSize: 3, padding: "same", activation: "relu" }).apply(tensor);
  return layers.maxPooling2d({ poolSize: 2 }).apply(convolved);
};

const pool_block = ({ tensor }: Block) => layers.globalAveragePooling2d().apply(tensor);

const output_block = ({ tensor, num_classes }: Block<{ num_classes: number }>) =>
  layers.dense({ units: num_classes, activation: "softmax" }).apply(tensor);

export const small_convnet = create_keras_functional_spec({
  model_name: "small_convnet",
  layer_blocks: {
    input: input_block,
    conv: inp_spec(conv_block, "input"),
    pool: inp_spec(pool_block, "conv"),
    output: inp_spec(output_block, "pool"),
  },
  mode: "classification",
});

export default workflow({
  data: datasets.image_folder("photos", { test: 0.25, seed: 1 }),
  recipe: recipe("label ~ image")
    .step_resize("image", { height: 64, width: 64 })
    .step_rescale("image", { scale: 1 / 255 }),
  model: small_convnet({
    num_conv: 3, // the block is repeated three times
    conv_filters: 32,
    learn_rate: 0.001,
    fit_epochs: 20,
    fit_validation_split: 0.2,
    fit_callbacks: [callbacks.earlyStopping({ monitor: "val_loss", patience: 3, restoreBestWeights: true })],
  }),
  metrics: metric_set("accuracy"),
});
