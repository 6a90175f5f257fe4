import { describe, expect, it } from "vitest";
import type { Baked } from "../../src/data/baked.ts";
import { fitModel } from "../../src/engine/index.ts";
import { randomStream } from "../../src/engine/random.ts";
import { layers } from "../../src/kspec/layers/index.ts";
import type { Layer, Tensor } from "../../src/kspec/layer.ts";
import { block, model, Recorder, wired } from "./examples.ts";

// Each layer of the authoring API between two that learn: it is built, it passes gradients on, and the model with
// it can be saved. What TensorFlow.js's WebAssembly backend lacks shows here.

const shapes = {
  vector: [6],
  sequence: [5, 4],
  image: [6, 6, 3],
  film: [3, 6, 6, 2],
  volume: [4, 4, 4, 2],
  words: [5],
} as const;
type Kind = keyof typeof shapes;

/** A layer, or one that attends to what it is applied to. */
type Applied = { apply(tensor: Tensor): Tensor };
const attending = (layer: Layer): Applied => ({ apply: (tensor) => layer.apply([tensor, tensor]) });

const cases: Record<Kind, Record<string, () => Applied>> = {
  vector: {
    dense: () => layers.dense({ units: 3, activation: "gelu", kernelConstraint: "unitNorm" }),
    activation: () => layers.activation({ activation: "softplus" }),
    dropout: () => layers.dropout({ rate: 0.3 }),
    reshape: () => layers.reshape({ targetShape: [2, 3] }),
    repeatVector: () => layers.repeatVector({ n: 2 }),
    batchNormalization: () => layers.batchNormalization(),
    layerNormalization: () => layers.layerNormalization(),
    reLU: () => layers.reLU({ maxValue: 3 }),
    leakyReLU: () => layers.leakyReLU(),
    prelu: () => layers.prelu(),
    elu: () => layers.elu(),
    thresholdedReLU: () => layers.thresholdedReLU({ theta: 0.1 }),
    softmax: () => layers.softmax(),
    gaussianNoise: () => layers.gaussianNoise({ stddev: 0.1 }),
    gaussianDropout: () => layers.gaussianDropout({ rate: 0.2 }),
    alphaDropout: () => layers.alphaDropout({ rate: 0.2 }),
    unitNormalization: () => layers.unitNormalization(),
    activityRegularization: () => layers.activityRegularization({ l2: 0.01 }),
    rescaling: () => layers.rescaling({ scale: 0.5, offset: 1 }),
    flatten: () => layers.flatten(),
  },
  sequence: {
    simpleRNN: () => layers.simpleRNN({ units: 3 }),
    gru: () => layers.gru({ units: 3, returnSequences: true }),
    lstm: () => layers.lstm({ units: 3, recurrentDropout: 0.2, dropout: 0.2 }),
    bidirectional: () => layers.bidirectional({ layer: layers.lstm({ units: 2 }) }),
    timeDistributed: () => layers.timeDistributed({ layer: layers.dense({ units: 2 }) }),
    rnn: () => layers.rnn({ cell: [layers.gruCell({ units: 2 }), layers.lstmCell({ units: 3 })] }),
    rnnOfStackedCells: () =>
      layers.rnn({
        cell: layers.stackedRNNCells({
          cells: [layers.simpleRNNCell({ units: 2 }), layers.lstmCell({ units: 2 })],
        }),
      }),
    conv1d: () => layers.conv1d({ filters: 3, kernelSize: 2 }),
    maxPooling1d: () => layers.maxPooling1d({ poolSize: 2 }),
    averagePooling1d: () => layers.averagePooling1d({ poolSize: 2 }),
    globalMaxPooling1d: () => layers.globalMaxPooling1d(),
    globalAveragePooling1d: () => layers.globalAveragePooling1d(),
    spatialDropout1d: () => layers.spatialDropout1d({ rate: 0.3 }),
    permute: () => layers.permute({ dims: [2, 1] }),
    masking: () => layers.masking({ maskValue: 0 }),
    multiHeadAttention: () => attending(layers.multiHeadAttention({ numHeads: 2, keyDim: 3, dropout: 0.2 })),
    attention: () => attending(layers.attention({ useScale: true, useCausalMask: true })),
    additiveAttention: () => attending(layers.additiveAttention()),
  },
  image: {
    conv2d: () => layers.conv2d({ filters: 2, kernelSize: 3, strides: 2, padding: "same" }),
    conv2dTranspose: () => layers.conv2dTranspose({ filters: 2, kernelSize: 3, strides: 2 }),
    separableConv2d: () => layers.separableConv2d({ filters: 2, kernelSize: 3 }),
    depthwiseConv2d: () => layers.depthwiseConv2d({ kernelSize: 3, depthMultiplier: 2 }),
    cropping2D: () =>
      layers.cropping2D({
        cropping: [
          [1, 0],
          [0, 1],
        ],
      }),
    zeroPadding2d: () => layers.zeroPadding2d({ padding: 1 }),
    upSampling2d: () => layers.upSampling2d({ size: [2, 2], interpolation: "bilinear" }),
    maxPooling2d: () => layers.maxPooling2d({ poolSize: 2 }),
    averagePooling2d: () => layers.averagePooling2d({ poolSize: 2, padding: "same" }),
    globalMaxPooling2d: () => layers.globalMaxPooling2d(),
    globalAveragePooling2d: () => layers.globalAveragePooling2d(),
    resizing: () => layers.resizing({ height: 4, width: 4 }),
    centerCrop: () => layers.centerCrop({ height: 4, width: 4 }),
    batchNormalization: () => layers.batchNormalization({ scale: false }),
    groupNormalization: () => layers.groupNormalization({ groups: 3 }),
    spatialDropout2d: () => layers.spatialDropout2d({ rate: 0.3 }),
    randomFlip: () => layers.randomFlip({ mode: "horizontal" }),
    randomRotation: () => layers.randomRotation({ factor: 0.1, fillMode: "constant", fillValue: 1 }),
    randomTranslation: () => layers.randomTranslation({ heightFactor: 0.2, widthFactor: 0.2 }),
    randomZoom: () => layers.randomZoom({ heightFactor: [0, 0.3] }),
    randomContrast: () => layers.randomContrast({ factor: 0.2, valueRange: [-9, 9] }),
    randomBrightness: () => layers.randomBrightness({ factor: [0, 0.2], valueRange: [-9, 9] }),
  },
  film: {
    convLstm2d: () => layers.convLstm2d({ filters: 2, kernelSize: 3 }),
  },
  volume: {
    conv3d: () => layers.conv3d({ filters: 2, kernelSize: 2 }),
    conv3dTranspose: () => layers.conv3dTranspose({ filters: 2, kernelSize: 2 }),
    maxPooling3d: () => layers.maxPooling3d({ poolSize: 2 }),
    averagePooling3d: () => layers.averagePooling3d({ poolSize: 2 }),
    spatialDropout3d: () => layers.spatialDropout3d({ rate: 0.3 }),
  },
  words: {
    embedding: () => layers.embedding({ inputDim: 7, outputDim: 3 }),
  },
};

function rowsOf(kind: Kind): Baked {
  const rows = 8;
  const shape = shapes[kind];
  const random = randomStream(1, kind);
  const size = shape.reduce((a, b) => a * b, 1);
  const values = Float32Array.from({ length: rows * size }, () =>
    kind === "words" ? Math.floor(random() * 7) : random(),
  );
  return {
    rows,
    inputs: new Map([["x", { kind: "tensor", shape, values }]]),
    outcomes: new Map([
      ["y", { kind: "numeric", values: Float32Array.from({ length: rows }, () => random()) }],
    ]),
  };
}

for (const [kind, all] of Object.entries(cases) as [Kind, Record<string, () => Applied>][])
  describe(`on a ${kind}`, () => {
    it.each(Object.entries(all))("%s", async (_, make) => {
      const learnt = (tensor: Tensor) =>
        kind === "words" ? tensor : layers.dense({ units: shapes[kind].at(-1)! }).apply(tensor);
      const spec = {
        input: block(
          ({ input_shape }: { input_shape: number[] }) => layers.input({ shape: input_shape }),
          "input_shape",
        ),
        before: wired(
          block(({ tensor }: { tensor: Tensor }) => learnt(tensor), "tensor"),
          "input",
        ),
        layer: wired(
          block(({ tensor }: { tensor: Tensor }) => make().apply(tensor), "tensor"),
          "before",
        ),
        output: wired(
          block(
            ({ tensor }: { tensor: Tensor }) =>
              layers.dense({ units: 1 }).apply(layers.flatten().apply(tensor)),
            "tensor",
          ),
          "layer",
        ),
      };
      const job = {
        model: model(spec, { fit_epochs: 2, fit_batch_size: 4 }, { mode: "regression" }),
        train: rowsOf(kind),
        seed: 1,
        specFolder: import.meta.dirname,
      };
      const histories = [];
      for (let i = 0; i < 2; i++) {
        const says = new Recorder();
        const result = await fitModel(job, says);
        histories.push(says.logs);
        result.model!.dispose();
      }
      for (const logs of histories[0]!) expect(logs["loss"]).toSatisfy(Number.isFinite);
      expect(histories[1]).toEqual(histories[0]);
    });
  });

it("merging layers", async () => {
  const merged = block(({ tensor }: { tensor: Tensor }) => {
    const a = layers.dense({ units: 3 }).apply(tensor);
    const b = layers.dense({ units: 3 }).apply(tensor);
    return layers
      .concatenate()
      .apply([
        layers.add().apply([a, b]),
        layers.average().apply([a, b]),
        layers.maximum().apply([a, b]),
        layers.minimum().apply([a, b]),
        layers.multiply().apply([a, b]),
        layers.dot({ axes: -1 }).apply([a, b]),
      ]);
  }, "tensor");
  const spec = {
    input: block(
      ({ input_shape }: { input_shape: number[] }) => layers.input({ shape: input_shape }),
      "input_shape",
    ),
    merged: wired(merged, "input"),
    output: wired(
      block(({ tensor }: { tensor: Tensor }) => layers.dense({ units: 1 }).apply(tensor), "tensor"),
      "merged",
    ),
  };
  const says = new Recorder();
  await fitModel(
    {
      model: model(spec, {}, { mode: "regression" }),
      train: rowsOf("vector"),
      seed: 1,
      specFolder: import.meta.dirname,
    },
    says,
  );
  expect(says.layers.find(({ class: name }) => name === "Concatenate")!.output_shape).toEqual([16]);
});
