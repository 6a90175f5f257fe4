import "@tensorflow/tfjs-backend-cpu";
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { startTensorFlow, tf, type SymbolicTensor } from "../../../src/engine/tensorflow/index.ts";
import { expectSame, modelOf, type Build } from "./compare.ts";

// Every layer that is written as ONNX gives what TensorFlow.js gives, whatever its options. Its backend in plain
// JavaScript is the reference, which shares no code with the others.

beforeAll(async () => {
  await startTensorFlow("wasm", { specFolder: import.meta.dirname });
  await tf.setBackend("cpu");
});

const apply = (layer: { apply(input: SymbolicTensor): unknown }, input: SymbolicTensor) =>
  layer.apply(input) as SymbolicTensor;

/** A layer that KSpec has put in the place of TensorFlow.js's own. */
function ours(name: string, config: object): { apply(input: SymbolicTensor): unknown } {
  const [constructor, fromConfig] = tf.serialization.SerializationMap.getMap().classNameMap[name]!;
  return fromConfig(constructor, config as never) as unknown as { apply(input: SymbolicTensor): unknown };
}

const vector = [6];
const sequence = [7, 4];
const image = [8, 9, 3];

const cases: Record<string, [shape: number[], Build]> = {
  "a dense layer on a vector": [vector, (x) => apply(tf.layers.dense({ units: 4, activation: "tanh" }), x)],
  "without a bias": [vector, (x) => apply(tf.layers.dense({ units: 4, useBias: false }), x)],
  "a dense layer on each step": [sequence, (x) => apply(tf.layers.dense({ units: 3 }), x)],
  "a dense layer on each pixel": [image, (x) => apply(tf.layers.dense({ units: 3, useBias: false }), x)],
  "a dense layer behind a convolution": [
    image,
    (x) =>
      apply(
        tf.layers.dense({ units: 5, activation: "softmax" }),
        apply(tf.layers.conv2d({ filters: 4, kernelSize: 3 }), x),
      ),
  ],
  "a convolution of a sequence": [
    sequence,
    (x) => apply(tf.layers.conv1d({ filters: 3, kernelSize: 3, strides: 2, padding: "same" }), x),
  ],
  "a dilated convolution of a sequence": [
    sequence,
    (x) => apply(tf.layers.conv1d({ filters: 3, kernelSize: 2, dilationRate: 2 }), x),
  ],
  "a convolution of a volume": [
    [5, 6, 4, 2],
    (x) => apply(tf.layers.conv3d({ filters: 3, kernelSize: 2, strides: 2, padding: "same" }), x),
  ],
  "pooling a sequence": [
    sequence,
    (x) => apply(tf.layers.maxPooling1d({ poolSize: 3, strides: 2, padding: "same" }), x),
  ],
  "the mean of windows of a sequence": [
    sequence,
    (x) => apply(tf.layers.averagePooling1d({ poolSize: 2 }), x),
  ],
  "global pooling of a sequence": [sequence, (x) => apply(tf.layers.globalMaxPooling1d(), x)],
  "the global mean of a sequence": [sequence, (x) => apply(tf.layers.globalAveragePooling1d({}), x)],
  "global pooling of an image": [
    image,
    (x) => apply(tf.layers.globalMaxPooling2d({ dataFormat: "channelsLast" }), x),
  ],
  "the global mean of an image": [
    image,
    (x) => apply(tf.layers.globalAveragePooling2d({ dataFormat: "channelsLast" }), x),
  ],
  "pooling a volume": [[4, 5, 4, 2], (x) => apply(tf.layers.maxPooling3d({ poolSize: [2, 2, 2] }), x)],
  "batch normalisation of a vector": [vector, (x) => apply(tf.layers.batchNormalization(), x)],
  "batch normalisation along another axis": [
    image,
    (x) => apply(ours("BatchNormalization", { axis: 1, epsilon: 0.01 }), x),
  ],
  "batch normalisation along the last but one, without scale": [
    image,
    (x) => apply(ours("BatchNormalization", { axis: -2, scale: false }), x),
  ],
  "batch normalisation without scale or centre": [
    image,
    (x) => apply(tf.layers.batchNormalization({ scale: false, center: false }), x),
  ],
  "layer normalisation": [sequence, (x) => apply(tf.layers.layerNormalization(), x)],
  "layer normalisation of whole images": [
    image,
    (x) => apply(tf.layers.layerNormalization({ axis: [1, 2, 3], center: false }), x),
  ],
  "layer normalisation of each channel": [
    image,
    (x) => apply(tf.layers.layerNormalization({ axis: [1, 2] }), x),
  ],
  "ReLU with a limit": [vector, (x) => apply(tf.layers.reLU({ maxValue: 1 }), x)],
  "leaky ReLU": [vector, (x) => apply(tf.layers.leakyReLU({ alpha: 0.1 }), x)],
  "leaky ReLU with Keras's slope": [vector, (x) => apply(tf.layers.leakyReLU(), x)],
  "PReLU with shared slopes": [image, (x) => apply(tf.layers.prelu({ sharedAxes: [1, 2] }), x)],
  ELU: [vector, (x) => apply(tf.layers.elu(), x)],
  "thresholded ReLU": [vector, (x) => apply(tf.layers.thresholdedReLU({ theta: 0.5 }), x)],
  "flatten, in Keras's order behind a convolution": [
    image,
    (x) => apply(tf.layers.flatten(), apply(tf.layers.conv2d({ filters: 4, kernelSize: 2 }), x)),
  ],
  "flatten with channels first": [image, (x) => apply(tf.layers.flatten({ dataFormat: "channelsFirst" }), x)],
  reshape: [image, (x) => apply(tf.layers.reshape({ targetShape: [-1, 6] }), x)],
  "reshape behind a convolution": [
    image,
    (x) =>
      apply(
        tf.layers.reshape({ targetShape: [8, 36] }),
        apply(tf.layers.conv2d({ filters: 4, kernelSize: 1 }), x),
      ),
  ],
  permute: [image, (x) => apply(tf.layers.permute({ dims: [3, 1, 2] }), x)],
  "repeating a vector": [vector, (x) => apply(tf.layers.repeatVector({ n: 3 }), x)],
  "zeros around an image": [
    image,
    (x) =>
      apply(
        tf.layers.zeroPadding2d({
          padding: [
            [1, 0],
            [2, 3],
          ],
        }),
        x,
      ),
  ],
  "cropping an image": [
    image,
    (x) =>
      apply(
        tf.layers.cropping2D({
          cropping: [
            [1, 0],
            [2, 3],
          ],
        }),
        x,
      ),
  ],
  "enlarging by repetition": [image, (x) => apply(ours("UpSampling2D", { size: [2, 3] }), x)],
  "enlarging by interpolation": [
    image,
    (x) => apply(ours("UpSampling2D", { size: [3, 2], interpolation: "bilinear" }), x),
  ],
  "resizing to a larger image": [image, (x) => apply(ours("Resizing", { height: 11, width: 20 }), x)],
  "resizing to a smaller image": [image, (x) => apply(ours("Resizing", { height: 5, width: 4 }), x)],
  "resizing by the nearest pixel": [
    image,
    (x) => apply(ours("Resizing", { height: 5, width: 13, interpolation: "nearest" }), x),
  ],
  "the centre of an image": [image, (x) => apply(ours("CenterCrop", { height: 5, width: 4 }), x)],
  rescaling: [image, (x) => apply(tf.layers.rescaling({ scale: 1 / 127.5, offset: -1 }), x)],
  "layers that work in training only": [
    image,
    (x) =>
      [
        tf.layers.dropout({ rate: 0.5 }),
        tf.layers.gaussianNoise({ stddev: 1 }),
        tf.layers.gaussianDropout({ rate: 0.5 }),
        tf.layers.alphaDropout({ rate: 0.5 }),
      ].reduce((value, layer) => apply(layer, value), x),
  ],
};

describe("one layer", () => {
  it.each(Object.entries(cases))("%s", async (_, [shape, build]) => {
    await expectSame(modelOf(shape, build), [shape]);
  });

  it("an embedding", async () => {
    const model = modelOf([4], (x) => apply(tf.layers.embedding({ inputDim: 9, outputDim: 3 }), x));
    await expectSame(
      model,
      [[4]],
      Float32Array.from({ length: 12 }, (_, i) => (i * 5) % 9),
    );
  });

  it.each(["oneHot", "multiHot", "count"] as const)("category numbers as columns, %s", async (outputMode) => {
    const extent = outputMode === "oneHot" ? 1 : 4;
    const layer = ours("CategoryEncoding", { numTokens: 5, outputMode });
    const numbers = Float32Array.from({ length: 3 * extent }, (_, i) => (i * i) % 5);
    await expectSame(
      modelOf([extent], (x) => apply(layer, x)),
      [[extent]],
      numbers,
    );
  });
});

describe("an activation by name", () => {
  it.each([
    ...["linear", "relu", "relu6", "elu", "selu", "sigmoid", "tanh", "softplus", "softsign"],
    ...["softmax", "logSoftmax", "swish", "mish", "gelu"],
    // Keras 3's, which KSpec adds to TensorFlow.js.
    ...["hardSigmoid", "silu", "hardSilu", "hardSwish", "leakyRelu", "exponential", "hardTanh", "logSigmoid"],
  ])("%s", async (activation) => {
    await expectSame(
      modelOf(image, (x) => apply(tf.layers.activation({ activation: activation as "relu" }), x)),
      [image],
    );
    await expectSame(
      modelOf(image, (x) =>
        apply(tf.layers.conv2d({ filters: 4, kernelSize: 3, activation: activation as "relu" }), x),
      ),
      [image],
    );
  });
});

// Windows of all kinds: size, step, padding and extent decide where they lie.
const window = fc.record({
  height: fc.integer({ min: 4, max: 9 }),
  width: fc.integer({ min: 4, max: 9 }),
  size: fc.tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 4 })),
  steps: fc.integer({ min: 1, max: 3 }),
  padding: fc.constantFrom("same" as const, "valid" as const),
  useBias: fc.boolean(),
});
type Window = typeof window extends fc.Arbitrary<infer One> ? One : never;

describe("windows of any size, step and padding", () => {
  const layers: Record<string, (options: Window) => Build> = {
    "a convolution":
      ({ size, steps, padding, useBias }) =>
      (x) =>
        apply(tf.layers.conv2d({ filters: 3, kernelSize: size, strides: steps, padding, useBias }), x),
    "a dilated convolution":
      ({ size, padding }) =>
      (x) =>
        apply(
          tf.layers.conv2d({
            filters: 2,
            kernelSize: [Math.min(2, size[0]), Math.min(2, size[1])],
            dilationRate: 2,
            padding,
          }),
          x,
        ),
    "a depthwise convolution":
      ({ size, steps, padding, useBias }) =>
      (x) =>
        apply(
          tf.layers.depthwiseConv2d({
            kernelSize: size,
            depthMultiplier: 2,
            strides: steps,
            padding,
            useBias,
          }),
          x,
        ),
    "a separable convolution":
      ({ size, steps, padding, useBias }) =>
      (x) =>
        apply(
          tf.layers.separableConv2d({ filters: 4, kernelSize: size, strides: steps, padding, useBias }),
          x,
        ),
    "a transposed convolution":
      ({ size, steps, padding, useBias }) =>
      (x) =>
        apply(
          tf.layers.conv2dTranspose({ filters: 3, kernelSize: size, strides: steps, padding, useBias }),
          x,
        ),
    "a largest-value pooling":
      ({ size, steps, padding }) =>
      (x) =>
        apply(tf.layers.maxPooling2d({ poolSize: size, strides: [steps, steps], padding }), x),
    "a mean pooling":
      ({ size, steps, padding }) =>
      (x) =>
        apply(tf.layers.averagePooling2d({ poolSize: size, strides: [steps, steps], padding }), x),
  };
  it.each(Object.entries(layers))("%s", async (_, layer) => {
    await fc.assert(
      fc.asyncProperty(window, async (options) => {
        const shape = [options.height, options.width, 3];
        await tf.engine().startScope();
        try {
          await expectSame(modelOf(shape, layer(options)), [shape]);
        } finally {
          tf.engine().endScope();
        }
      }),
      { numRuns: 25, seed: 7 },
    );
  });

  it("of images of any size", async () => {
    const model = modelOf([null, null, 3], (x) =>
      apply(
        tf.layers.globalAveragePooling2d({ dataFormat: "channelsLast" }),
        apply(tf.layers.conv2d({ filters: 4, kernelSize: 3, strides: 2, padding: "same" }), x),
      ),
    );
    await expectSame(model, [[7, 10, 3]]);
    await expectSame(model, [[6, 5, 3]]);
  });
});

describe("several tensors become one", () => {
  const two = (shape: number[], merge: (a: SymbolicTensor, b: SymbolicTensor) => SymbolicTensor) => {
    const [a, b] = [tf.input({ shape }), tf.input({ shape })];
    return tf.model({ inputs: [a, b], outputs: merge(a, b) });
  };
  const merged =
    (layer: { apply(inputs: SymbolicTensor[]): unknown }) => (a: SymbolicTensor, b: SymbolicTensor) =>
      layer.apply([a, b]) as SymbolicTensor;
  it.each(
    Object.entries({
      add: () => tf.layers.add(),
      multiply: () => tf.layers.multiply(),
      average: () => tf.layers.average(),
      maximum: () => tf.layers.maximum(),
      minimum: () => tf.layers.minimum(),
      concatenate: () => tf.layers.concatenate(),
      "concatenate along the first axis": () => tf.layers.concatenate({ axis: 1 }),
    }),
  )("%s", async (_, layer) => {
    await expectSame(two([4, 5, 3], merged(layer())), [
      [4, 5, 3],
      [4, 5, 3],
    ]);
  });

  it.each([
    ["vectors", [5], -1, false],
    ["vectors, as a cosine", [5], 1, true],
    ["sequences", [4, 5], 2, false],
    ["sequences along their steps", [4, 5], 1, true],
    ["a sequence's steps with values", [4, 4], [1, 2] as [number, number], false],
  ] as const)("dot of %s", async (_, shape, axes, normalize) => {
    const layer = tf.layers.dot({ axes: axes as number, normalize });
    await expectSame(two([...shape], merged(layer)), [shape, shape]);
  });

  it("a convolution's output and an input are brought into one layout", async () => {
    const model = two([6, 6, 3], (a, b) => {
      const convolved = apply(tf.layers.conv2d({ filters: 3, kernelSize: 3, padding: "same" }), a);
      return tf.layers.concatenate().apply([convolved, b]) as SymbolicTensor;
    });
    const { graph } = await expectSame(model, [
      [6, 6, 3],
      [6, 6, 3],
    ]);
    expect(graph.nodes.filter(({ op }) => op === "Transpose")).toHaveLength(3);
  });
});
