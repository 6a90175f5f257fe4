import { existsSync } from "node:fs";
import path from "node:path";

/** The real weights and images (README.md there), or undefined, after saying so. */
export function assetsFolder() {
  const root = path.join(import.meta.dirname, "../..");
  const folder = path.resolve(root, process.env.KSPEC_TEST_ASSETS ?? "../shared/assets");
  if (existsSync(path.join(folder, "models/mobilenet_2_5_224_tf_no_top.h5"))) return folder;
  console.log(
    `Left out: the real weights and images are not in ${folder} (KSPEC_TEST_ASSETS names their folder).`,
  );
  return undefined;
}

/**
 * A frozen MobileNet 0.25 with its published weights under global average pooling and dense softmax, on 1,000 training and 500 test images of
 * CIFAR-10: adam 1e-3, batches of 32, 20 epochs.
 *
 * @param {string} recipeSteps what follows `recipe("label ~ image")`
 */
export const mobilenetSpec = (assets, recipeSteps) => `
import {
  applications, create_keras_functional_spec, datasets, inp_spec, layers, metric_set, recipe, workflow,
  type Block, type InputBlock,
} from "kspec";

const input_block = ({ input_shape }: InputBlock) => layers.input({ shape: input_shape });

const base_block = ({ tensor }: Block) => {
  const base = applications.mobilenet({ alpha: 0.25, includeTop: false, weights: "imagenet" });
  base.trainable = false;
  return base.apply(tensor);
};

const pool_block = ({ tensor }: Block) => layers.globalAveragePooling2d().apply(tensor);

const output_block = ({ tensor, num_classes }: Block<{ num_classes: number }>) =>
  layers.dense({ units: num_classes, activation: "softmax" }).apply(tensor);

const model = create_keras_functional_spec({
  model_name: "mobilenet",
  layer_blocks: {
    input: input_block,
    base: inp_spec(base_block, "input"),
    pool: inp_spec(pool_block, "base"),
    output: inp_spec(output_block, "pool"),
  },
  mode: "classification",
});

export default workflow({
  data: datasets.image_folder(${JSON.stringify(path.join(assets, "cifar10"))}),
  recipe: recipe("label ~ image")${recipeSteps},
  model: model({ learn_rate: 0.001, fit_epochs: 20, fit_batch_size: 32 }),
  metrics: metric_set("accuracy"),
});
`;
