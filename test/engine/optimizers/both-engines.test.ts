import { beforeAll, describe, it } from "vitest";
import { optimizers } from "../../../src/kspec/optimizers.ts";
import { schedules } from "../../../src/kspec/schedules.ts";
import { startTensorFlow } from "../../../src/engine/tensorflow/index.ts";
import { chainOf, trainBoth } from "../native/training/train-both.ts";

// Whole fits on both engines, of networks whose layers ask something of weights and outputs.

beforeAll(() => startTensorFlow("wasm", { specFolder: import.meta.dirname }).then(() => undefined));

const l2 = (factor: number) => ({ class_name: "L1L2", config: { l1: 0, l2: factor } });
const dense = chainOf(
  [6],
  [
    [
      "Dense",
      {
        units: 5,
        activation: "tanh",
        kernel_regularizer: l2(0.02),
        bias_regularizer: { class_name: "L1L2", config: { l1: 0.01, l2: 0 } },
        activity_regularizer: l2(0.01),
        kernel_constraint: { class_name: "MaxNorm", config: { max_value: 1 } },
      },
    ],
    ["Dense", { units: 2, kernel_constraint: { class_name: "UnitNorm", config: { axis: 1 } } }],
  ],
);

describe("every optimizer takes both engines the same way", () => {
  const falling = schedules.cosineDecay({ initialLearningRate: 0.02, decaySteps: 15, alpha: 0.1 });
  it.each([
    optimizers.sgd({ momentum: 0.9, nesterov: true, learningRate: 0.02 }),
    optimizers.sgd({ learningRate: falling, clipnorm: 0.3 }),
    optimizers.rmsprop({ centered: true, momentum: 0.5, epsilon: 1e-3, learningRate: 0.005 }),
    optimizers.adagrad({ learningRate: 0.05 }),
    optimizers.adadelta({ learningRate: 0.5 }),
    optimizers.adam({ amsgrad: true, clipvalue: 0.05 }),
    optimizers.adam({ learningRate: falling, globalClipnorm: 0.1, weightDecay: 0.1 }),
    optimizers.adamw(),
    optimizers.adamax(),
    optimizers.nadam(),
    optimizers.lion({ learningRate: 0.001 }),
    optimizers.ftrl({ learningRate: 0.1, l1RegularizationStrength: 0.001, beta: 0.1 }),
  ])("$class_name $config", (optimizer) => trainBoth(dense, { optimizer }));
});

describe("so do regularizers and constraints of weights that lie with their axes in another order", () => {
  it("of convolutions, along several axes", () =>
    trainBoth(
      chainOf(
        [6, 5, 2],
        [
          [
            "Conv2D",
            {
              filters: 3,
              kernel_size: [3, 2],
              kernel_regularizer: l2(0.01),
              kernel_constraint: {
                class_name: "MinMaxNorm",
                config: { min_value: 0.4, max_value: 0.6, rate: 0.5, axis: [0, 1, 2] },
              },
            },
          ],
          [
            "DepthwiseConv2D",
            {
              kernel_size: [2, 2],
              depthwise_constraint: { class_name: "MaxNorm", config: { max_value: 0.5, axis: [0, 1] } },
            },
          ],
          ["Flatten", {}],
          [
            "Dense",
            {
              units: 2,
              kernel_regularizer: {
                class_name: "OrthogonalRegularizer",
                config: { factor: 0.1, mode: "columns" },
              },
            },
          ],
        ],
      ),
    ));

  it("of recurrent layers, one within another", () =>
    trainBoth(
      chainOf(
        [5, 3],
        [
          [
            "Bidirectional",
            {
              merge_mode: "concat",
              layer: {
                class_name: "LSTM",
                config: {
                  name: "inner",
                  units: 3,
                  recurrent_activation: "sigmoid",
                  return_sequences: true,
                  kernel_regularizer: l2(0.02),
                  recurrent_regularizer: l2(0.03),
                  recurrent_constraint: { class_name: "UnitNorm", config: { axis: 0 } },
                },
              },
            },
          ],
          [
            "TimeDistributed",
            { layer: { class_name: "Dense", config: { units: 2, activity_regularizer: l2(0.05) } } },
          ],
        ],
      ),
    ));
});
