// A base from an .onnx file whose operations are of a newer version than KSpec's own; for scripts/parity/exported.mjs.
import {
  create_keras_functional_spec,
  datasets,
  inp_spec,
  layers,
  load_model,
  recipe,
  workflow,
  type Block,
  type InputBlock,
} from "kspec";

const onnx_base = create_keras_functional_spec({
  model_name: "onnx_base",
  layer_blocks: {
    input: ({ input_shape }: InputBlock) => layers.input({ shape: input_shape }),
    base: inp_spec(({ tensor }: Block) => load_model("base.onnx").apply(tensor), "input"),
    output: inp_spec(
      ({ tensor, num_classes }: Block<{ num_classes: number }>) =>
        layers.dense({ units: num_classes, activation: "softmax" }).apply(tensor),
      "base",
    ),
  },
  mode: "classification",
});

export default workflow({
  data: datasets.image_folder("noise", { test: 0.25 }),
  recipe: recipe("label ~ image")
    .step_resize("image", { height: 8, width: 8 })
    .step_rescale("image", { scale: 1 / 255 }),
  model: onnx_base({ fit_epochs: 5, learn_rate: 0.05 }),
});
