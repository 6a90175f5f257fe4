import { expect, it } from "vitest";
import { constraints, initializers, layers, type Tensor } from "kspec";
import { fitModel } from "../../src/engine/index.ts";
import { block, model, Recorder, wired } from "./examples.ts";

type Activation = NonNullable<Parameters<typeof layers.dense>[0]["activation"]>;
type Body = (tensor: Tensor) => Tensor;

const vector = [6];
const sequence = [6, 3];
const image = [8, 8, 2];
const volume = [4, 4, 4, 2];
const film = [3, 6, 6, 2];

/** Layer → shape of one row, and the layer put behind a tensor. */
const examples: Readonly<Record<string, readonly [number[], Body]>> = {
  dense: [vector, (t) => layers.dense({ units: 3, activation: "gelu" }).apply(t)],
  activation: [vector, (t) => layers.activation({ activation: "hardSigmoid" }).apply(t)],
  dropout: [vector, (t) => layers.dropout({ rate: 0.5 }).apply(t)],
  spatialDropout1d: [sequence, (t) => layers.spatialDropout1d({ rate: 0.5 }).apply(t)],
  flatten: [image, (t) => layers.flatten().apply(t)],
  reshape: [vector, (t) => layers.reshape({ targetShape: [3, 2] }).apply(t)],
  permute: [sequence, (t) => layers.permute({ dims: [2, 1] }).apply(t)],
  repeatVector: [vector, (t) => layers.repeatVector({ n: 2 }).apply(t)],
  masking: [sequence, (t) => layers.lstm({ units: 2 }).apply(layers.masking().apply(t))],
  embedding: [vector, (t) => layers.embedding({ inputDim: 10, outputDim: 2 }).apply(t)],
  conv1d: [sequence, (t) => layers.conv1d({ filters: 2, kernelSize: 2 }).apply(t)],
  conv2d: [image, (t) => layers.conv2d({ filters: 2, kernelSize: 3, padding: "same" }).apply(t)],
  conv3d: [volume, (t) => layers.conv3d({ filters: 2, kernelSize: 2 }).apply(t)],
  conv2dTranspose: [image, (t) => layers.conv2dTranspose({ filters: 2, kernelSize: 3, strides: 2 }).apply(t)],
  separableConv2d: [image, (t) => layers.separableConv2d({ filters: 2, kernelSize: 3 }).apply(t)],
  depthwiseConv2d: [image, (t) => layers.depthwiseConv2d({ kernelSize: 3, depthMultiplier: 2 }).apply(t)],
  cropping2D: [
    image,
    (t) =>
      layers
        .cropping2D({
          cropping: [
            [1, 1],
            [2, 0],
          ],
        })
        .apply(t),
  ],
  zeroPadding2d: [image, (t) => layers.zeroPadding2d().apply(t)],
  upSampling2d: [image, (t) => layers.upSampling2d({ interpolation: "bilinear" }).apply(t)],
  maxPooling1d: [sequence, (t) => layers.maxPooling1d().apply(t)],
  maxPooling2d: [image, (t) => layers.maxPooling2d().apply(t)],
  maxPooling3d: [volume, (t) => layers.maxPooling3d().apply(t)],
  averagePooling1d: [sequence, (t) => layers.averagePooling1d().apply(t)],
  averagePooling2d: [image, (t) => layers.averagePooling2d().apply(t)],
  averagePooling3d: [volume, (t) => layers.averagePooling3d().apply(t)],
  globalMaxPooling1d: [sequence, (t) => layers.globalMaxPooling1d().apply(t)],
  globalMaxPooling2d: [image, (t) => layers.globalMaxPooling2d().apply(t)],
  globalAveragePooling1d: [sequence, (t) => layers.globalAveragePooling1d().apply(t)],
  globalAveragePooling2d: [image, (t) => layers.globalAveragePooling2d().apply(t)],
  batchNormalization: [image, (t) => layers.batchNormalization().apply(t)],
  layerNormalization: [vector, (t) => layers.layerNormalization().apply(t)],
  reLU: [vector, (t) => layers.reLU({ maxValue: 6 }).apply(t)],
  leakyReLU: [vector, (t) => layers.leakyReLU().apply(t)],
  prelu: [vector, (t) => layers.prelu().apply(t)],
  elu: [vector, (t) => layers.elu().apply(t)],
  thresholdedReLU: [vector, (t) => layers.thresholdedReLU().apply(t)],
  softmax: [vector, (t) => layers.softmax().apply(t)],
  add: [vector, (t) => layers.add().apply(two(t))],
  average: [vector, (t) => layers.average().apply(two(t))],
  maximum: [vector, (t) => layers.maximum().apply(two(t))],
  minimum: [vector, (t) => layers.minimum().apply(two(t))],
  multiply: [vector, (t) => layers.multiply().apply(two(t))],
  concatenate: [vector, (t) => layers.concatenate().apply(two(t))],
  dot: [vector, (t) => layers.dot({ axes: 1 }).apply(two(t))],
  gaussianNoise: [vector, (t) => layers.gaussianNoise({ stddev: 0.1 }).apply(t)],
  gaussianDropout: [vector, (t) => layers.gaussianDropout({ rate: 0.2 }).apply(t)],
  alphaDropout: [vector, (t) => layers.alphaDropout({ rate: 0.2 }).apply(t)],
  simpleRNN: [sequence, (t) => layers.simpleRNN({ units: 2 }).apply(t)],
  gru: [sequence, (t) => layers.gru({ units: 2 }).apply(t)],
  lstm: [sequence, (t) => layers.lstm({ units: 2, returnSequences: true }).apply(t)],
  convLstm2d: [film, (t) => layers.convLstm2d({ filters: 2, kernelSize: 3 }).apply(t)],
  rnn: [
    sequence,
    (t) => layers.rnn({ cell: [layers.gruCell({ units: 2 }), layers.lstmCell({ units: 2 })] }).apply(t),
  ],
  simpleRNNCell: [sequence, (t) => layers.rnn({ cell: layers.simpleRNNCell({ units: 2 }) }).apply(t)],
  stackedRNNCells: [
    sequence,
    (t) => layers.rnn({ cell: layers.stackedRNNCells({ cells: [layers.gruCell({ units: 2 })] }) }).apply(t),
  ],
  bidirectional: [sequence, (t) => layers.bidirectional({ layer: layers.lstm({ units: 2 }) }).apply(t)],
  timeDistributed: [sequence, (t) => layers.timeDistributed({ layer: layers.dense({ units: 2 }) }).apply(t)],
  rescaling: [image, (t) => layers.rescaling({ scale: 2 }).apply(t)],
  resizing: [image, (t) => layers.resizing({ height: 4, width: 4 }).apply(t)],
  centerCrop: [image, (t) => layers.centerCrop({ height: 4, width: 4 }).apply(t)],
  categoryEncoding: [vector, (t) => layers.categoryEncoding({ numTokens: 10 }).apply(t)],
  randomWidth: [
    image,
    (t) => layers.globalAveragePooling2d().apply(layers.randomWidth({ factor: 0.2 }).apply(t)),
  ],
};

/** Input, cells that stand in another example, other names, and the one layer without a gradient. */
const elsewhere = [
  "input",
  "inputLayer",
  "gruCell",
  "lstmCell",
  "convLstm2dCell",
  "maxPool1d",
  "maxPool2d",
  "avgPool1d",
  "avgPool2d",
  "avgPool3d",
  "avgPooling1d",
  "avgPooling2d",
  "avgPooling3d",
  "globalMaxPool1d",
  "globalMaxPool2d",
  "conv3dTranspose",
];

/** Outputs of these have no axes to flatten. */
const flat = new Set(
  "flatten masking simpleRNN gru rnn simpleRNNCell stackedRNNCells bidirectional randomWidth globalMaxPooling1d globalMaxPooling2d globalAveragePooling1d globalAveragePooling2d".split(
    " ",
  ),
);

function two(tensor: Tensor): Tensor[] {
  return [layers.dense({ units: 3 }).apply(tensor), layers.dense({ units: 3 }).apply(tensor)];
}

/** The loss of one epoch with the body between input and output. */
async function fitted(shape: readonly number[], body: Body, isFlat: boolean): Promise<number> {
  const rows = 8;
  const size = shape.reduce((all, one) => all * one, 1);
  const recorder = new Recorder();
  const { model: fit } = await fitModel(
    {
      model: model(
        {
          input: block(
            ({ input_shape }: { input_shape: number[] }) => layers.input({ shape: input_shape }),
            "input_shape",
          ),
          body: wired(
            block(({ tensor }: { tensor: never }) => body(tensor), "tensor"),
            "input",
          ),
          output: wired(
            block(({ tensor }: { tensor: never }) => {
              const features = isFlat ? tensor : layers.flatten().apply(tensor);
              return layers.dense({ units: 1 }).apply(features);
            }, "tensor"),
            "body",
          ),
        },
        { fit_epochs: 1, fit_batch_size: 4 },
        { mode: "regression" },
      ),
      train: {
        rows,
        // Whole numbers, which an embedding needs and all others take.
        inputs: new Map([
          [
            "x",
            { kind: "tensor", shape, values: Float32Array.from({ length: rows * size }, (_, i) => i % 7) },
          ],
        ]),
        outcomes: new Map([["y", { kind: "numeric", values: new Float32Array(rows).fill(1) }]]),
      },
      seed: 1,
      specFolder: import.meta.dirname,
    },
    recorder,
  );
  fit?.dispose();
  return recorder.logs[0]!["loss"]!;
}

it("has an example of every layer", () => {
  expect(Object.keys(layers).filter((name) => !(name in examples) && !elsewhere.includes(name))).toEqual([]);
});

it.each(Object.entries(examples))("trains through %s", async (name, [shape, body]) => {
  const isFlat =
    flat.has(name) || (shape === vector && !["repeatVector", "reshape", "embedding"].includes(name));
  expect(await fitted(shape, body, isFlat)).toBeGreaterThanOrEqual(0);
});

const activations: Activation[] = [
  "linear",
  "relu",
  "relu6",
  "elu",
  "selu",
  "gelu",
  "swish",
  "mish",
  "sigmoid",
  "hardSigmoid",
  "softmax",
  "logSoftmax",
  "softplus",
  "softsign",
  "tanh",
];
it.each(activations)("trains through the activation %s", async (activation) => {
  expect(
    await fitted(vector, (t) => layers.dense({ units: 3, activation }).apply(t), true),
  ).toBeGreaterThanOrEqual(0);
});

it.each(Object.keys(initializers).filter((name) => name !== "constant") as "zeros"[])(
  "starts from the initializer %s",
  async (kernelInitializer) => {
    expect(
      await fitted(vector, (t) => layers.dense({ units: 6, kernelInitializer }).apply(t), true),
    ).toBeGreaterThanOrEqual(0);
  },
);

it.each(Object.keys(constraints) as "nonNeg"[])("keeps to the constraint %s", async (kernelConstraint) => {
  expect(
    await fitted(vector, (t) => layers.dense({ units: 6, kernelConstraint }).apply(t), true),
  ).toBeGreaterThanOrEqual(0);
});
