import "@tensorflow/tfjs-backend-cpu";
import fc from "fast-check";
import { beforeAll, describe, it } from "vitest";
import {
  startTensorFlow,
  tf,
  type SymbolicTensor,
  type layers,
} from "../../../../src/engine/tensorflow/index.ts";
import { modelOf, type Build } from "../compare.ts";
import { expectSameGradients } from "./layer-gradients.ts";

// Layers that go along a sequence give in training what TensorFlow.js gives, and the same gradients.

beforeAll(async () => {
  await startTensorFlow("wasm", { specFolder: import.meta.dirname });
  await tf.setBackend("cpu");
});

type Layer = { apply(input: SymbolicTensor): unknown };
type Recurrent = Parameters<typeof tf.layers.bidirectional>[0]["layer"];
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

function described(one: object) {
  const { getClassName, getConfig } = one as { getClassName(): string; getConfig(): object };
  return { className: getClassName.call(one), config: getConfig.call(one) };
}

const kinds: Record<string, (options: object) => Layer> = {
  simpleRNN: (options) => ours("SimpleRNN", { units: 4, ...options }),
  gru: (options) => ours("GRU", { units: 4, ...options }),
  "gru with reset_after": (options) => ours("GRU", { units: 4, resetAfter: true, ...options }),
  lstm: (options) => ours("LSTM", { units: 4, ...options }),
};

describe.each(Object.entries(kinds))("%s", (_, make) => {
  const options = fc.record({
    returnSequences: fc.boolean(),
    goBackwards: fc.boolean(),
    useBias: fc.boolean(),
    activation: fc.constantFrom("tanh", "relu", "linear", "softsign", "elu", "selu", "softmax", "softplus"),
    recurrentActivation: fc.constantFrom("sigmoid", "hardSigmoid", "keras2HardSigmoid", "tanh", "softmax"),
  });
  it("with any options", async () => {
    await fc.assert(
      fc.asyncProperty(
        options,
        fc.integer({ min: 1, max: 5 }),
        fc.integer({ min: 1, max: 3 }),
        async (chosen, steps, features) => {
          const shape = [steps, features];
          await expectSameGradients(
            modelOf(
              shape,
              chain(() => make(chosen)),
            ),
            shape,
          );
        },
      ),
      { numRuns: 10, seed: 1 },
    );
  });
});

const sequence = [5, 3];
const drops = [
  { dropout: 0.4 },
  { recurrentDropout: 0.3 },
  { dropout: 0.3, recurrentDropout: 0.5, returnSequences: true, goBackwards: true },
];
const directions = [
  {},
  { goBackwards: true },
  { returnSequences: true },
  { returnSequences: true, goBackwards: true },
];

it.each(Object.entries(kinds))("dropout in %s", async (_, make) => {
  for (const drop of drops) {
    const one = () => make(drop);
    await expectSameGradients(modelOf(sequence, chain(one)), sequence);
    const both = () => ours("Bidirectional", { layer: described(one()), mergeMode: "sum" });
    await expectSameGradients(modelOf(sequence, chain(both)), sequence);
  }
});

it("dropout in cells on top of each other", async () => {
  const cells = [
    tf.layers.gruCell({ units: 2, dropout: 0.5 }),
    tf.layers.lstmCell({ units: 4, dropout: 0.3, recurrentDropout: 0.5 }),
    tf.layers.simpleRNNCell({ units: 3, recurrentDropout: 0.3 }),
  ];
  const stacked = () => ours("RNN", { cell: described(tf.layers.stackedRNNCells({ cells })) });
  await expectSameGradients(modelOf(sequence, chain(stacked)), sequence);
});

describe("in both directions", () => {
  it.each(["concat", "sum", "mul", "ave"])("%s", async (mergeMode) => {
    for (const make of Object.values(kinds))
      for (const more of directions) {
        const both = () =>
          tf.layers.bidirectional({ layer: make(more) as Recurrent, mergeMode: mergeMode as "concat" });
        await expectSameGradients(modelOf(sequence, chain(both)), sequence);
      }
  });
});

it("layers on top of each other, along sequences of any length", async () => {
  const model = modelOf(
    [null, 3],
    chain(
      () => ours("LSTM", { units: 4, returnSequences: true }),
      () => ours("GRU", { units: 2, resetAfter: true, returnSequences: true }),
      () => ours("SimpleRNN", { units: 3 }),
    ),
  );
  for (const steps of [1, 4]) await expectSameGradients(model, [steps, 3]);
});

it.each(Object.entries(kinds))("%s along a hundred steps", async (_, make) => {
  const layer = () => make({ recurrentActivation: "sigmoid", returnSequences: true });
  await expectSameGradients(modelOf([100, 3], chain(layer)), [100, 3]);
});

it("cells on top of each other", async () => {
  const cells = () => [
    tf.layers.gruCell({ units: 2 }),
    tf.layers.lstmCell({ units: 4 }),
    tf.layers.simpleRNNCell({ units: 3, activation: "relu", useBias: false }),
  ];
  for (const more of directions) {
    const stacked = () =>
      ours("RNN", { cell: described(tf.layers.stackedRNNCells({ cells: cells() })), ...more });
    await expectSameGradients(modelOf(sequence, chain(stacked)), sequence);
  }
});

describe("steps that are passed over", () => {
  // Padding behind, before, between, everywhere and nowhere.
  const words = Float32Array.of(
    ...[1, 2, 0, 0, 0, /**/ 0, 3, 0, 4, 0, /**/ 0, 0, 0, 0, 0, /**/ 5, 1, 2, 3, 4, /**/ 0, 0, 6, 6, 1],
  );
  const behind = async (...made: (() => Layer)[]) => {
    const embedding = () => tf.layers.embedding({ inputDim: 7, outputDim: 3, maskZero: true });
    await expectSameGradients(modelOf([5], chain(embedding, ...made)), [5], words);
  };

  it.each(Object.entries(kinds))("%s", async (_, make) => {
    for (const options of directions) await behind(() => make(options));
  });

  it("in both directions", async () => {
    const both = (more: object) => () =>
      ours("Bidirectional", { layer: described(ours("LSTM", { units: 2, ...more })) });
    await behind(both({ returnSequences: true }), both({}));
    await behind(both({ returnSequences: true }));
  });

  it("by their values", async () => {
    const values = [1, 2, -1, -1, 3, -1, -1, -1, ...Array<number>(8).fill(-1), 1, 2, 3, 4, 5, 6, 7, 8];
    const model = modelOf(
      [4, 2],
      chain(
        () => tf.layers.masking({ maskValue: -1 }),
        () => ours("GRU", { units: 3, resetAfter: true, returnSequences: true }),
        () => ours("LSTM", { units: 3 }),
      ),
    );
    await expectSameGradients(model, [4, 2], Float32Array.from(values));
  });
});
