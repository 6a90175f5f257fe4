import { readFileSync } from "node:fs";
import path from "node:path";

/** The embedded example, as it is shipped. */
export const DIGITS_TRANSFER = example("digits_transfer.kspec.ts");

/** A frozen MobileNet and a new head, for a folder of photos, as it is shipped. */
export const PHOTOS_TRANSFER = example("photos_transfer.kspec.ts");

/** The seed's job: a frozen ResNet50 and a new head for CIFAR-10, as it is shipped. */
export const RESNET_TRANSFER = example("resnet_transfer.kspec.ts");

/** Twelve candidates of the embedded example's head on three folds, and the fit they lead to: a template of New spec. */
export const DIGITS_TUNE = readFileSync(
  path.join(import.meta.dirname, "../../media/templates/digits_tune.kspec.ts"),
  "utf8",
);

/** The same with so many candidates that something can happen in the middle: 600 trials. */
export const LONG_TUNE = DIGITS_TUNE.replace("size: 12", "size: 200").replace(
  "fit_epochs: 10",
  "fit_epochs: 20",
);

function example(file: string): string {
  return readFileSync(path.join(import.meta.dirname, "../../examples", file), "utf8");
}

/** A fit that would take many minutes: for what happens in the middle of one. */
export const LONG_FIT = `import {
  create_keras_sequential_spec, datasets, layers, metric_set, recipe, sequential, workflow,
  type InputBlock, type SequentialBlock,
} from "kspec";

const input_block = ({ input_shape }: InputBlock) =>
  sequential({ layers: [layers.flatten({ inputShape: input_shape })] });

const hidden_block = ({ model, units = 32 }: SequentialBlock<{ units?: number }>) => {
  model.add(layers.dense({ units, activation: "relu" }));
  return model;
};

const output_block = ({ model, num_classes }: SequentialBlock<{ num_classes: number }>) => {
  model.add(layers.dense({ units: num_classes, activation: "softmax" }));
  return model;
};

export const long_fit = create_keras_sequential_spec({
  model_name: "long_fit",
  layer_blocks: { input: input_block, hidden: hidden_block, output: output_block },
  mode: "classification",
});

export default workflow({
  data: datasets.digits({ train: 500, test: 200 }),
  recipe: recipe("label ~ image").step_rescale("image", { scale: 1 / 255 }),
  model: long_fit({ fit_epochs: 20000, fit_validation_split: 0.2, learn_rate: 0.001 }),
  metrics: metric_set("accuracy"),
});
`;

/** Every mistake of this one is at load: its code throws, on its fourth line. */
export const THROWS = `import { workflow } from "kspec";

const rate = (step: number) => {
  if (step > 2) throw new Error("The schedule has three steps only.");
  return 0.1 ** step;
};
rate(3);

export default workflow({} as never);
`;
