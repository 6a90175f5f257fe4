// A network that branches: two ways of looking at the same digits are joined before the output.
// It fits as it is; the digits come with KSpec.
import {
  create_keras_functional_spec,
  datasets,
  inp_spec,
  layers,
  metric_set,
  recipe,
  workflow,
  type Block,
  type InputBlock,
  type Tensor,
} from "kspec";

const input_block = ({ input_shape }: InputBlock) => layers.input({ shape: input_shape });

const shapes_block = ({ tensor, filters = 8 }: Block<{ filters?: number }>) => {
  const convolved = layers.conv2d({ filters, kernelSize: 5, strides: 2, activation: "relu" }).apply(tensor);
  return layers.flatten().apply(convolved);
};

const pixels_block = ({ tensor, units = 32 }: Block<{ units?: number }>) =>
  layers.dense({ units, activation: "relu" }).apply(layers.flatten().apply(tensor));

const join_block = ({ left, right }: { left: Tensor; right: Tensor }) => layers.concatenate().apply([left, right]);

const dense_block = ({ tensor, units = 64 }: Block<{ units?: number }>) =>
  layers.dense({ units, activation: "relu" }).apply(tensor);

const output_block = ({ tensor, num_classes }: Block<{ num_classes: number }>) =>
  layers.dense({ units: num_classes, activation: "softmax" }).apply(tensor);

export const two_branches = create_keras_functional_spec({
  model_name: "two_branches",
  layer_blocks: {
    input: input_block,
    shapes: inp_spec(shapes_block, "input"),
    pixels: inp_spec(pixels_block, "input"),
    // A block with several tensors is wired argument by argument.
    join: inp_spec(join_block, { left: "shapes", right: "pixels" }),
    dense: inp_spec(dense_block, "join"),
    output: inp_spec(output_block, "dense"),
  },
  mode: "classification",
});

// Each block's hyperparameters are arguments of the model: block_argument, and num_block to repeat it.
export default workflow({
  data: datasets.digits({ train: 1000, test: 1000 }),
  recipe: recipe("label ~ image").step_rescale("image", { scale: 1 / 255 }),
  model: two_branches({
    shapes_filters: 16,
    num_dense: 1,
    learn_rate: 0.001,
    fit_epochs: 8,
    fit_validation_split: 0.2,
  }),
  metrics: metric_set("accuracy"),
});
