import "@tensorflow/tfjs-backend-cpu";
import fc from "fast-check";
import { beforeAll, describe, it } from "vitest";
import {
  startTensorFlow,
  tf,
  type SymbolicTensor,
  type layers,
} from "../../../src/engine/tensorflow/index.ts";
import { expectSame, modelOf, type Build } from "./compare.ts";

// Layers that go along a sequence, and layers that mark steps of it, give on ONNX Runtime what TensorFlow.js gives.

beforeAll(async () => {
  await startTensorFlow("wasm", { specFolder: import.meta.dirname });
  await tf.setBackend("cpu");
});

type Layer = { apply(input: SymbolicTensor): unknown };
const apply = (layer: Layer, input: SymbolicTensor) => layer.apply(input) as SymbolicTensor;
const chain =
  (...made: (() => Layer)[]): Build =>
  (x) =>
    made.reduce((value, make) => apply(make(), value), x);

/** A layer that KSpec has put in the place of TensorFlow.js's own. */
function ours(name: string, config: object): layers.Layer {
  const [constructor, fromConfig] = tf.serialization.SerializationMap.getMap().classNameMap[name]!;
  return fromConfig(constructor, config as never) as unknown as layers.Layer;
}
const described = (layer: layers.Layer) => ({
  className: layer.getClassName(),
  config: layer.getConfig(),
});
type Recurrent = Parameters<typeof tf.layers.bidirectional>[0]["layer"];

const sequence = [5, 3];
const kinds: Record<string, (options: object) => Layer> = {
  simpleRNN: (options) => tf.layers.simpleRNN({ units: 4, ...options }),
  gru: (options) => ours("GRU", { units: 4, ...options }),
  "gru with reset_after": (options) => ours("GRU", { units: 4, resetAfter: true, ...options }),
  lstm: (options) => tf.layers.lstm({ units: 4, ...options }),
};

describe.each(Object.entries(kinds))("%s", (_, make) => {
  const options = fc.record({
    returnSequences: fc.boolean(),
    goBackwards: fc.boolean(),
    useBias: fc.boolean(),
    activation: fc.constantFrom("tanh", "relu", "linear", "softsign", "elu"),
    recurrentActivation: fc.constantFrom("sigmoid", "hardSigmoid", "keras2HardSigmoid"),
  });
  it("with any options", async () => {
    await fc.assert(
      fc.asyncProperty(
        options,
        fc.integer({ min: 1, max: 4 }),
        fc.integer({ min: 1, max: 3 }),
        async (chosen, steps, features) => {
          const shape = [steps, features];
          await expectSame(
            modelOf(
              shape,
              chain(() => make(chosen)),
            ),
            [shape],
          );
        },
      ),
      { numRuns: 8 },
    );
  });

  it("with leaky gates", async () => {
    const leaky = () => make({ activation: "leakyRelu", recurrentActivation: "leakyRelu" });
    await expectSame(modelOf(sequence, chain(leaky)), [sequence]);
  });

  it("along sequences of any length", async () => {
    const two = chain(
      () => make({ returnSequences: true }),
      () => make({}),
    );
    await expectSame(modelOf([null, 3], two), [sequence]);
  });

  it.each(["concat", "sum", "mul", "ave"])("in both directions, %s", async (mergeMode) => {
    for (const more of [{}, { returnSequences: true }, { returnSequences: true, goBackwards: true }]) {
      const both = () =>
        tf.layers.bidirectional({ layer: make(more) as Recurrent, mergeMode: mergeMode as "concat" });
      await expectSame(modelOf(sequence, chain(both)), [sequence]);
    }
  });
});

it("cells on top of each other", async () => {
  const cells = () => [
    tf.layers.gruCell({ units: 2 }),
    tf.layers.lstmCell({ units: 4 }),
    tf.layers.simpleRNNCell({ units: 3, activation: "relu", useBias: false }),
  ];
  for (const returnSequences of [false, true]) {
    const stacked = () =>
      tf.layers.rnn({ cell: tf.layers.stackedRNNCells({ cells: cells() }), returnSequences });
    await expectSame(modelOf(sequence, chain(stacked)), [sequence]);
  }
});

describe("a layer on each step", () => {
  const each: Record<string, [shape: number[], make: () => Layer]> = {
    dense: [[4, 3], () => tf.layers.dense({ units: 2, activation: "tanh" })],
    "of a vector of one number": [[1, 1], () => tf.layers.dense({ units: 1 })],
    "a convolution": [[3, 5, 4, 2], () => tf.layers.conv2d({ filters: 3, kernelSize: 2, strides: 2 })],
    "batch normalisation": [[3, 5, 4, 2], () => tf.layers.batchNormalization()],
    "global pooling": [[3, 5, 4, 2], () => tf.layers.globalAveragePooling2d({ dataFormat: "channelsLast" })],
    flatten: [[3, 2, 2, 3], () => tf.layers.flatten()],
    lstm: [[3, 4, 2], () => tf.layers.lstm({ units: 3 })],
  };
  it.each(Object.entries(each))("%s", async (_, [shape, make]) => {
    const layer = () => tf.layers.timeDistributed({ layer: make() as layers.Layer });
    await expectSame(modelOf(shape, chain(layer)), [shape]);
  });

  it("a network", async () => {
    const network = () =>
      tf.sequential({
        layers: [
          tf.layers.conv2d({ filters: 3, kernelSize: 2, inputShape: [5, 4, 2] }),
          tf.layers.flatten(),
          tf.layers.dense({ units: 2 }),
        ],
      });
    const layer = () => tf.layers.timeDistributed({ layer: network() });
    await expectSame(
      modelOf(
        [3, 5, 4, 2],
        chain(layer, () => tf.layers.lstm({ units: 2 })),
      ),
      [[3, 5, 4, 2]],
    );
  });

  it("of sequences of any length", async () => {
    const model = modelOf(
      [null, 3],
      chain(
        () => tf.layers.timeDistributed({ layer: tf.layers.dense({ units: 4 }) }),
        () => tf.layers.lstm({ units: 2 }),
      ),
    );
    await expectSame(model, [sequence]);
  });
});

describe("steps that are passed over", () => {
  // Padding behind, before, between, everywhere and nowhere.
  const words = [
    1, 2, 0, 0, 0, /**/ 0, 3, 0, 4, 0, /**/ 0, 0, 0, 0, 0, /**/ 5, 1, 2, 3, 4, /**/ 0, 0, 6, 6, 1,
  ];
  const behind = async (...made: (() => Layer)[]) => {
    const embedding = () => tf.layers.embedding({ inputDim: 7, outputDim: 3, maskZero: true });
    const model = modelOf([5], chain(embedding, ...made));
    for (const from of [0, 10])
      await expectSame(model, [[5]], Float32Array.from(words.slice(from, from + 15)));
  };
  it.each(Object.entries(kinds))("%s", async (_, make) => {
    for (const options of [
      {},
      { goBackwards: true },
      { returnSequences: true },
      { returnSequences: true, goBackwards: true },
    ])
      await behind(() => make(options));
  });

  it("through layers that look at one step", async () => {
    await behind(
      () => tf.layers.dense({ units: 4 }),
      () => tf.layers.dropout({ rate: 0.5 }),
      () => tf.layers.layerNormalization(),
      () => tf.layers.activation({ activation: "tanh" }),
      () => tf.layers.timeDistributed({ layer: tf.layers.dense({ units: 2 }) }),
      () => tf.layers.lstm({ units: 3, returnSequences: true }),
      () => ours("GRU", { units: 2, resetAfter: true }),
    );
  });

  it("in both directions", async () => {
    const both = (more: object) => () =>
      ours("Bidirectional", { layer: described(tf.layers.lstm({ units: 2, ...more })) });
    await behind(both({ returnSequences: true }), both({}));
    await behind(both({ returnSequences: true }));
  });

  it("cells on top of each other", async () => {
    const cells = () => [tf.layers.gruCell({ units: 2 }), tf.layers.lstmCell({ units: 4 })];
    await behind(() => tf.layers.rnn({ cell: tf.layers.stackedRNNCells({ cells: cells() }) }));
  });

  it("of sequences of any length", async () => {
    const model = modelOf(
      [null],
      chain(
        () => tf.layers.embedding({ inputDim: 7, outputDim: 3, maskZero: true }),
        () => tf.layers.lstm({ units: 2, returnSequences: true, goBackwards: true }),
        () => tf.layers.lstm({ units: 3 }),
      ),
    );
    for (const steps of [1, 2, 5])
      await expectSame(model, [[steps]], Float32Array.from(words.slice(0, 3 * steps)));
  });

  it("by their values", async () => {
    const shape = [4, 2];
    const model = modelOf(
      shape,
      chain(
        () => tf.layers.masking({ maskValue: -1 }),
        () => tf.layers.lstm({ units: 3 }),
      ),
    );
    const values = [1, 2, -1, -1, 3, -1, -1, -1, ...Array<number>(8).fill(-1), 1, 2, 3, 4, 5, 6, 7, 8];
    await expectSame(model, [shape], Float32Array.from(values));
    const alone = modelOf(
      shape,
      chain(() => tf.layers.masking({ maskValue: -1 })),
    );
    await expectSame(alone, [shape], Float32Array.from(values));
  });
});
