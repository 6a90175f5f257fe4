import { describe, expect, it } from "vitest";
import type { LayerDescription } from "../../src/kspec/description.ts";
import { initializers } from "../../src/kspec/initializers.ts";
import { layers } from "../../src/kspec/layers/index.ts";
import { regularizers } from "../../src/kspec/regularizers.ts";
import { kerasConfig, snakeCase } from "../../src/model/keras-config.ts";

const config = (layer: unknown) => kerasConfig(layer as LayerDescription);

describe("an author's options as Keras writes them", () => {
  it("snake_case keys and words, Keras's initializer where TensorFlow.js has another", () => {
    expect(
      config(layers.conv2d({ filters: 3, kernelSize: [3, 2], padding: "same", activation: "hardSigmoid" })),
    ).toEqual({
      filters: 3,
      kernel_size: [3, 2],
      padding: "same",
      activation: "hard_sigmoid",
      kernel_initializer: { class_name: "GlorotUniform", config: {} },
    });
  });

  it("initializers by name or with options, regularizers in the one class that all readers know", () => {
    expect(
      config(
        layers.dense({
          units: 2,
          kernelInitializer: "heNormal",
          biasInitializer: initializers.constant({ value: 0.5 }),
          kernelRegularizer: regularizers.l2({ l2: 0.1 }),
          biasRegularizer: regularizers.l1(),
        }),
      ),
    ).toEqual({
      units: 2,
      kernel_initializer: { class_name: "HeNormal", config: {} },
      bias_initializer: { class_name: "Constant", config: { value: 0.5 } },
      kernel_regularizer: { class_name: "L1L2", config: { l1: 0, l2: 0.1 } },
      bias_regularizer: { class_name: "L1L2", config: { l1: 0.01, l2: 0 } },
    });
  });

  it("layers inside layers", () => {
    expect(config(layers.bidirectional({ layer: layers.lstm({ units: 4 }), mergeMode: "sum" }))).toEqual({
      merge_mode: "sum",
      layer: {
        class_name: "LSTM",
        config: {
          units: 4,
          trainable: true,
          recurrent_activation: "sigmoid",
          kernel_initializer: { class_name: "GlorotUniform", config: {} },
        },
      },
    });
  });

  it.each([
    ["kernelSize", "kernel_size"],
    ["channelsLast", "channels_last"],
    ["beta1", "beta1"],
    ["relu6", "relu6"],
  ])("%s → %s", (camel, snake) => {
    expect(snakeCase(camel)).toBe(snake);
  });
});
