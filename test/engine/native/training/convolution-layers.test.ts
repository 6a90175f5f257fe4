import { describe, it } from "vitest";
import { chainOf, trainBoth, type Link } from "./train-both.ts";

// Layers with windows train natively as they do on TensorFlow.js, at odd and even extents and at extents of 1.

const relu = { activation: "relu" };

describe("convolutions", () => {
  it.each<[string, number[], Link[]]>([
    ["of sequences", [9, 2], [["Conv1D", { filters: 3, kernel_size: 3, ...relu }]]],
    [
      "of sequences that see the past alone",
      [9, 2],
      [["Conv1D", { filters: 3, kernel_size: 3, padding: "causal", dilation_rate: 2 }]],
    ],
    [
      "of images, one behind the other",
      [8, 7, 2],
      [
        ["Conv2D", { filters: 9, kernel_size: 3, ...relu }],
        ["Conv2D", { filters: 4, kernel_size: [2, 3], padding: "same", activation: "tanh" }],
      ],
    ],
    [
      "in steps, valid",
      [8, 7, 2],
      [["Conv2D", { filters: 3, kernel_size: 3, strides: [2, 3], use_bias: false }]],
    ],
    [
      "in steps, same",
      [8, 7, 2],
      [["Conv2D", { filters: 3, kernel_size: [2, 3], strides: 2, padding: "same" }]],
    ],
    ["in steps larger than the window", [8, 7, 2], [["Conv2D", { filters: 3, kernel_size: 1, strides: 2 }]]],
    [
      "with gaps",
      [9, 8, 2],
      [
        ["Conv2D", { filters: 3, kernel_size: 3, dilation_rate: 2, padding: "same" }],
        ["Conv2D", { filters: 3, kernel_size: 2, dilation_rate: 3 }],
      ],
    ],
    [
      "of single values",
      [12, 11, 2],
      [
        ["Conv2D", { filters: 9, kernel_size: 1 }],
        ["Conv2D", { filters: 3, kernel_size: 1 }],
      ],
    ],
    ["of one place", [1, 1, 3], [["Conv2D", { filters: 4, kernel_size: 3, padding: "same" }]]],
    ["of images with one place along an axis", [1, 6, 3], [["Conv2D", { filters: 4, kernel_size: [1, 3] }]]],
    [
      "of small images of many channels",
      [3, 3, 10],
      [
        ["Conv2D", { filters: 12, kernel_size: 1, ...relu }],
        ["Conv2D", { filters: 9, kernel_size: 3, padding: "same" }],
        ["Conv2D", { filters: 3, kernel_size: 2, strides: 2, padding: "same", use_bias: false }],
      ],
    ],
    [
      "of volumes",
      [4, 5, 4, 2],
      [
        ["Conv3D", { filters: 3, kernel_size: 2, ...relu }],
        ["Conv3D", { filters: 2, kernel_size: 3, strides: 2, padding: "same" }],
      ],
    ],
  ])("%s", async (_, shape, links) => {
    await trainBoth(chainOf(shape, links));
  });
});

describe("convolutions in groups", () => {
  it.each<[string, number[], Link[]]>([
    ["of two channels each", [7, 6, 4], [["Conv2D", { filters: 6, kernel_size: 3, groups: 2, ...relu }]]],
    ["of sequences", [7, 6], [["Conv1D", { filters: 6, kernel_size: 2, groups: 3, strides: 2 }]]],
    [
      "depthwise",
      [9, 8, 3],
      [
        ["DepthwiseConv2D", { kernel_size: 3, padding: "same", ...relu }],
        ["DepthwiseConv2D", { kernel_size: 3, strides: 2 }],
      ],
    ],
    [
      "depthwise, of larger images",
      [20, 17, 3],
      [
        ["DepthwiseConv2D", { kernel_size: 3, padding: "same" }],
        ["DepthwiseConv2D", { kernel_size: [2, 3] }],
      ],
    ],
    [
      "depthwise, several outputs a channel",
      [6, 7, 2],
      [["DepthwiseConv2D", { kernel_size: 2, depth_multiplier: 3 }]],
    ],
    [
      "depthwise, without a bias, of one place",
      [1, 1, 4],
      [["DepthwiseConv2D", { kernel_size: 3, padding: "same", use_bias: false }]],
    ],
    [
      "separable",
      [9, 8, 3],
      [
        ["SeparableConv2D", { filters: 5, kernel_size: 3, ...relu }],
        ["SeparableConv2D", { filters: 3, kernel_size: 3, padding: "same", strides: 2, depth_multiplier: 2 }],
      ],
    ],
    [
      "a block of MobileNet",
      [6, 6, 4],
      [
        ["Conv2D", { filters: 12, kernel_size: 1, use_bias: false }],
        ["BatchNormalization"],
        ["ReLU", { max_value: 6 }],
        [
          "ZeroPadding2D",
          {
            padding: [
              [0, 1],
              [0, 1],
            ],
          },
        ],
        ["DepthwiseConv2D", { kernel_size: 3, strides: 2, use_bias: false }],
        ["BatchNormalization"],
        ["ReLU", { max_value: 6 }],
        ["Conv2D", { filters: 6, kernel_size: 1, use_bias: false }],
        ["GlobalAveragePooling2D"],
      ],
    ],
  ])("%s", async (_, shape, links) => {
    await trainBoth(chainOf(shape, links));
  });
});

describe("transposed convolutions", () => {
  it.each<[string, number[], Link[]]>([
    ["valid", [3, 4, 3], [["Conv2DTranspose", { filters: 4, kernel_size: 3, ...relu }]]],
    [
      "in steps, same",
      [3, 4, 2],
      [["Conv2DTranspose", { filters: 3, kernel_size: 3, strides: 2, padding: "same" }]],
    ],
    [
      "in steps wider than the window",
      [3, 2, 2],
      [["Conv2DTranspose", { filters: 3, kernel_size: 2, strides: 3, use_bias: false }]],
    ],
    ["in steps, valid", [3, 4, 2], [["Conv2DTranspose", { filters: 3, kernel_size: [3, 2], strides: 2 }]]],
  ])("%s", async (_, shape, links) => {
    await trainBoth(chainOf(shape, links));
  });
});

// A convolution before them has something to learn from what they give back.
const before = (dimensions: number): Link => [`Conv${dimensions}D`, { filters: 2, kernel_size: 1 }];

describe("poolings", () => {
  it.each<[string, number[], Link[]]>([
    ["MaxPooling1D", [9, 2], [before(1), ["MaxPooling1D", { pool_size: 2 }]]],
    ["MaxPooling2D", [7, 6, 2], [before(2), ["MaxPooling2D", { pool_size: 2 }]]],
    [
      "MaxPooling2D, windows that overlap",
      [7, 8, 2],
      [before(2), ["MaxPooling2D", { pool_size: 3, strides: 2, padding: "same" }]],
    ],
    ["MaxPooling2D, windows apart", [7, 8, 2], [before(2), ["MaxPooling2D", { pool_size: 2, strides: 3 }]]],
    ["MaxPooling3D", [4, 5, 4, 2], [before(3), ["MaxPooling3D", { pool_size: 2 }]]],
    ["AveragePooling1D", [9, 2], [before(1), ["AveragePooling1D", { pool_size: 3, strides: 2 }]]],
    ["AveragePooling2D", [7, 6, 2], [before(2), ["AveragePooling2D", { pool_size: 2 }]]],
    [
      "AveragePooling2D, same, where edges count fewer",
      [7, 8, 2],
      [before(2), ["AveragePooling2D", { pool_size: 3, strides: 2, padding: "same" }]],
    ],
    [
      "AveragePooling2D, same, windows side by side",
      [7, 8, 2],
      [before(2), ["AveragePooling2D", { pool_size: 3, padding: "same" }]],
    ],
    ["AveragePooling3D", [4, 5, 4, 2], [before(3), ["AveragePooling3D", { pool_size: 2 }]]],
    ["GlobalMaxPooling1D", [5, 2], [before(1), ["GlobalMaxPooling1D"]]],
    ["GlobalMaxPooling2D", [5, 4, 2], [before(2), ["GlobalMaxPooling2D"]]],
    ["GlobalAveragePooling1D", [5, 2], [before(1), ["GlobalAveragePooling1D"]]],
    ["GlobalAveragePooling2D", [5, 4, 2], [before(2), ["GlobalAveragePooling2D"]]],
    ["GlobalAveragePooling3D", [3, 4, 2, 2], [before(3), ["GlobalAveragePooling3D"]]],
  ])("%s", async (_, shape, links) => {
    await trainBoth(chainOf(shape, links));
  });

  it("MaxPooling2D of flat images, whose values are all the same", async () => {
    const links: Link[] = [before(2), ["MaxPooling2D", { pool_size: 2 }]];
    await trainBoth(chainOf([6, 6, 2], links), { values: new Float32Array(11 * 72).fill(0.5) });
  });
});

describe("edges and sizes", () => {
  it.each<[string, number[], Link[]]>([
    ["ZeroPadding1D", [5, 2], [before(1), ["ZeroPadding1D", { padding: [2, 1] }]]],
    [
      "ZeroPadding2D",
      [4, 5, 2],
      [
        before(2),
        [
          "ZeroPadding2D",
          {
            padding: [
              [1, 0],
              [2, 3],
            ],
          },
        ],
        ["Conv2D", { filters: 2, kernel_size: 3, strides: 2 }],
      ],
    ],
    ["ZeroPadding3D", [2, 3, 2, 2], [before(3), ["ZeroPadding3D", { padding: 1 }]]],
    ["Cropping1D", [6, 2], [before(1), ["Cropping1D", { cropping: [1, 2] }]]],
    [
      "Cropping2D",
      [5, 6, 2],
      [
        before(2),
        [
          "Cropping2D",
          {
            cropping: [
              [1, 0],
              [2, 1],
            ],
          },
        ],
      ],
    ],
  ])("%s", async (_, shape, links) => {
    await trainBoth(chainOf(shape, links));
  });

  it.each<[string, number[], Link[]]>([
    ["UpSampling2D", [4, 3, 2], [before(2), ["UpSampling2D", { size: [2, 3] }]]],
    [
      "UpSampling2D, bilinear",
      [4, 3, 2],
      [before(2), ["UpSampling2D", { size: [2, 2], interpolation: "bilinear" }]],
    ],
  ])("%s", async (_, shape, links) => {
    // TensorFlow.js's gradient in plain JavaScript is that of the first row alone.
    await trainBoth(chainOf(shape, links), { backend: "wasm" });
  });
});

describe("channels first", () => {
  const first = { data_format: "channels_first" };
  it("convolution, depthwise convolution and pooling", async () => {
    await trainBoth(
      chainOf(
        [2, 7, 6],
        [
          ["Conv2D", { filters: 4, kernel_size: 3, padding: "same", ...relu, ...first }],
          ["MaxPooling2D", { pool_size: 2, ...first }],
          ["Conv2D", { filters: 3, kernel_size: 2, ...first }],
          ["AveragePooling2D", { pool_size: 2, ...first }],
        ],
      ),
    );
  });
});

describe("a convolution that is held", () => {
  it("between two that learn", async () => {
    await trainBoth(
      chainOf(
        [9, 8, 2],
        [
          ["Conv2D", { filters: 3, kernel_size: 3, ...relu }],
          ["Conv2D", { filters: 3, kernel_size: 3, ...relu }, false],
          ["DepthwiseConv2D", { kernel_size: 2 }, false],
          ["Conv2D", { filters: 3, kernel_size: 2 }],
        ],
      ),
    );
  });
});
