// Your own photos on a pretrained network. Make a folder "photos" beside this file with a folder for each class in it:
// photos/cat, photos/dog, … The network's weights (2 MB) come from where Keras keeps them.
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

// Frozen: its features are computed once for each photo, kept, and used again when another head is fitted.
// alpha: 1 is the whole MobileNet: better features from 17 MB of weights, which take longer to compute.
const mobilenet_block = ({ tensor }: Block) => {
  const base = applications.mobilenet({ alpha: 0.25, includeTop: false, weights: "imagenet" });
  base.trainable = false;
  return base.apply(tensor);
};

const head_block = ({ tensor, rate = 0.2 }: Block<{ rate?: number }>) =>
  layers.dropout({ rate }).apply(layers.globalAveragePooling2d().apply(tensor));

const output_block = ({ tensor, num_classes }: Block<{ num_classes: number }>) =>
  layers.dense({ units: num_classes, activation: "softmax" }).apply(tensor);

export const photos_transfer = create_keras_functional_spec({
  model_name: "photos_transfer",
  layer_blocks: {
    input: input_block,
    mobilenet: inp_spec(mobilenet_block, "input"),
    head: inp_spec(head_block, "mobilenet"),
    output: inp_spec(output_block, "head"),
  },
  mode: "classification",
});

export default workflow({
  data: datasets.image_folder("photos", { test: 0.25, seed: 1 }),
  recipe: recipe("label ~ image")
    .step_resize("image", { height: 160, width: 160 })
    .step_preprocess_input("mobilenet"),
  model: photos_transfer({ learn_rate: 0.001, fit_epochs: 20, fit_validation_split: 0.2 }),
  metrics: metric_set("accuracy"),
});
