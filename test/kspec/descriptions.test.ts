import { afterEach, describe, expect, test } from "vitest";
import * as kspec from "kspec";
import type { Block, InputBlock, SequentialBlock, Tensor } from "kspec";
import type { LayerDescription, TensorDescription } from "../../src/kspec/description.ts";
import { provideOps } from "../../src/kspec/ops.ts";
import { registered } from "../../src/kspec/registered.ts";
import { refusal } from "./refusal.ts";

const {
  all_numeric_predictors,
  applications,
  callbacks,
  create_keras_functional_spec,
  create_keras_sequential_spec,
  datasets,
  initializers,
  inp_spec,
  layers,
  load_model,
  metric_set,
  ops,
  optimizers,
  recipe,
  sequential,
  tune,
  workflow,
} = kspec;

const input_block = ({ input_shape }: InputBlock) => layers.input({ shape: input_shape });
const dense_block = ({ tensor, units = 32 }: Block<{ units?: number }>) =>
  layers.dense({ units }).apply(tensor);
const input = layers.input({ shape: [4] });

describe("layers", () => {
  test("a layer applied to a tensor is a node that remembers its layer and its inputs", () => {
    const hidden = layers.dense({ units: 8, activation: "relu" }).apply(input);
    expect(hidden).toMatchObject({
      kind: "tensor",
      layer: {
        kind: "layer",
        class_name: "Dense",
        config: { units: 8, activation: "relu" },
        trainable: true,
      },
      inputs: [{ kind: "tensor", layer: { class_name: "InputLayer", config: { shape: [4] } }, inputs: [] }],
    });
  });

  test("several inputs, and one layer applied twice", () => {
    const shared = layers.dense({ units: 3 });
    const [left, right] = [shared.apply(input), shared.apply(input)];
    const both: TensorDescription = layers.concatenate().apply([left, right]);
    expect(both.inputs).toEqual([left, right]);
    expect(both.inputs[0]?.layer).toBe(both.inputs[1]?.layer);
  });

  test("inner layers and cells are descriptions within the options", () => {
    const layer: LayerDescription = layers.bidirectional({
      layer: layers.lstm({ units: 5 }),
      mergeMode: "sum",
    });
    expect(layer).toMatchObject({
      class_name: "Bidirectional",
      config: { layer: { kind: "layer", class_name: "LSTM", config: { units: 5 } }, mergeMode: "sum" },
    });
    expect(layers.rnn({ cell: [layers.gruCell({ units: 2 })] }).config).toMatchObject({
      cell: { class_name: "StackedRNNCells", config: { cells: [{ class_name: "GRUCell" }] } },
    });
  });

  test("only trainable can be changed", () => {
    const layer = layers.dense({ units: 8 });
    layer.trainable = false;
    expect(layer.trainable).toBe(false);
    expect(() => Object.assign(layer, { class_name: "Flatten" })).toThrow(TypeError);
    expect(() => Object.assign(layer.config, { units: 9 })).toThrow(TypeError);
    expect(() => Object.assign(layer, { extra: 1 })).toThrow(TypeError);
    expect(() => Object.assign(layer.apply(input), { inputs: [] })).toThrow(TypeError);
  });

  test("the option trainable becomes the property", () => {
    const layer = layers.dense({ units: 8, trainable: false });
    expect(layer.trainable).toBe(false);
    expect(layer.config).toEqual({ units: 8 });
  });

  test("wrong use is one sentence", () => {
    expect(refusal(() => layers.dense({ unit: 3 } as never))).toBe(
      `layers.dense() has no option "unit". Did you mean "units"?`,
    );
    expect(refusal(() => layers.dense({} as never))).toBe(`layers.dense() needs the option "units".`);
    expect(refusal(() => layers.dense(3 as never))).toBe(
      "layers.dense() takes one object of options: layers.dense({ … }).",
    );
    expect(refusal(() => layers.dense({ units: 1 }).apply(undefined as never))).toBe(
      "apply() of Dense takes a tensor or a list of tensors, and got undefined.",
    );
    expect(refusal(() => layers.flatten().apply(layers.dense({ units: 1 }) as never))).toBe(
      "apply() of Flatten takes a tensor or a list of tensors, and got the layer Dense itself (apply it to a tensor first).",
    );
    expect(refusal(() => layers.concatenate().apply([]))).toBe(
      "apply() of Concatenate got an empty list: give it at least one tensor.",
    );
    expect(refusal(() => initializers.constant({} as never))).toBe(
      `initializers.constant() needs the option "value".`,
    );
  });
});

describe("pretrained bases", () => {
  test("an application", () => {
    const base = applications.mobilenetV2({ includeTop: false, alpha: 0.35 });
    base.trainable = false;
    expect(base.name).toBe("mobilenetV2");
    expect(base.apply(input)).toMatchObject({
      kind: "tensor",
      layer: {
        kind: "base",
        trainable: false,
        source: { from: "application", name: "mobilenetV2", options: { includeTop: false, alpha: 0.35 } },
      },
    });
    expect(refusal(() => applications.vgg16({ alpha: 1 } as never))).toMatch(
      /^applications\.vgg16\(\) has no option "alpha"\. There are: weights, includeTop, /,
    );
  });

  test("a saved model", () => {
    expect(load_model("kspec:digits_base", { up_to: "pool_2" })).toMatchObject({
      kind: "base",
      name: "digits_base",
      trainable: true,
      source: { from: "file", path: "kspec:digits_base", up_to: "pool_2" },
    });
    expect(load_model("models/base/model.json").source).toEqual({
      from: "file",
      path: "models/base/model.json",
    });
    expect(refusal(() => load_model(undefined as never))).toBe(
      `load_model() takes the path of a .keras, .h5, .onnx or model.json file, or "kspec:digits_base", and got undefined.`,
    );
  });
});

describe("specs and models", () => {
  const spec = () =>
    create_keras_functional_spec({
      model_name: "two_layers",
      layer_blocks: { input: input_block, output: inp_spec(dense_block, "input") },
      mode: "regression",
    });

  test("a spec is a function that makes models", () => {
    const two_layers = spec();
    expect(two_layers.name).toBe("two_layers");
    expect(two_layers.spec).toEqual({
      kind: "spec",
      api: "functional",
      model_name: "two_layers",
      layer_blocks: {
        input: input_block,
        output: { kind: "wired_block", block: dense_block, upstream: "input" },
      },
      mode: "regression",
    });
    expect(two_layers()).toMatchObject({
      kind: "model",
      spec: two_layers.spec,
      arguments: {},
      engine: "auto",
    });
  });

  test("blocks run on symbolic tensors and compute nothing", () => {
    const block = spec().spec.layer_blocks["output"] as unknown as {
      block: typeof dense_block;
    };
    expect(block.block({ tensor: input, units: 2 })).toMatchObject({
      layer: { class_name: "Dense", config: { units: 2 } },
      inputs: [input],
    });
  });

  test("update, set_args and set_engine give new models", () => {
    const model = spec()({ output_units: 1, fit_epochs: 3 });
    const changed = model.update({ fit_epochs: 5 }).set_args({ learn_rate: tune("rate") });
    expect(changed.arguments).toEqual({
      output_units: 1,
      fit_epochs: 5,
      learn_rate: { kind: "tune", id: "rate" },
    });
    expect(model.arguments).toEqual({ output_units: 1, fit_epochs: 3 });
    expect(model.set_engine("keras", { verbose: 1 })).toMatchObject({
      engine: "auto",
      arguments: { fit_verbose: 1 },
    });
    expect(model.set_engine("wasm").update({ fit_epochs: 1 }).engine).toBe("wasm");
    expect(refusal(() => model.set_engine("nativ" as never))).toBe(
      `No engine is named "nativ". Did you mean "native"?`,
    );
  });

  test("models and specs are frozen, and the arguments are copies", () => {
    const args = { output_units: 1 };
    const model = spec()(args);
    args.output_units = 2;
    expect(model.arguments).toEqual({ output_units: 1 });
    expect(() => Object.assign(model, { engine: "wasm" })).toThrow(TypeError);
    expect(() => Object.assign(model.arguments, { fit_epochs: 2 })).toThrow(TypeError);
    expect(() => Object.assign(model.spec.layer_blocks, { more: dense_block })).toThrow(TypeError);
  });

  test("a sequential spec's blocks hand on the model", () => {
    const hidden = ({ model, units = 4 }: SequentialBlock<{ units?: number }>) =>
      model.add(layers.dense({ units }));
    const first = ({ input_shape }: InputBlock) =>
      sequential({ layers: [layers.flatten({ inputShape: input_shape })] });
    const { spec } = create_keras_sequential_spec({ model_name: "mlp", layer_blocks: { first, hidden } });
    expect(spec).toMatchObject({ api: "sequential", mode: "regression" });
    expect(Object.keys(spec.layer_blocks)).toEqual(["first", "hidden"]);
    expect(hidden({ model: first({ input_shape: [2, 2] }) })).toMatchObject({
      kind: "sequential",
      layers: [
        { class_name: "Flatten", config: { inputShape: [2, 2] } },
        { class_name: "Dense", config: { units: 4 } },
      ],
    });
    expect(refusal(() => sequential().add(input as never))).toBe(
      "A sequential model is made of layers; it was given a tensor.",
    );
  });

  test("wrong use is one sentence", () => {
    const join = ({ left, right }: { left: Tensor; right: Tensor }) => layers.add().apply([left, right]);
    expect(inp_spec(join, { left: "a", right: "b" })).toEqual({
      kind: "wired_block",
      block: join,
      upstream: { left: "a", right: "b" },
    });
    expect(refusal(() => inp_spec("dense" as never, "input" as never))).toBe(
      `inp_spec() takes a block, which is a function, first, and got the text "dense".`,
    );
    expect(refusal(() => inp_spec(dense_block, ["a", "b"] as never))).toBe(
      `inp_spec() takes the name of a block, or the block's arguments with the block that each reads ({ left: "a", right: "b" }), second.`,
    );
    expect(
      refusal(() => create_keras_functional_spec({ model_name: "m", layer_blocks: { a: 3 } } as never)),
    ).toBe(`The block "a" of "m" must be a function or inp_spec(…), and is the number 3.`);
    expect(
      refusal(() =>
        create_keras_functional_spec({ model_name: "m", layer_blocks: {}, mode: "clasification" } as never),
      ),
    ).toBe(`The mode of "m" must be "classification" or "regression", and is the text "clasification".`);
  });
});

describe("data and recipes", () => {
  test("datasets", () => {
    expect(datasets.digits({ classes: [5, 6], train: 500 })).toEqual({
      kind: "dataset",
      name: "digits",
      options: { classes: [5, 6], train: 500 },
    });
    expect(datasets.image_folder("photos", { test: 0.25, seed: 1 })).toEqual({
      kind: "dataset",
      name: "image_folder",
      path: "photos",
      options: { test: 0.25, seed: 1 },
    });
    expect(datasets.mnist()).toEqual({ kind: "dataset", name: "mnist", options: {} });
    expect(refusal(() => datasets.csv(undefined as never))).toBe(
      "datasets.csv() takes the path of a file first, and got undefined.",
    );
    expect(refusal(() => datasets.image_folder("photos", { tset: 0.2 } as never))).toBe(
      `datasets.image_folder() has no option "tset". Did you mean "test"?`,
    );
  });

  test("a recipe grows step by step, and each is its own", () => {
    const start = recipe("species ~ .");
    const full = start
      .step_normalize(all_numeric_predictors())
      .step_dummy("island", "sex", { one_hot: true })
      .step_augment("image", { views: 2, flip: "horizontal", rotation: [0, 0.1] })
      .step_resize("image", { height: 32, width: 32 })
      .step_rescale("image", { scale: 1 / 255 })
      .step_preprocess_input("image", "mobilenetV2")
      .step_preprocess_input("resnet50");
    expect(full).toMatchObject({ kind: "recipe", formula: "species ~ ." });
    expect(full.steps).toEqual([
      { step: "normalize", terms: [{ kind: "selector", select: "all_numeric_predictors" }], options: {} },
      { step: "dummy", terms: ["island", "sex"], options: { one_hot: true } },
      {
        step: "augment",
        terms: ["image"],
        options: { views: 2, flip: "horizontal", rotation: [0, 0.1] },
      },
      { step: "resize", terms: ["image"], options: { height: 32, width: 32 } },
      { step: "rescale", terms: ["image"], options: { scale: 1 / 255 } },
      { step: "preprocess_input", terms: ["image"], options: { application: "mobilenetV2" } },
      {
        step: "preprocess_input",
        terms: [{ kind: "selector", select: "all_image_predictors" }],
        options: { application: "resnet50" },
      },
    ]);
    expect(start.steps).toEqual([]);
  });

  test("selectors, roles and functions of rows are plain too", () => {
    const told = recipe("y ~ .")
      .update_role("id", { new_role: "id" })
      .step_mutate({ twice: (d) => d.x * 2 }, { skip: true })
      .step_center(
        kspec.starts_with("bill_"),
        kspec.not("bill_depth", kspec.matches("mm$", { ignore_case: false })),
      );
    expect(JSON.parse(JSON.stringify(told))).toEqual({
      kind: "recipe",
      formula: "y ~ .",
      roles: [{ change: "update", terms: ["id"], new_role: "id" }],
      steps: [
        { step: "mutate", terms: [], options: { skip: true, expressions: { twice: "(d) => d.x * 2" } } },
        {
          step: "center",
          terms: [
            { kind: "selector", select: "starts_with", match: ["bill_"] },
            {
              kind: "selector",
              select: "not",
              terms: [
                "bill_depth",
                { kind: "selector", select: "matches", match: ["mm$"], ignore_case: false },
              ],
            },
          ],
          options: {},
        },
      ],
    });
    expect(Object.keys(recipe("y ~ x"))).not.toContain("roles");
  });

  test("wrong use is one sentence", () => {
    const r = recipe("y ~ x");
    expect(refusal(() => r.step_mutate({ a: "d.x" } as never))).toBe(
      'step_mutate(): "a" is a function of one row, such as (d) => d.length / d.width, and got the text "d.x".',
    );
    expect(refusal(() => r.update_role("x", { new_role: "" }))).toBe(
      'update_role(): new_role is a word such as "id", and got the text "".',
    );
    expect(refusal(() => r.remove_role("x", {} as never))).toBe(`remove_role() needs the option "old_role".`);
    expect(refusal(() => kspec.has_type("numerc" as never))).toBe(
      'has_type() knows no type "numerc". Did you mean "numeric"?',
    );
    expect(refusal(() => kspec.matches("bill_("))).toMatch(
      /^matches\(\): "bill_\(" is no regular expression\./,
    );
    expect(refusal(() => kspec.not())).toBe('not() needs columns: not("id"), or not(all_outcomes()).');
    expect(refusal(() => recipe("label"))).toBe(
      `recipe() takes a formula such as "label ~ image", and got the text "label".`,
    );
    expect(refusal(() => r.step_rescale("x", {} as never))).toBe(`step_rescale() needs the option "scale".`);
    expect(refusal(() => r.step_augment("x", { rotaton: 0.1 } as never))).toBe(
      `step_augment() has no option "rotaton". Did you mean "rotation"?`,
    );
    expect(refusal(() => r.step_rescale({ scale: 2 }))).toBe(
      `step_rescale() needs columns: names such as "image", or all_predictors().`,
    );
    expect(refusal(() => r.step_normalize(3 as never))).toBe(
      "step_normalize() takes names of columns and selectors such as all_predictors(), and got the number 3.",
    );
    expect(refusal(() => r.step_normalize(all_numeric_predictors as never))).toBe(
      "step_normalize() takes names of columns and selectors such as all_predictors(), and got a function.",
    );
    expect(refusal(() => r.step_normalize("x", { center: true } as never))).toBe(
      `step_normalize() has no option "center". There are: skip.`,
    );
    expect(refusal(() => metric_set("acuracy" as never))).toBe(
      `No metric is named "acuracy". Did you mean "accuracy"?`,
    );
  });
});

describe("workflows", () => {
  const linear = create_keras_functional_spec({
    model_name: "linear",
    layer_blocks: { input: input_block, output: inp_spec(dense_block, "input") },
  });
  const parts = {
    data: datasets.digits(),
    recipe: recipe("label ~ image"),
    model: linear({ output_units: 1 }),
    metrics: metric_set("rmse", "rmse", "mae"),
  };

  test("the object form and the add_ form are the same", () => {
    const whole = workflow(parts);
    expect({ ...whole }).toEqual({ kind: "workflow", ...parts });
    expect({
      ...workflow()
        .add_recipe(parts.recipe)
        .add_model(parts.model)
        .add_data(parts.data)
        .add_metrics(parts.metrics),
    }).toEqual({ ...whole });
    expect(whole.metrics?.metrics).toEqual(["rmse", "mae"]);
  });

  test("adding leaves the old workflow as it was", () => {
    const half = workflow({ data: parts.data });
    half.add_model(parts.model);
    expect("model" in half).toBe(false);
    expect(() => Object.assign(half, { model: parts.model })).toThrow(TypeError);
  });

  test("wrong use is one sentence", () => {
    expect(refusal(() => workflow({ model: linear as never }))).toBe(
      "The model of a workflow must be something like my_model({ fit_epochs: 5 }), and is a function. Call it with its arguments: a spec alone is no model.",
    );
    expect(refusal(() => workflow().add_data("photos" as never))).toBe(
      `The data of a workflow must be something like datasets.image_folder(…), and is the text "photos".`,
    );
    expect(refusal(() => workflow({ dat: parts.data } as never))).toBe(
      `workflow() has no option "dat". Did you mean "data"?`,
    );
  });
});

test("Keras objects", () => {
  expect(optimizers.sgd({ momentum: 0.9 })).toEqual({
    kind: "optimizer",
    class_name: "SGD",
    config: { momentum: 0.9 },
  });
  expect(kspec.losses.huber()).toEqual({ kind: "loss", class_name: "Huber", config: {} });
  expect(kspec.losses.binaryFocalCrossentropy({ gamma: 1, applyClassBalancing: true })).toEqual({
    kind: "loss",
    class_name: "BinaryFocalCrossentropy",
    config: { gamma: 1, applyClassBalancing: true },
  });
  expect(kspec.metrics.auc({ curve: "PR", name: "pr_auc" })).toEqual({
    kind: "metric",
    class_name: "AUC",
    config: { curve: "PR", name: "pr_auc" },
  });
  expect(refusal(() => kspec.metrics.precisionAtRecall({} as never))).toBe(
    'metrics.precisionAtRecall() needs the option "recall".',
  );
  expect(refusal(() => kspec.losses.dice({ axes: -1 } as never))).toBe(
    'losses.dice() has no option "axes". Did you mean "axis"?',
  );
  expect(kspec.regularizers.l2({ l2: 1e-3 })).toEqual({
    kind: "regularizer",
    class_name: "L2",
    config: { l2: 1e-3 },
  });
  expect(kspec.constraints.nonNeg()).toEqual({ kind: "constraint", class_name: "NonNeg", config: {} });
  expect(callbacks.earlyStopping({ patience: 3 })).toEqual({
    kind: "callback",
    name: "earlyStopping",
    options: { patience: 3 },
  });
});

test("learning rates that fall", () => {
  const falling = kspec.schedules.exponentialDecay({
    initialLearningRate: 0.1,
    decaySteps: 100,
    decayRate: 0.9,
  });
  expect(falling).toEqual({
    kind: "schedule",
    class_name: "ExponentialDecay",
    config: { initialLearningRate: 0.1, decaySteps: 100, decayRate: 0.9 },
  });
  expect(optimizers.adamw({ learningRate: falling, weightDecay: 0.01 }).config).toEqual({
    learningRate: falling,
    weightDecay: 0.01,
  });
  expect(refusal(() => kspec.schedules.cosineDecay({ initialLearningRate: 0.1 } as never))).toBe(
    'schedules.cosineDecay() needs the option "decaySteps".',
  );
  expect(refusal(() => optimizers.adam({ useEma: true } as never))).toContain(
    'optimizers.adam() has no option "useEma".',
  );
});

test("callbacks", () => {
  const halve = (_epoch: number, rate: number) => rate / 2;
  expect(callbacks.learningRateScheduler(halve)).toEqual({
    kind: "callback",
    name: "learningRateScheduler",
    options: { schedule: halve },
  });
  expect(callbacks.reduceLROnPlateau({ minLr: 1e-5 }).options).toEqual({ minLr: 1e-5 });
  expect(callbacks.terminateOnNaN()).toEqual({ kind: "callback", name: "terminateOnNaN", options: {} });
  expect(refusal(() => callbacks.reduceLROnPlateau({ factor: 2 }))).toBe(
    "callbacks.reduceLROnPlateau(): factor must be between 0 and 1, and it is the number 2.",
  );
  expect(refusal(() => callbacks.modelCheckpoint({ saveFreq: 100 as never }))).toBe(
    `callbacks.modelCheckpoint(): saveFreq can only be "epoch", and it is the number 100.`,
  );
  expect(refusal(() => callbacks.modelCheckpoint({ mode: "down" as never }))).toBe(
    `callbacks.modelCheckpoint(): mode must be "auto", "min" or "max", and it is the text "down".`,
  );
  expect(refusal(() => callbacks.learningRateScheduler(0.1 as never))).toBe(
    "callbacks.learningRateScheduler() takes a function, (epoch, rate) => …, and got the number 0.1.",
  );
  expect(refusal(() => callbacks.modelCheckpoint({ savebestonly: true } as never))).toBe(
    'callbacks.modelCheckpoint() has no option "savebestonly". Did you mean "saveBestOnly"?',
  );
});

test("registered names are what the engine looks up", () => {
  const loss = (truth: kspec.NumericTensor, estimate: kspec.NumericTensor) => truth.sub(estimate).abs();
  kspec.register_keras_loss("my_loss", loss);
  expect(registered.losses.get("my_loss")).toBe(loss);
  kspec.register_keras_optimizer("momentum", ({ learning_rate }) =>
    optimizers.sgd({ learningRate: learning_rate }),
  );
  expect(registered.optimizers.get("momentum")?.({ learning_rate: 0.1 }).config).toEqual({
    learningRate: 0.1,
  });
  expect(refusal(() => kspec.register_keras_metric("m", 3 as never))).toBe(
    `register_keras_metric("m") takes a function second, and got the number 3.`,
  );
});

describe("ops", () => {
  afterEach(() => provideOps(undefined));

  test("they may be taken apart at the top of a file, and work once the engine has given its own", () => {
    const { add } = ops;
    provideOps({ add: (a: number, b: number) => a + b });
    expect(add(1, 2)).toBe(3);
    expect(ops.add(3, 4)).toBe(7);
  });

  test("outside a computation they say so", () => {
    expect(refusal(() => ops.mean([1, 2]))).toBe(
      "ops.mean() works only while a model is computed: call it inside a loss or metric function.",
    );
  });

  test("an operation that does not exist", () => {
    provideOps({});
    expect(refusal(() => (ops as never as { meen(x: number): unknown }).meen(1))).toBe(
      `TensorFlow.js has no operation "meen".`,
    );
  });
});
