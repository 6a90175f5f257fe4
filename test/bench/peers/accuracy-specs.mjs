import path from "node:path";

/** Specs of the networks that `accuracy.py` builds in Keras, by name. */
export function specs(assets) {
  const images = `datasets.image_folder(${JSON.stringify(path.join(assets, "cifar10"))})`;
  const small = `recipe("label ~ image").step_rescale("image", { scale: 1 / 255 })`;
  return {
    resnet: `${start}
const body_block = ({ tensor }: Block) => {
  const norm = () => layers.batchNormalization({ momentum: 0.9 });
  const convolution = (filters: number, strides = 1) =>
    layers.conv2d({ filters, kernelSize: 3, strides, padding: "same", useBias: false });
  let x = layers.reLU().apply(norm().apply(convolution(16).apply(tensor)));
  for (const filters of [32, 64]) {
    let y = layers.reLU().apply(norm().apply(convolution(filters, 2).apply(x)));
    y = norm().apply(convolution(filters).apply(y));
    const short = layers.conv2d({ filters, kernelSize: 1, strides: 2, useBias: false }).apply(x);
    x = layers.reLU().apply(layers.add().apply([y, short]));
  }
  return layers.dropout({ rate: 0.2 }).apply(layers.globalAveragePooling2d().apply(x));
};
${end({ data: images, recipe: small, args: "{ learn_rate: 0.001, fit_epochs: 12, fit_batch_size: 32 }" })}`,

    lstm: `${start}
const body_block = ({ tensor }: Block) =>
  layers.lstm({ units: 48 }).apply(layers.reshape({ targetShape: [32, 96] }).apply(tensor));
${end({ data: images, recipe: small, args: "{ learn_rate: 0.002, fit_epochs: 15, fit_batch_size: 32 }" })}`,

    "fine-tuned": `${start}
const body_block = ({ tensor }: Block) => {
  const base = applications.mobilenet({ alpha: 0.25, includeTop: false, weights: "imagenet" });
  base.trainable = false;
  return layers.globalAveragePooling2d().apply(base.apply(tensor));
};
${end({
  data: images,
  recipe: `recipe("label ~ image").step_resize("image", { height: 96, width: 96 }).step_preprocess_input("image", "mobilenet")`,
  args: "{ learn_rate: 0.001, fit_epochs: 10, fit_batch_size: 32 }",
  more: `fine_tune: fine_tune({ from: "conv_pw_11", epochs: 4, learn_rate: 0.0001 }),`,
})}`,
  };
}

const start = `import {
  applications, create_keras_functional_spec, datasets, fine_tune, inp_spec, layers, metric_set, recipe, workflow,
  type Block, type InputBlock,
} from "kspec";
void [applications, fine_tune];

const input_block = ({ input_shape }: InputBlock) => layers.input({ shape: input_shape });
`;

const end = ({ data, recipe, args, more = "" }) => `
const output_block = ({ tensor, num_classes }: Block<{ num_classes: number }>) =>
  layers.dense({ units: num_classes, activation: "softmax" }).apply(tensor);

const model = create_keras_functional_spec({
  model_name: "accuracy",
  layer_blocks: {
    input: input_block,
    body: inp_spec(body_block, "input"),
    output: inp_spec(output_block, "body"),
  },
  mode: "classification",
});

export default workflow({
  data: ${data},
  recipe: ${recipe},
  model: model(${args}),
  metrics: metric_set("accuracy"),
  ${more}
});
`;
