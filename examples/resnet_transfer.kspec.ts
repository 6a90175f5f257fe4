// A frozen ImageNet ResNet50 under a new head for CIFAR-10, as in kerasnip's transfer-learning vignette.
// It needs Keras's own files of the weights and of CIFAR-10: from the Keras cache, a mirror, or the network.
import {
  applications,
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

const resnet_base_block = ({ tensor }: Block) => {
  const base = applications.resnet50({ weights: "imagenet", includeTop: false });
  base.trainable = false;
  return base.apply(tensor);
};

const flatten_block = ({ tensor }: Block) => layers.flatten().apply(tensor);

const output_block = ({ tensor, num_classes }: Block<{ num_classes: number }>) =>
  layers.dense({ units: num_classes, activation: "softmax" }).apply(tensor);

export const resnet_transfer = create_keras_functional_spec({
  model_name: "resnet_transfer",
  layer_blocks: {
    input: input_block,
    resnet_base: inp_spec(resnet_base_block, "input"),
    flatten: inp_spec(flatten_block, "resnet_base"),
    output: inp_spec(output_block, "flatten"),
  },
  mode: "classification",
});

export default workflow({
  data: datasets.cifar10({ train: 500, test: 100 }),
  recipe: recipe("label ~ image").step_rescale("image", { scale: 1 / 255 }),
  model: resnet_transfer({ fit_epochs: 5, fit_validation_split: 0.2 }),
  metrics: metric_set("accuracy"),
});
