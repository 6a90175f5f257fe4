import "@tensorflow/tfjs-backend-cpu";
import { beforeAll, describe, it } from "vitest";
import {
  startTensorFlow,
  tf,
  type SymbolicTensor,
  type layers,
} from "../../../../src/engine/tensorflow/index.ts";
import { modelOf } from "../compare.ts";
import { chainOf, trainBoth, type Link } from "./train-both.ts";
import { expectSameGradients } from "./layer-gradients.ts";

// Layers that bring values to a common scale, in training: as on TensorFlow.js, gradients too.

beforeAll(async () => {
  await startTensorFlow("wasm", { specFolder: import.meta.dirname });
  await tf.setBackend("cpu");
});

/** A layer that KSpec has put in the place of TensorFlow.js's own. */
function ours(name: string, config: object): layers.Layer {
  const [constructor, fromConfig] = tf.serialization.SerializationMap.getMap().classNameMap[name]!;
  return fromConfig(constructor, config as never) as unknown as layers.Layer;
}
const apply = (layer: { apply(input: SymbolicTensor): unknown }, input: SymbolicTensor) =>
  layer.apply(input) as SymbolicTensor;

describe.each<[string, object, number[][]]>([
  ["BatchNormalization", {}, [[5], [4, 3], [3, 4, 2], [2, 3, 2, 4]]],
  ["BatchNormalization", { scale: false }, [[5], [3, 4, 2]]],
  ["BatchNormalization", { center: false }, [[5], [3, 4, 2]]],
  ["BatchNormalization", { scale: false, center: false }, [[5], [3, 4, 2]]],
  ["BatchNormalization", { axis: 1, epsilon: 0.01 }, [[5], [4, 3], [3, 4, 2]]],
  ["BatchNormalization", { axis: 2 }, [[3, 4, 2]]],
  ["LayerNormalization", {}, [[5], [4, 3], [3, 4, 2]]],
  ["LayerNormalization", { scale: false }, [[5]]],
  ["LayerNormalization", { center: false, epsilon: 0.01 }, [[5]]],
  ["LayerNormalization", { axis: [1, 2] }, [[4, 3]]],
  [
    "LayerNormalization",
    { axis: 1 },
    [
      [4, 3],
      [3, 4, 2],
    ],
  ],
  ["GroupNormalization", { groups: 2 }, [[6], [5, 4], [3, 2, 4]]],
  ["GroupNormalization", { groups: -1, scale: false }, [[3, 2, 4]]],
  ["GroupNormalization", { groups: 1, center: false, epsilon: 0.01 }, [[3, 2, 4]]],
  ["UnitNormalization", {}, [[5], [4, 3]]],
  ["UnitNormalization", { axis: [1, 2] }, [[4, 3]]],
])("%s %j", (name, options, shapes) => {
  it.each(shapes)("on %j", async (...shape) => {
    const build = (input: SymbolicTensor) =>
      apply(ours(name, options), apply(ours("Dense", { units: shape.at(-1), useBias: false }), input));
    await expectSameGradients(modelOf(shape, build), shape);
  });
});

describe("behind a pooling, whose channels lie first", () => {
  it.each<[string, object]>([
    ["BatchNormalization", {}],
    ["BatchNormalization", { axis: 1 }],
    ["BatchNormalization", { scale: false, center: false }],
    ["LayerNormalization", {}],
    ["LayerNormalization", { axis: [1, 2] }],
    ["GroupNormalization", { groups: 3 }],
    ["UnitNormalization", {}],
  ])("%s %j", async (name, options) => {
    const build = (input: SymbolicTensor) =>
      apply(ours(name, options), apply(ours("AveragePooling2D", { poolSize: 2, strides: 2 }), input));
    await expectSameGradients(modelOf([4, 6, 3], build), [4, 6, 3]);
  });
});

describe("twenty steps, and averages that follow", () => {
  it.each<[string, readonly number[], readonly Link[]]>([
    ["batch normalisation", [5], [["BatchNormalization", { momentum: 0.8 }]]],
    ["of images", [4, 4, 2], [["BatchNormalization", { momentum: 0.5, scale: false }]]],
    [
      "that is held",
      [5],
      [
        ["Dense", { units: 4 }],
        ["BatchNormalization", {}, false],
      ],
    ],
    [
      "behind a pooling",
      [4, 4, 2],
      [
        ["AveragePooling2D", { pool_size: [2, 2] }],
        ["BatchNormalization", { momentum: 0.6 }],
      ],
    ],
    ["layer normalisation", [4, 3], [["LayerNormalization", {}]]],
    ["group normalisation", [4, 4, 4], [["GroupNormalization", { groups: 2 }]]],
  ])("%s", (_, shape, links) => trainBoth(chainOf(shape, links)));
});
