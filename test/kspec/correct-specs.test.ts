import path from "node:path";
import { expect, test, vi } from "vitest";
import { typeChecker } from "./type-check.ts";

// The first check reads TypeScript's libraries.
vi.setConfig({ testTimeout: 60_000 });
const checker = typeChecker({
  kspec: path.resolve("src/kspec/index.ts"),
  // Stricter than most people's settings: what is right must be right there too.
  compilerOptions: { exactOptionalPropertyTypes: true, noUncheckedIndexedAccess: true, noUnusedLocals: true },
});

test("transfer learning", () => {
  expect(
    checker.mistakes(`
import {
  applications, create_keras_functional_spec, datasets, inp_spec, layers, metric_set, recipe, workflow,
  type Block, type InputBlock,
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
`),
  ).toEqual([]);
});

test("blocks in any order, wired by names, with several inputs and outputs", () => {
  expect(
    checker.mistakes(`
import { create_keras_functional_spec, layers, losses, metrics, type InputBlock, type Tensor } from "kspec";
const two_by_two = create_keras_functional_spec({
  model_name: "two_by_two",
  layer_blocks: {
    price: ({ joined, bias = true }: { joined: Tensor; bias?: boolean }) =>
      layers.dense({ units: 1, useBias: bias }).apply(joined),
    rent: ({ joined }: { joined: Tensor }) => layers.dense({ units: 1 }).apply(joined),
    joined: ({ size, place }: { size: Tensor; place: Tensor }) => layers.concatenate().apply([size, place]),
    place: ({ input_shape }: InputBlock) => layers.input({ shape: input_shape }),
    size: ({ input_shape }: InputBlock) => layers.input({ shape: input_shape }),
  },
});
two_by_two();
two_by_two({
  price_bias: false,
  compile_loss: { price: "mse", rent: losses.huber({ delta: 2 }) },
  compile_loss_weights: { price: 1, rent: 0.5 },
  compile_metrics: { price: "mae", rent: ["mae", metrics.r2Score({ name: "explained" })] },
});
two_by_two({ compile_loss_weights: [1, 0.5], fit_sample_weight: "weight" });
`),
  ).toEqual([]);
});

test("sequential specs", () => {
  expect(
    checker.mistakes(`
import { create_keras_sequential_spec, layers, sequential, tune, type InputBlock, type SequentialBlock } from "kspec";
const mlp = create_keras_sequential_spec({
  model_name: "mlp",
  layer_blocks: {
    input: ({ input_shape }: InputBlock) =>
      sequential({ layers: [layers.dense({ units: 8, inputShape: input_shape, activation: "relu" })] }),
    hidden: ({ model, units = 16, rate }: SequentialBlock<{ units?: number; rate: number }>) => {
      model.add(layers.dense({ units }));
      model.add(layers.dropout({ rate }));
      return model;
    },
    output: ({ model, num_classes }: SequentialBlock<{ num_classes: number }>) =>
      model.add(layers.dense({ units: num_classes, activation: "softmax" })),
  },
  mode: "classification",
});
mlp({ hidden_rate: 0.2 }).set_engine("keras", { verbose: 1 });
mlp({ num_hidden: 0, hidden_units: tune("width"), hidden_rate: tune() }).update({ hidden_rate: 0.1 });
`),
  ).toEqual([]);
});

test("training arguments", () => {
  expect(
    checker.mistakes(`
import {
  callbacks, constraints, create_keras_functional_spec, initializers, inp_spec, layers, load_model, ops, optimizers,
  register_keras_loss, register_keras_metric, register_keras_optimizer, regularizers, schedules, tune,
  type Block, type InputBlock, type NumericTensor, type Schedule,
} from "kspec";
const spec = create_keras_functional_spec({
  model_name: "digits",
  layer_blocks: {
    input: ({ input_shape }: InputBlock) => layers.input({ shape: input_shape }),
    base: inp_spec(({ tensor }: Block) => {
      const base = load_model("kspec:digits_base", { up_to: "pool" });
      base.trainable = false;
      return base.apply(tensor);
    }, "input"),
    output: inp_spec(
      ({ tensor, num_classes }: Block<{ num_classes: number }>) =>
        layers.dense({
          units: num_classes,
          kernelInitializer: initializers.heNormal({ seed: 1 }),
          biasInitializer: "zeros",
          kernelRegularizer: regularizers.l2({ l2: 1e-4 }),
          kernelConstraint: constraints.maxNorm({ maxValue: 3 }),
        }).apply(tensor),
      { tensor: "base" },
    ),
  },
  mode: "classification",
});
const mean_cubed_error = (truth: NumericTensor, estimate: NumericTensor) =>
  ops.mean(ops.pow(ops.abs(ops.sub(truth, estimate)), 3), -1);
register_keras_loss("mean_cubed_error", mean_cubed_error);
register_keras_metric("largest_error", (truth, estimate) => truth.sub(estimate).abs().max());
register_keras_optimizer("momentum", ({ learning_rate }) =>
  optimizers.sgd({ learningRate: learning_rate, momentum: 0.9 }));
spec({
  learn_rate: tune(),
  fit_epochs: tune("epochs"),
  fit_batch_size: 16,
  fit_validation_split: 0.2,
  fit_shuffle: false,
  fit_class_weight: { "5": 2, "6": 1 },
  fit_callbacks: [callbacks.earlyStopping({ monitor: "val_loss", patience: 2, restoreBestWeights: true })],
  fit_verbose: 1,
  compile_loss: mean_cubed_error,
  compile_optimizer: "momentum",
  compile_metrics: ["accuracy", "largest_error", mean_cubed_error],
});
spec({ compile_loss: tune(), compile_optimizer: optimizers.rmsprop({ centered: true }), compile_metrics: "accuracy" });
const falling: Schedule = schedules.piecewiseConstantDecay({ boundaries: [100, 200], values: [0.1, 0.01, 0.001] });
spec({ learn_rate: falling, compile_optimizer: "lion" });
spec({ compile_optimizer: optimizers.adamw({ learningRate: falling, weightDecay: 0.01, amsgrad: true, clipnorm: 1 }) });
`),
  ).toEqual([]);
});

test("recipes and workflows, kerasnip's way", () => {
  expect(
    checker.mistakes(`
import {
  all_nominal_predictors, all_numeric_predictors, all_predictors, create_keras_functional_spec, datasets, inp_spec, layers,
  metric_set, recipe, workflow, type Block, type InputBlock,
} from "kspec";
const linear = create_keras_functional_spec({
  model_name: "linear",
  layer_blocks: {
    input: ({ input_shape }: InputBlock) => layers.input({ shape: input_shape }),
    output: inp_spec(({ tensor }: Block) => layers.dense({ units: 1 }).apply(tensor), "input"),
  },
  mode: "regression",
});
const houses = recipe("price ~ . - id")
  .step_normalize(all_numeric_predictors())
  .step_dummy(all_nominal_predictors())
  .step_dummy("street", "place", { one_hot: true });
export const photos = recipe("label ~ image")
  .step_augment("image", { views: 8, flip: "horizontal_and_vertical", rotation: [-0.05, 0.1], value_range: [0, 1] })
  .step_augment(all_predictors(), { zoom: 0.1, translation: 0.1, brightness: 0.2, contrast: [0.1, 0.3], seed: 3 });
export default workflow()
  .add_recipe(houses)
  .add_model(linear({ learn_rate: 0.1 }).set_engine("wasm"))
  .add_data(datasets.csv("houses.csv", { test: 0.25, seed: 3, nominal: ["zip"] }))
  .add_metrics(metric_set("rmse", "rsq", "mae"));
`),
  ).toEqual([]);
});

test("recipes with every kind of step, selectors, roles and marks", () => {
  expect(
    checker.mistakes(`
import {
  all_nominal_predictors, all_numeric, all_numeric_predictors, all_of, all_outcomes, all_predictors, any_of, contains, ends_with,
  everything, has_role, has_type, matches, not, one_of, recipe, starts_with, tune,
} from "kspec";
export const penguins = recipe("species ~ .")
  .update_role("id", { new_role: "id" })
  .add_role("year", { new_role: "time" })
  .remove_role("year", { old_role: "predictor" })
  .step_naomit(all_outcomes(), { skip: false })
  .step_impute_mean(starts_with("bill_"), { trim: tune("trimmed") })
  .step_impute_median(ends_with(["_mm", "_g"], { ignore_case: false }))
  .step_impute_mode(all_nominal_predictors(), { skip: false })
  .step_mutate({ ratio: (d) => d.bill_length_mm / d.bill_depth_mm, large: (d) => (d.body_mass_g > 4000 ? "yes" : "no") })
  .step_log(contains("mass"), { base: 10, offset: 1 })
  .step_novel(all_nominal_predictors()).step_unknown("sex", { new_level: "not told" })
  .step_other(all_nominal_predictors(), { threshold: tune() })
  .step_dummy(all_nominal_predictors(), { one_hot: tune() })
  .step_zv(all_predictors()).step_nzv(everything(), not(has_role("outcome")), { freq_cut: 20 })
  .step_center(matches("^bill")).step_scale(all_of("ratio"), { factor: 2 }).step_range(any_of("a", "b"), { min: -1 })
  .step_normalize(all_numeric_predictors(), not("ratio", has_type("nominal")))
  .step_corr(all_numeric_predictors(), { threshold: tune(), method: "spearman" })
  .step_rm(one_of("year")).step_select(all_numeric(), "ratio")
  .step_pca(starts_with("bill_"), { num_comp: tune(), prefix: "size" })
  .step_collapse(all_numeric_predictors(), { new_col: "numbers" });
`),
  ).toEqual([]);
});

test("recurrent layers take layers and cells", () => {
  expect(
    checker.mistakes(`
import { layers, type Block } from "kspec";
export const tagger = ({ tensor }: Block) => {
  const both = layers.bidirectional({ layer: layers.lstm({ units: 8, returnSequences: true }) }).apply(tensor);
  const each = layers.timeDistributed({ layer: layers.dense({ units: 4 }) }).apply(both);
  return layers.rnn({ cell: [layers.gruCell({ units: 4 }), layers.lstmCell({ units: 2 })] }).apply(each);
};
`),
  ).toEqual([]);
});
