import { describe, expect, it } from "vitest";
import { chain, chainOf, networkOf, trainBoth, type Described, type Link } from "./train-both.ts";

// Layers without windows, statistics or state train natively as they do on TensorFlow.js.

const dense: Link = ["Dense", { units: 4, activation: "tanh" }];

describe("dense layers", () => {
  it.each<[string, number[], Link[]]>([
    ["of vectors", [6], [dense, ["Dense", { units: 3 }]]],
    ["without a bias", [6], [["Dense", { units: 4, use_bias: false }], dense]],
    ["of sequences", [5, 3], [dense, dense]],
    ["of images", [3, 2, 3], [dense, dense]],
    ["behind one that is held", [6], [dense, ["Dense", { units: 4, activation: "relu" }, false], dense]],
  ])("%s", async (_, shape, links) => {
    await trainBoth(chainOf(shape, links));
  });
});

describe("activations", () => {
  it.each([
    ...["linear", "relu", "relu6", "leaky_relu", "elu", "selu", "gelu", "silu", "hard_silu", "mish"],
    ...["sigmoid", "hard_sigmoid", "log_sigmoid", "tanh", "hard_tanh", "softplus", "softsign", "exponential"],
    ...["softmax", "log_softmax"],
  ])("%s", async (activation) => {
    const start = { class_name: "GlorotUniform", config: {} };
    await trainBoth(
      chainOf(
        [6],
        [
          ["Dense", { units: 5, activation, kernel_initializer: start }],
          ["Activation", { activation }],
        ],
      ),
    );
  });

  it.each<[string, Link]>([
    ["ReLU", ["ReLU"]],
    ["ReLU with a limit", ["ReLU", { max_value: 0.5 }]],
    ["ReLU with a slope and a limit", ["ReLU", { max_value: 0.5, negative_slope: 0.1 }]],
    ["ReLU with a threshold", ["ReLU", { threshold: 0.2, negative_slope: 0.1 }]],
    ["LeakyReLU", ["LeakyReLU", { alpha: 0.2 }]],
    ["ELU", ["ELU", { alpha: 0.7 }]],
    ["ThresholdedReLU", ["ThresholdedReLU", { theta: 0.3 }]],
    ["Softmax along an axis", ["Softmax", { axis: 1 }]],
    ["PReLU", ["PReLU"]],
    ["PReLU with shared slopes", ["PReLU", { shared_axes: [1] }]],
  ])("the layer %s", async (_, layer) => {
    await trainBoth(chainOf([3, 4], [dense, layer, dense]));
  });
});

describe("other shapes", () => {
  it.each<[string, number[], Link[]]>([
    ["Flatten", [2, 3], [dense, ["Flatten"], dense]],
    ["Reshape", [2, 6], [dense, ["Reshape", { target_shape: [4, 2] }], dense]],
    ["Permute", [2, 3, 4], [dense, ["Permute", { dims: [3, 1, 2] }], dense]],
    ["RepeatVector", [5], [dense, ["RepeatVector", { n: 3 }], dense]],
    ["Rescaling", [5], [dense, ["Rescaling", { scale: 0.5, offset: 1 }], dense]],
    [
      "TimeDistributed",
      [3, 4],
      [["TimeDistributed", { layer: { class_name: "Dense", config: { units: 3, activation: "tanh" } } }]],
    ],
  ])("%s", async (_, shape, links) => {
    await trainBoth(chainOf(shape, links));
  });

  it("Reshape, of which an extent is left open", async () => {
    const open: Link = ["Reshape", { target_shape: [-1, 2] }];
    await trainBoth(chain([2, 6], [dense, open, dense, ["GlobalAveragePooling1D"], dense]));
  });
});

describe("larger images", () => {
  const first: Link = ["Dense", { units: 2 }];
  it.each<[string, Link[]]>([
    ["of each pixel several", [first, ["UpSampling2D", { size: [2, 3] }], dense]],
    [
      "with values between them",
      [first, ["UpSampling2D", { size: [2, 2], interpolation: "bilinear" }], dense],
    ],
    ["resized", [first, ["Resizing", { height: 7, width: 3 }], dense]],
    [
      "resized to the nearest pixels",
      [first, ["Resizing", { height: 7, width: 3, interpolation: "nearest" }], dense],
    ],
  ])("%s", async (_, links) => {
    // The plain backend gives the rows behind the first the gradients of others there.
    await trainBoth(chainOf([5, 4, 2], links), { backend: "wasm" });
  });
});

describe("words", () => {
  it.each<[string, number[], Link[]]>([
    ["an embedding", [5], [["Embedding", { input_dim: 9, output_dim: 3 }]]],
    ["an embedding of one word", [1], [["Embedding", { input_dim: 9, output_dim: 3 }], dense]],
    ["an embedding that is held", [5], [["Embedding", { input_dim: 9, output_dim: 3 }, false], dense]],
    ["an embedding of tables", [2, 3], [["Embedding", { input_dim: 9, output_dim: 3 }]]],
    ["categories as columns", [1], [["CategoryEncoding", { num_tokens: 9, output_mode: "one_hot" }], dense]],
    [
      "which categories are there",
      [3],
      [["CategoryEncoding", { num_tokens: 9, output_mode: "multi_hot" }], dense],
    ],
  ])("%s", async (_, shape, links) => {
    await trainBoth(chainOf(shape, links), { below: 9 });
  });
});

describe("several tensors become one", () => {
  const two = (merge: Omit<Described, "reads" | "name">, units: readonly [number, number] = [4, 4]) =>
    networkOf({ a: [3, 5], b: [3, 5] }, [
      { name: "left", class_name: "Dense", config: { units: units[0], activation: "tanh" }, reads: [["a"]] },
      { name: "right", class_name: "Dense", config: { units: units[1], activation: "tanh" }, reads: [["b"]] },
      { ...merge, name: "merged", reads: [["left", "right"]] },
      { name: "flat", class_name: "Flatten", reads: [["merged"]] },
      { name: "last", class_name: "Dense", config: { units: 2 }, reads: [["flat"]] },
    ]);
  it.each<[string, Omit<Described, "reads" | "name">, [number, number]?]>([
    ["Add", { class_name: "Add" }],
    ["Multiply", { class_name: "Multiply" }],
    ["Average", { class_name: "Average" }],
    ["Maximum", { class_name: "Maximum" }],
    ["Minimum", { class_name: "Minimum" }],
    ["Concatenate", { class_name: "Concatenate" }, [4, 2]],
    ["Concatenate along the steps", { class_name: "Concatenate", config: { axis: 1 } }],
    ["Dot", { class_name: "Dot", config: { axes: 2 } }, [4, 4]],
    ["Dot along the steps", { class_name: "Dot", config: { axes: 1 } }, [4, 2]],
    ["Dot of unit vectors", { class_name: "Dot", config: { axes: 2, normalize: true } }],
  ])("%s", async (_, merge, units) => {
    await trainBoth(two(merge, units));
  });
});

describe("networks", () => {
  it("with a layer that is applied twice", async () => {
    await trainBoth(
      networkOf({ a: [5], b: [5] }, [
        {
          name: "shared",
          class_name: "Dense",
          config: { units: 4, activation: "tanh" },
          reads: [["a"], ["b"]],
        },
        { name: "both", class_name: "Concatenate", reads: [["shared", "shared:1"]] },
        { name: "last", class_name: "Dense", config: { units: 2 }, reads: [["both"]] },
      ]),
    );
  });

  it("with several outputs, their losses weighted, and rows that count differently", async () => {
    await trainBoth(
      networkOf(
        { a: [5] },
        [
          { name: "trunk", class_name: "Dense", config: { units: 4, activation: "relu" }, reads: [["a"]] },
          {
            name: "first",
            class_name: "Dense",
            config: { units: 3, activation: "softmax" },
            reads: [["trunk"]],
          },
          {
            name: "second",
            class_name: "Dense",
            config: { units: 2, activation: "softmax" },
            reads: [["trunk"]],
          },
        ],
        ["first", "second"],
      ),
      { loss: "categorical_crossentropy", metrics: ["accuracy"], rowWeight: (row) => 0.5 + (row % 3) },
    );
  });

  it.each<[loss: string, last: Link]>([
    ["categorical_crossentropy", ["Dense", { units: 3, activation: "softmax" }]],
    ["binary_crossentropy", ["Dense", { units: 1, activation: "sigmoid" }]],
    ["mean_absolute_error", ["Dense", { units: 2 }]],
    ["huber", ["Dense", { units: 2 }]],
  ])("that learn by %s", async (loss, last) => {
    await trainBoth(chain([6], [dense, last]), { loss });
  });

  it("with batch normalisation that is held and has no scale", async () => {
    const held: Link = ["BatchNormalization", { scale: false, momentum: 0.5 }, false];
    await trainBoth(chainOf([6], [dense, held, dense]));
  });

  it("with a layer that is held within another", async () => {
    const inner = { class_name: "Dense", config: { units: 3, activation: "tanh" } };
    await trainBoth(chainOf([3, 4], [dense, ["TimeDistributed", { layer: inner }, false], dense]));
  });

  it("with a transposed convolution behind which the extents of gradients are computed", async () => {
    const up: Link = ["Conv2DTranspose", { filters: 1, kernel_size: 2, strides: 2, padding: "same" }];
    const scale: Link = ["Rescaling", { scale: 0.7, offset: 0.1 }];
    await trainBoth(chainOf([5, 4, 2], [up, scale, ["MaxPooling2D", { pool_size: 2, padding: "same" }]]));
  });

  it("that bring rows of zeros to the length 1", async () => {
    const relu: Link = ["Dense", { units: 1, activation: "relu" }];
    await trainBoth(chainOf([6], [relu, ["UnitNormalization"], dense]));
  });

  it("whose every row is a batch of its own", async () => {
    await trainBoth(chainOf([6], [dense]), { batchSize: 1, rows: 4, epochs: 5 });
  });

  it("that are not the same are told apart", async () => {
    // What is compared can differ: with a tolerance below rounding it does.
    await expect(trainBoth(chainOf([6], [dense]), { tolerance: 0, weights: 0 })).rejects.toThrow();
  });
});
