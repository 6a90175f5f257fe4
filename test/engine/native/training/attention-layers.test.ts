import "@tensorflow/tfjs-backend-cpu";
import { beforeAll, describe, it } from "vitest";
import {
  startTensorFlow,
  tf,
  type SymbolicTensor,
  type layers,
} from "../../../../src/engine/tensorflow/index.ts";
import { modelOf } from "../compare.ts";
import { expectSameGradients } from "./layer-gradients.ts";

// Attention in training: as on TensorFlow.js, gradients too.

beforeAll(async () => {
  await startTensorFlow("wasm", { specFolder: import.meta.dirname });
  await tf.setBackend("cpu");
});

/** A layer that KSpec has put in the place of TensorFlow.js's own. */
function ours(name: string, config: object): layers.Layer {
  const [constructor, fromConfig] = tf.serialization.SerializationMap.getMap().classNameMap[name]!;
  return fromConfig(constructor, config as never) as unknown as layers.Layer;
}
const apply = (layer: layers.Layer, input: SymbolicTensor | SymbolicTensor[]) =>
  layer.apply(input) as SymbolicTensor;
const dense = (units: number, input: SymbolicTensor) =>
  apply(ours("Dense", { units, useBias: false }), input);

describe.each<[string, object]>([
  ["MultiHeadAttention", { numHeads: 2, keyDim: 3 }],
  ["MultiHeadAttention", { numHeads: 1, keyDim: 2, valueDim: 4, outputShape: 5, useBias: false }],
  ["MultiHeadAttention", { numHeads: 2, keyDim: 2, dropout: 0.4 }],
  ["MultiHeadAttention", { numHeads: 2, keyDim: 2, useCausalMask: true }],
  ["Attention", { useScale: true }],
  ["Attention", { dropout: 0.4, useCausalMask: true }],
  ["Attention", { useScale: true, scoreMode: "concat" }],
  ["AdditiveAttention", { dropout: 0.4 }],
])("%s %j", (name, options) => {
  it("of query and value", async () => {
    const build = (x: SymbolicTensor) => apply(ours(name, options), [dense(4, x), dense(4, x)]);
    await expectSameGradients(modelOf([5, 3], build), [5, 3]);
  });

  it("of query, value and key", async () => {
    const build = (x: SymbolicTensor) => apply(ours(name, options), [dense(4, x), dense(2, x), dense(4, x)]);
    await expectSameGradients(modelOf([5, 3], build), [5, 3]);
  });

  it("behind words of which some are passed over", async () => {
    const build = (x: SymbolicTensor) => {
      const words = apply(ours("Embedding", { inputDim: 4, outputDim: 4, maskZero: true }), x);
      return apply(ours(name, options), [words, dense(4, words)]);
    };
    const words = Float32Array.of(1, 2, 0, 3, 0, 0, 1, 1, 2, 3, 1, 0);
    await expectSameGradients(modelOf([6], build), [6], words);
  });
});
