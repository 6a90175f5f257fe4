import { beforeAll, describe, expect, it } from "vitest";
import { correctForTraining } from "../../src/engine/corrections.ts";
import { findEpochMetric } from "../../src/engine/epoch-metrics.ts";
import { findLoss } from "../../src/engine/losses.ts";
import { findOptimizer } from "../../src/engine/optimizers.ts";
import { AppliedOptimizer } from "../../src/engine/tensorflow/applied-optimizer.ts";
import { startTensorFlow, tf, type Tensor, type Variable } from "../../src/engine/tensorflow/index.ts";
import { keepingLogits } from "../../src/engine/tensorflow/logits.ts";
import { tensorflowMath } from "../../src/engine/tensorflow/tensor-math.ts";
import { TensorFlowTrainer } from "../../src/engine/training/tensorflow-trainer.ts";
import { historyOf } from "./history.ts";
import { losses } from "../../src/kspec/losses.ts";
import { optimizers } from "../../src/kspec/optimizers.ts";

// Expected values were computed by Keras 3.15.1 (JAX, float32) from the same numbers.

beforeAll(async () => {
  await startTensorFlow("auto", { specFolder: import.meta.dirname });
});

const y = [
  [1, 0, 0],
  [0, 0, 1],
  [0, 1, 0],
];
const p = [
  [0.7, 0.2, 0.1],
  [0.3, 0.3, 0.4],
  [0.1, 0.6, 0.3],
];
const logits = [
  [2, -1, 0.5],
  [0, 0, 3],
  [-2, 1, 1.5],
];
const r = [
  [1, 2.5],
  [0, 3],
  [-2, 0.4],
];
const s = [
  [1.5, 2],
  [0.2, 5],
  [-2.5, 0.4],
];
const abs = (rows: number[][], add = 0) => rows.map((row) => row.map((v) => Math.abs(v) + add));

describe("losses are Keras's", () => {
  it.each([
    ["mean_squared_error", r, s, 0.798333],
    ["mse", r, s, 0.798333],
    ["mean_absolute_error", r, s, 0.616667],
    ["mean_absolute_percentage_error", abs(r, 1), s, 71.269844],
    ["mean_squared_logarithmic_error", abs(r), abs(s), 0.04916],
    ["huber", r, s, 0.315833],
    [losses.huber({ delta: 0.3 }), r, s, 0.148333],
    ["log_cosh", r, s, 0.284202],
    ["cosine_similarity", r, s, -0.988022],
    ["poisson", abs(r), abs(s), 0.527881],
    ["kl_divergence", y, p, 0.594594],
    ["binary_crossentropy", y, p, 0.365298],
    [losses.binaryCrossentropy({ fromLogits: true }), y, logits, 0.554528],
    [losses.binaryCrossentropy({ labelSmoothing: 0.2 }), y, p, 0.467186],
    ["categorical_crossentropy", y, p, 0.594597],
    [losses.categoricalCrossentropy({ fromLogits: true }), y, logits, 0.442978],
    [losses.categoricalCrossentropy({ labelSmoothing: 0.1 }), y, p, 0.664141],
    ["hinge", y, logits, 0.666667],
    ["squared_hinge", y, logits, 1.166667],
    ["categorical_hinge", y, logits, 0.5],
  ])("%o", (loss, truth, estimate, expected) => {
    const value = tf.tidy(() =>
      tf.mean(findLoss(loss).perRow(tensorflowMath, tf.tensor(truth), tf.tensor(estimate))).dataSync(),
    );
    expect(value[0]).toBeCloseTo(expected, expected > 10 ? 3 : 5);
  });
});

describe("a crossentropy of softmax or sigmoid is computed from what these were given", () => {
  // Keras on TensorFlow; of the probabilities alone it would be 16.118, and its gradient nothing.
  it.each([
    ["softmax", "categorical_crossentropy", [[40, 0]], [[0, 1]], 40],
    ["sigmoid", "binary_crossentropy", [[30]], [[0]], 30],
  ] as const)("%s", (activation, loss, logits, truth, expected) => {
    const layer = tf.layers.activation({ activation });
    const value = keepingLogits(() =>
      tf.tidy(() => {
        const estimate = layer.apply(tf.tensor(logits.map((row) => [...row]))) as Tensor;
        return findLoss(loss)
          .perRow(tensorflowMath, tf.tensor(truth.map((row) => [...row])), estimate)
          .dataSync()[0];
      }),
    );
    expect(value).toBeCloseTo(expected, 5);
  });

  it("but not of another's output, and nothing is left behind", () => {
    const before = tf.memory().numTensors;
    const value = keepingLogits(() =>
      tf.tidy(() => {
        const estimate = tf.layers
          .activation({ activation: "softmax" })
          .apply(tf.tensor([[40, 0]])) as Tensor;
        const loss = findLoss("categorical_crossentropy");
        return loss.perRow(tensorflowMath, tf.tensor([[0, 1]]), tf.mul(estimate, 1)).dataSync()[0];
      }),
    );
    expect(value).toBeCloseTo(16.118, 3);
    expect(tf.memory().numTensors).toBe(before);
  });
});

it("Adam's epsilon weighs as much as in Keras, where gradients are small", () => {
  const weights = tf.variable(tf.zeros([3]), true, "small_gradients");
  const optimizer = new AppliedOptimizer(findOptimizer("adam", 0.01), new Map([["small", weights]]));
  for (const gradient of [
    [1e-3, 1e-6, 1e-8],
    [2e-3, 0, 3e-8],
  ])
    optimizer.applyGradients({ small_gradients: tf.tensor(gradient) });
  const expected = [-0.01960650086402893, -0.004011722281575203, -0.00012238688941579312];
  for (const [at, value] of weights.dataSync().entries()) expect(value / expected[at]!).toBeCloseTo(1, 4);
  optimizer.dispose();
  weights.dispose();
});

describe("metrics of the epoch log are Keras's, running over batches", () => {
  const truth = [[1], [0], [1]];
  const estimate = [[0.8], [0.6], [0.3]];
  it.each([
    ["categorical_accuracy", y, p, 1.0],
    ["accuracy", y, p, 1.0],
    ["accuracy", truth, estimate, 0.333333],
    ["binary_accuracy", truth, estimate, 0.333333],
    ["precision", truth, estimate, 0.5],
    ["recall", truth, estimate, 0.5],
    ["root_mean_squared_error", r, s, 0.893495],
    ["mae", r, s, 0.616667],
  ])("%s", (name, truths, estimates, expected) => {
    const metric = findEpochMetric(name, truths[0]!.length);
    const sums = Array<number>(metric.values).fill(0);
    for (const [from, to] of [
      [0, 2],
      [2, 3],
    ] as const) {
      const weight = metric.kind === "mean" ? to - from : 1;
      metric
        .batch(tensorflowMath, tf.tensor(truths.slice(from, to)), tf.tensor(estimates.slice(from, to)))
        .flatMap((value) => [...value.dataSync()])
        .forEach((value, i) => (sums[i]! += value * weight));
    }
    expect(metric.result(sums, 3)).toBeCloseTo(expected, 5);
  });
});

// A net with a penalty and batch normalisation, from fixed weights, 20 rows in batches of 6, the last 4 for validation.
describe("a whole fit has Keras's history", () => {
  const histories: Record<string, Record<string, number[]>> = {
    adam: {
      accuracy: [0.3125, 0.3125, 0.3125],
      loss: [1.31171, 1.25035, 1.21064],
      val_accuracy: [0.25, 0.25, 0.5],
      val_loss: [1.2028, 1.20462, 1.20505],
    },
    sgd: {
      accuracy: [0.3125, 0.3125, 0.3125],
      loss: [1.30666, 1.2594, 1.22507],
      val_accuracy: [0.25, 0.25, 0.25],
      val_loss: [1.24049, 1.25878, 1.27049],
    },
    momentum: {
      accuracy: [0.3125, 0.3125, 0.375],
      loss: [1.30637, 1.20078, 1.13026],
      val_accuracy: [0.25, 0.5, 0.25],
      val_loss: [1.19432, 1.17262, 1.19649],
    },
    nesterov: {
      accuracy: [0.3125, 0.3125, 0.375],
      loss: [1.30219, 1.18674, 1.1302],
      val_accuracy: [0.25, 0.5, 0.25],
      val_loss: [1.19338, 1.18795, 1.22206],
    },
    rmsprop: {
      accuracy: [0.3125, 0.3125, 0.3125],
      loss: [1.311, 1.22137, 1.18678],
      val_accuracy: [0.25, 0.25, 0.25],
      val_loss: [1.1812, 1.19267, 1.20596],
    },
    adagrad: {
      accuracy: [0.3125, 0.3125, 0.3125],
      loss: [1.30192, 1.21985, 1.18281],
      val_accuracy: [0.25, 0.25, 0.25],
      val_loss: [1.22317, 1.23567, 1.24755],
    },
    adadelta: {
      accuracy: [0.3125, 0.3125, 0.3125],
      loss: [1.31349, 1.31004, 1.30676],
      val_accuracy: [0.25, 0.25, 0.25],
      val_loss: [1.25629, 1.29547, 1.32807],
    },
    adamax: {
      accuracy: [0.3125, 0.3125, 0.3125],
      loss: [1.31135, 1.26131, 1.23158],
      val_accuracy: [0.25, 0.25, 0.25],
      val_loss: [1.20812, 1.21754, 1.2235],
    },
    class_weight: {
      accuracy: [0.3125, 0.3125, 0.375],
      loss: [1.52242, 1.42328, 1.35425],
      val_accuracy: [0.25, 0.5, 0.5],
      val_loss: [1.20047, 1.19555, 1.18914],
    },
  };

  async function fit(optimizer: unknown, weights: number[] | null): Promise<Record<string, number[]>> {
    const input = tf.input({ shape: [3] });
    const hidden = tf.layers.dense({
      units: 4,
      activation: "tanh",
      kernelRegularizer: tf.regularizers.l1l2({ l1: 0, l2: 0.01 }),
    });
    const norm = tf.layers.batchNormalization({ momentum: 0.8 });
    correctForTraining(norm, true);
    const output = tf.layers.dense({ units: 3, activation: "softmax" });
    const head = tf.model({
      inputs: input,
      outputs: output.apply(norm.apply(hidden.apply(input))) as typeof input,
    });
    for (const weight of head.weights)
      if (weight.originalName.endsWith("kernel")) {
        const [rows, columns] = weight.shape as [number, number];
        const values = Array.from({ length: rows }, (_, a) =>
          Array.from({ length: columns }, (_, b) => Math.cos(a * 1.7 + b * 0.9) * 0.6),
        );
        (weight.read() as Variable).assign(tf.tensor(values));
      }
    const x = Float32Array.from({ length: 60 }, (_, k) => Math.sin(Math.floor(k / 3) * 1.3 + (k % 3) * 2.1));
    const truth = Float32Array.from({ length: 60 }, (_, k) => (Math.floor(k / 3) % 3 === k % 3 ? 1 : 0));
    const rows = (from: number, to: number) => ({
      rows: to - from,
      inputs: [{ shape: [3], values: x.subarray(from * 3, to * 3) }],
      truths: [{ shape: [3], values: truth.subarray(from * 3, to * 3) }],
      weights: null,
    });
    const trainer = new TensorFlowTrainer({
      head,
      outputs: [
        {
          name: "output",
          loss: findLoss("categorical_crossentropy"),
          weight: 1,
          metrics: [findEpochMetric("accuracy", 3)],
        },
      ],
      optimizer: findOptimizer(optimizer, 0.01),
      train: {
        ...rows(0, 16),
        weights: weights && Float32Array.from({ length: 16 }, (_, i) => weights[i % 3]!),
      },
      validation: rows(16, 20),
      batchSize: 6,
      shuffle: false,
      seed: 1,
    });
    return historyOf(trainer, { epochs: 3, validates: true });
  }

  it.each([
    ["adam", "adam", null],
    ["sgd", optimizers.sgd({ learningRate: 0.05 }), null],
    ["momentum", optimizers.sgd({ learningRate: 0.05, momentum: 0.9 }), null],
    ["nesterov", optimizers.sgd({ learningRate: 0.05, momentum: 0.9, nesterov: true }), null],
    ["rmsprop", "rmsprop", null],
    ["adagrad", optimizers.adagrad({ learningRate: 0.05 }), null],
    ["adadelta", optimizers.adadelta({ learningRate: 0.5 }), null],
    ["adamax", "adamax", null],
    ["class_weight", "adam", [1, 2, 0.5]],
  ])("%s", async (name, optimizer, weights) => {
    const actual = await fit(optimizer, weights);
    const expected = histories[name]!;
    expect(Object.keys(actual).sort()).toEqual(Object.keys(expected).sort());
    for (const [key, values] of Object.entries(expected))
      for (const [epoch, value] of values.entries())
        expect(actual[key]![epoch], `${key} of epoch ${epoch + 1}`).toBeCloseTo(value, 4);
  });
});
