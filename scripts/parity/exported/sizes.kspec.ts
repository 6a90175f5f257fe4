// Images of many sizes, a network with normalisation, logits; for scripts/parity/exported.mjs.
import {
  create_keras_functional_spec,
  datasets,
  inp_spec,
  layers,
  losses,
  recipe,
  workflow,
  type Block,
  type InputBlock,
} from "kspec";

const sizes = create_keras_functional_spec({
  model_name: "sizes",
  layer_blocks: {
    input: ({ input_shape }: InputBlock) => layers.input({ shape: input_shape }),
    features: inp_spec(({ tensor }: Block) => {
      const convolved = layers.conv2d({ filters: 8, kernelSize: 3, padding: "same" }).apply(tensor);
      const normalized = layers.batchNormalization().apply(convolved);
      return layers
        .globalAveragePooling2d()
        .apply(layers.activation({ activation: "relu" }).apply(normalized));
    }, "input"),
    output: inp_spec(
      ({ tensor, num_classes }: Block<{ num_classes: number }>) =>
        layers.dense({ units: num_classes }).apply(tensor),
      "features",
    ),
  },
  mode: "classification",
});

export default workflow({
  data: datasets.image_folder("noise", { test: 0.25 }),
  recipe: recipe("label ~ image")
    .step_resize("image", { height: 24, width: 20 })
    .step_preprocess_input("image", "resnet50"),
  model: sizes({ fit_epochs: 3, compile_loss: losses.categoricalCrossentropy({ fromLogits: true }) }),
});
