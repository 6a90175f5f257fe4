import { describe, expect, it } from "vitest";
import type { Baked, Outcome } from "../../../src/data/baked.ts";
import { fitModel } from "../../../src/engine/index.ts";
import { metrics } from "../../../src/kspec/epoch-metrics.ts";
import { layers } from "../../../src/kspec/layers/index.ts";
import { losses } from "../../../src/kspec/losses.ts";
import { block, model, Recorder, squares, TENSORFLOW_JS, wired } from "../examples.ts";

// Losses, weights and metrics in whole fits, on both engines.

type T = never;
const input = block(
  ({ input_shape }: { input_shape: number[] }) => layers.input({ shape: input_shape }),
  "input_shape",
);
const head = (units: number, activation: "softmax" | "sigmoid" | "linear") =>
  wired(
    block(
      ({ tensor }: { tensor: T }) =>
        layers.dense({ units, activation }).apply(layers.flatten().apply(tensor)),
      "tensor",
    ),
    "input",
  );
const one = { input, output: head(3, "softmax") };
const both = { input, label: head(3, "softmax"), size: head(1, "linear") };

const pictures = squares(90);
const withSize: Baked = {
  ...pictures,
  outcomes: new Map<string, Outcome>([
    ...pictures.outcomes,
    ["size", { kind: "numeric", values: Float32Array.from({ length: 90 }, (_, i) => i / 60) }],
  ]),
};

const ENGINES = [
  ["ONNX Runtime", "native"],
  ["TensorFlow.js", TENSORFLOW_JS],
] as const;

async function fit(
  blocks: typeof one | typeof both,
  args: object,
  engine: "native" | typeof TENSORFLOW_JS = "native",
) {
  const says = new Recorder();
  const job = { train: "label" in blocks ? withSize : pictures, seed: 3, specFolder: import.meta.dirname };
  const given = { fit_epochs: 2, fit_validation_split: 0.2, fit_batch_size: 16, ...args };
  const result = await fitModel(
    { ...job, model: model(blocks, given, { engine: engine as "native" }) },
    says,
  );
  result.model?.dispose();
  return says;
}

async function history(...given: Parameters<typeof fit>) {
  return (await fit(...given)).logs;
}

function expectSameHistory(
  actual: readonly Readonly<Record<string, number>>[],
  expected: readonly Readonly<Record<string, number>>[],
): void {
  expect(actual.map(Object.keys)).toEqual(expected.map(Object.keys));
  for (const [epoch, log] of expected.entries())
    for (const [name, value] of Object.entries(log))
      expect(actual[epoch]![name], `${name} of epoch ${epoch + 1}`).toBeCloseTo(value, 4);
}

describe("compile_loss_weights", () => {
  describe.each(ENGINES)("on %s", (_, engine) => {
    it("multiply what the outputs add to the loss, and not what the log says of each", async () => {
      const [log] = await history(both, { compile_loss_weights: { label: 0.25, size: 3 } }, engine);
      expect(log!["loss"]).toBeCloseTo(0.25 * log!["label_loss"]! + 3 * log!["size_loss"]!, 5);
      expect(log!["val_loss"]).toBeCloseTo(0.25 * log!["val_label_loss"]! + 3 * log!["val_size_loss"]!, 5);
    });
    it("an output without weight learns nothing", async () => {
      const args = { compile_loss_weights: [1, 0], fit_epochs: 3, fit_shuffle: false };
      const log = await history(both, args, engine);
      expect(log[2]!["val_size_loss"]).toBe(log[0]!["val_size_loss"]);
      expect(log[2]!["val_label_loss"]).toBeLessThan(log[0]!["val_label_loss"]!);
    });
  });
  it.each([
    [{ label: 1, sice: 2 }, 'compile_loss_weights names the output "sice". The outputs are: label, size.'],
    [[1], "compile_loss_weights has 1 number, and there are 2 outputs (label, size): give one for each."],
    [{ size: -1 }, 'compile_loss_weights of the output "size" must be a number from 0, and it is -1.'],
    [
      2,
      "compile_loss_weights is an object output → number, or a list of numbers, one for each output (label, size), and it is 2.",
    ],
  ])("%o is refused", async (compile_loss_weights, message) => {
    await expect(fit(both, { compile_loss_weights })).rejects.toThrow(message);
  });
});

describe("both engines have one history", () => {
  it.each([
    ["classes with weights", { fit_class_weight: { a: 3, c: 0.5 } }],
    ["a focal loss", { compile_loss: losses.categoricalFocalCrossentropy({ labelSmoothing: 0.1 }) }],
    ["a loss of the whole batch", { compile_loss: "dice" }],
    ["a hinge loss", { compile_loss: "squared_hinge" }],
    [
      "a loss that applies softmax itself",
      { compile_loss: losses.categoricalCrossentropy({ fromLogits: true }) },
    ],
    [
      "metrics that count",
      {
        compile_metrics: [
          "accuracy",
          "auc",
          metrics.auc({ curve: "PR", numThresholds: 50, name: "area" }),
          "precision",
          metrics.precision({ classId: 1 }),
          metrics.recall({ topK: 2 }),
          "false_negatives",
          "f1_score",
          "one_hot_mean_io_u",
          metrics.sensitivityAtSpecificity({ specificity: 0.5 }),
          "top_k_categorical_accuracy",
          "categorical_crossentropy",
          "r2_score",
        ],
      },
    ],
  ])("%s", async (_, args) => {
    const says = await fit(one, args);
    expect(says.notes).toEqual([]);
    expectSameHistory(says.logs, await history(one, args, TENSORFLOW_JS));
  });
  it("metrics of certain estimates, which are told from what softmax was given", async () => {
    const args = { compile_metrics: "categorical_crossentropy", learn_rate: 30, fit_epochs: 1 };
    const [log] = await history(one, args);
    // The larger the weights, the further beyond −log(1e-7) ≈ 16.1.
    expect(log!["loss"]).toBeGreaterThan(17);
    expect(log!["categorical_crossentropy"]).toBeCloseTo(log!["loss"]!, 2);
    const [other] = await history(one, args, TENSORFLOW_JS);
    expect(other!["categorical_crossentropy"]).toBeCloseTo(other!["loss"]!, 2);
  });
});

describe("weights of rows", () => {
  const weights = Float32Array.from({ length: 90 }, (_, i) => (i % 3) / 2);
  const weighed = async (engine: (typeof ENGINES)[number][1], args: object = {}) => {
    const says = new Recorder();
    const given = { fit_epochs: 2, fit_validation_split: 0.2, fit_batch_size: 16, ...args };
    const result = await fitModel(
      {
        train: { ...withSize, weights },
        seed: 3,
        specFolder: import.meta.dirname,
        model: model(both, given, { engine: engine as "native" }),
      },
      says,
    );
    result.model?.dispose();
    return says.logs;
  };

  it("weigh the losses of all outputs, in training and validation, alike on both engines", async () => {
    const log = await weighed("native");
    expectSameHistory(log, await weighed(TENSORFLOW_JS));
    const plain = await history(both, {});
    expect(log[0]!["val_size_loss"]).not.toBeCloseTo(plain[0]!["val_size_loss"]!, 2);
  });

  it("a mean of weighed losses is over all rows, also those without weight", async () => {
    // Nothing is learnt, so that the log is the loss of one network: by hand, as Keras has it.
    const still = { learn_rate: 1e-30, fit_epochs: 1, compile_loss: { size: "mae" }, fit_shuffle: false };
    const [log] = await weighed("native", still);
    const perRow = await errorsOf(still);
    const mean = perRow.reduce((sum, error, i) => sum + error * weights[i]!, 0) / perRow.length;
    expect(log!["size_loss"]).toBeCloseTo(mean, 5);
  });

  /** |truth − estimate| of the rows that are learnt from, by a network that has learnt nothing. */
  async function errorsOf(args: object): Promise<number[]> {
    const given = { fit_validation_split: 0.2, fit_batch_size: 16, ...args };
    const fitted = await fitModel(
      { train: withSize, seed: 3, specFolder: import.meta.dirname, model: model(both, given) },
      new Recorder(),
    );
    const { values } = (await fitted.model!.predict(withSize)).get("size")!;
    const truth = (withSize.outcomes.get("size") as { values: Float32Array }).values;
    fitted.model!.dispose();
    return Array.from(values.subarray(0, 72), (value, i) => Math.abs(value - truth[i]!));
  }

  it("are refused beside those of classes", async () => {
    const says = new Recorder();
    const job = { train: { ...pictures, weights }, seed: 3, specFolder: import.meta.dirname };
    await expect(
      fitModel({ ...job, model: model(one, { fit_class_weight: { a: 2 } }) }, says),
    ).rejects.toThrow(
      "fit_class_weight and fit_sample_weight are both given, and a row has one weight: leave one of them out.",
    );
  });
});

it("of two metrics with one name the second gets a number", async () => {
  const [log] = await history(one, { compile_metrics: ["precision", metrics.precision({ classId: 2 })] });
  expect(Object.keys(log!)).toEqual([
    "loss",
    "precision",
    "precision_1",
    "val_loss",
    "val_precision",
    "val_precision_1",
  ]);
});

it.each([
  [
    { compile_loss: "dice", fit_class_weight: { a: 2 } },
    "Weights of classes or rows need a loss that gives one value a row, and Dice gives one for the batch. Choose another loss, or leave out fit_class_weight and fit_sample_weight.",
  ],
  [
    { compile_loss: losses.categoricalGeneralizedCrossEntropy({ q: 1 }) },
    "compile_loss: q of CategoricalGeneralizedCrossEntropy must be a number between 0 and 1, and it is 1.",
  ],
  [
    { compile_metrics: metrics.precision({ classId: 3 }) },
    "compile_metrics: classId of precision must be the number of a column, from 0 to 2, and it is 3.",
  ],
  [
    { compile_metrics: "precision_at_recall" },
    "compile_metrics: precision_at_recall needs the option recall: metrics.precisionAtRecall({ recall: … }).",
  ],
  [
    { compile_metrics: "acuracy" },
    'compile_metrics: "acuracy" is no metric of the epoch log. There are: accuracy,',
  ],
])("%o is refused", async (args, message) => {
  await expect(fit(one, args)).rejects.toThrow(message);
});
