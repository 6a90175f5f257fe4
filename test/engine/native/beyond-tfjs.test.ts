import { describe, expect, it } from "vitest";
import { exportGraph, weightsByName } from "../../../src/engine/native/export.ts";
import { graphOfConfig } from "../../../src/engine/native/keras-graph.ts";
import type { KerasConfig, WeightValues } from "../../../src/model/network.ts";
import { expectClose, randomRows, runNatively } from "./compare.ts";

// Layers and options of Keras's that TensorFlow.js lacks or has otherwise: expected values are computed here, by their
// definitions.

type Weights = Record<string, [shape: number[], values: number[]]>;

/** One layer between an input of this shape and the output. */
function one(shape: (number | null)[], class_name: string, config: KerasConfig, weights: Weights = {}) {
  const values = Object.entries(weights).map(([name, [extents, list]]): [string, WeightValues] => [
    `layer/${name}`,
    { shape: extents, dtype: "float32", values: Float32Array.from(list) },
  ]);
  return exportGraph(
    "test",
    graphOfConfig("Sequential", {
      name: "test",
      layers: [
        { class_name: "InputLayer", config: { name: "input", batch_input_shape: [null, ...shape] } },
        { class_name, config: { name: "layer", ...config } },
      ],
    }),
    weightsByName(new Map(values)),
  );
}

async function run(model: ReturnType<typeof one>, shape: number[], values: ArrayLike<number>, rows = 1) {
  if (!model.supported) throw new Error(model.reason);
  const [output] = await runNatively(model, [{ shape, values: Float32Array.from(values) }], rows);
  return output!;
}

const numbers = [-7, -3, -1.5, -0.5, 0, 0.5, 1.5, 3, 7];
const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));
const clamped = (x: number, low: number, high: number) => Math.min(high, Math.max(low, x));

describe("functions of Keras 3", () => {
  const functions: Record<string, (x: number) => number> = {
    silu: (x) => x * sigmoid(x),
    swish: (x) => x * sigmoid(x),
    hard_sigmoid: (x) => clamped(x + 3, 0, 6) / 6,
    hard_silu: (x) => (x * clamped(x + 3, 0, 6)) / 6,
    hard_swish: (x) => (x * clamped(x + 3, 0, 6)) / 6,
    leaky_relu: (x) => (x < 0 ? 0.2 * x : x),
    exponential: Math.exp,
    hard_tanh: (x) => clamped(x, -1, 1),
    log_sigmoid: (x) => Math.log(sigmoid(x)),
  };
  it.each(Object.entries(functions))("%s", async (activation, expected) => {
    const { values } = await run(one([9], "Activation", { activation }), [9], numbers);
    expectClose(values, numbers.map(expected));
  });

  it("a function as an object, as Keras 3 may write it", async () => {
    const activation = {
      module: "builtins",
      class_name: "function",
      config: "relu",
      registered_name: "function",
    };
    const { values } = await run(one([9], "Activation", { activation }), [9], numbers);
    expectClose(
      values,
      numbers.map((x) => Math.max(0, x)),
    );
  });
});

describe("ReLU with all its options", () => {
  it.each([
    [{ negative_slope: 0.25 }, (x: number) => (x < 0 ? 0.25 * x : x)],
    [{ negative_slope: 0.25, max_value: 2 }, (x: number) => (x < 0 ? 0.25 * x : Math.min(2, x))],
    [{ threshold: 1 }, (x: number) => (x > 1 ? x : 0)],
    [
      { threshold: 1, negative_slope: 0.5, max_value: 5 },
      (x: number) => (x > 1 ? Math.min(5, x) : 0.5 * (x - 1)),
    ],
  ])("%o", async (config, expected) => {
    const { values } = await run(one([9], "ReLU", config), [9], numbers);
    expectClose(values, numbers.map(expected));
  });
});

describe("other axes", () => {
  it("softmax down a column", async () => {
    const { values } = await run(one([2, 2], "Softmax", { axis: 1 }), [2, 2], [0, 1, 2, 5]);
    expectClose(values, [sigmoid(-2), sigmoid(-4), sigmoid(2), sigmoid(4)]);
  });

  it("batch normalisation of the first axis", async () => {
    const model = one(
      [2, 3],
      "BatchNormalization",
      { axis: 1, epsilon: 0 },
      {
        gamma: [[2], [2, 3]],
        beta: [[2], [1, -1]],
        moving_mean: [[2], [1, 2]],
        moving_variance: [[2], [4, 9]],
      },
    );
    const { values } = await run(model, [2, 3], [1, 2, 3, 4, 5, 6]);
    expectClose(values, [1, 2, 3, 1, 2, 3]);
  });

  it("images with channels first", async () => {
    const kernel = Array.from({ length: 4 }, (_, i) => i + 1);
    const config = { data_format: "channels_first", filters: 1, kernel_size: [2, 1], use_bias: false };
    // [height 2, width 1, channels 2, filters 1]
    const model = one([2, 3, 1], "Conv2D", config, { kernel: [[2, 1, 2, 1], kernel] });
    const { values, shape } = await run(model, [2, 3, 1], [1, 2, 3, 10, 20, 30]);
    expect(shape).toEqual([1, 2, 1]);
    expectClose(values, [1 + 2 * 10 + 3 * 2 + 4 * 20, 2 + 2 * 20 + 3 * 3 + 4 * 30]);
  });
});

describe("convolutions", () => {
  it("in groups: each half of the filters reads its half of the channels", async () => {
    const config = { filters: 4, kernel_size: [1, 1], groups: 2, use_bias: true };
    // [1, 1, channels in a group 2, filters 4]
    const model = one([1, 1, 4], "Conv2D", config, {
      kernel: [
        [1, 1, 2, 4],
        [1, 2, 3, 4, 10, 20, 30, 40],
      ],
      bias: [[4], [0, 0, 0, 0.5]],
    });
    const { values } = await run(model, [1, 1, 4], [1, 2, 3, 4]);
    expectClose(values, [1 + 20, 2 + 40, 9 + 120, 12 + 160 + 0.5]);
  });

  it("causal: a step reads itself and those before it", async () => {
    const config = { filters: 1, kernel_size: [2], dilation_rate: [2], padding: "causal", use_bias: false };
    const model = one([5, 1], "Conv1D", config, {
      kernel: [
        [2, 1, 1],
        [10, 1],
      ],
    });
    const { values } = await run(model, [5, 1], [1, 2, 3, 4, 5]);
    expectClose(values, [1, 2, 13, 24, 35]);
  });

  it("a transposed one of a sequence", async () => {
    const config = { filters: 1, kernel_size: [3], strides: [2], use_bias: false };
    const model = one([2, 1], "Conv1DTranspose", config, {
      kernel: [
        [3, 1, 1],
        [1, 2, 3],
      ],
    });
    const { values } = await run(model, [2, 1], [1, 10]);
    expectClose(values, [1, 2, 13, 20, 30]);
  });
});

describe("shapes", () => {
  it("global pooling that keeps its axes", async () => {
    const model = one([2, 2, 2], "GlobalAveragePooling2D", { keepdims: true });
    const { values, shape } = await run(model, [2, 2, 2], [1, 10, 2, 20, 3, 30, 4, 40]);
    expect(shape).toEqual([1, 1, 2]);
    expectClose(values, [2.5, 25]);
  });

  it("the largest of a volume", async () => {
    const { values } = await run(one([2, 1, 2, 1], "GlobalMaxPooling3D", {}), [2, 1, 2, 1], [1, 7, -2, 3]);
    expectClose(values, [7]);
  });

  it.each([
    ["ZeroPadding1D", { padding: [1, 2] }, [0, 1, 2, 3, 0, 0]],
    ["ZeroPadding1D", { padding: 1 }, [0, 1, 2, 3, 0]],
    ["Cropping1D", { cropping: [1, 0] }, [2, 3]],
    ["UpSampling1D", { size: 2 }, [1, 1, 2, 2, 3, 3]],
  ])("%s %o", async (class_name, config, expected) => {
    const { values } = await run(one([3, 1], class_name, config), [3, 1], [1, 2, 3]);
    expectClose(values, expected);
  });
});

describe("preprocessing", () => {
  it("normalisation by statistics in the options or in the weights", async () => {
    const inOptions = one([1, 2], "Normalization", { mean: [1, 2], variance: [4, 0.25] });
    const inWeights = one(
      [1, 2],
      "Normalization",
      { axis: [-1] },
      { mean: [[2], [1, 2]], variance: [[2], [4, 0.25]] },
    );
    for (const model of [inOptions, inWeights]) {
      const { values } = await run(model, [1, 2], [5, 3]);
      expectClose(values, [2, 2]);
    }
  });

  it("rescaling with numbers for each channel", async () => {
    const { values } = await run(one([1, 2], "Rescaling", { scale: [2, 3], offset: [0, 1] }), [1, 2], [5, 5]);
    expectClose(values, [10, 16]);
  });
});

describe("what has no form in ONNX is told by layer and class", () => {
  it.each([
    ["ConvLSTM2D", { filters: 3 }, [4, 6, 6, 2], "has no form in ONNX that KSpec knows."],
    ["LSTM", { units: 3 }, [4, 2], "has no weight kernel."],
    ["LSTM", { stateful: true }, [4, 2], "keeps its state from one batch to the next (stateful)."],
    ["GRU", { return_state: true }, [4, 2], "gives its state beside its output (return_state)."],
    ["Activation", { activation: "my_own" }, [4], "has the activation my_own."],
    ["Dense", { units: 3 }, [4], "has no weight kernel."],
    ["Conv2D", { kernel_size: [1, 1] }, [4], "is applied to a tensor of 2 axes."],
  ])("%s %o", (class_name, config, shape, reason) => {
    expect(one(shape, class_name, config)).toEqual({ supported: false, layer: "layer", class_name, reason });
  });
});

it("a session's rows have the shapes that the model says", async () => {
  const model = one([null, 2], "GlobalMaxPooling1D", {});
  const rows = randomRows(3, [5, 2]);
  if (!model.supported) throw new Error(model.reason);
  expect((await runNatively(model, [rows], 3))[0]!.shape).toEqual([2]);
});
