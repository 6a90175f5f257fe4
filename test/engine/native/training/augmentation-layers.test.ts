import "@tensorflow/tfjs-backend-cpu";
import { beforeAll, describe, expect, it } from "vitest";
import { moveBilinear } from "../../../../src/data/recipe/affine.ts";
import { rotate, translate, zoomBy } from "../../../../src/data/recipe/draw-view.ts";
import {
  startTensorFlow,
  tf,
  type SymbolicTensor,
  type Tensor,
  type layers,
} from "../../../../src/engine/tensorflow/index.ts";
import { randomRows } from "../compare.ts";
import { chainOf, trainBoth } from "./train-both.ts";

// Layers that change images in training: both engines draw the same and make the same of it, and it is what Keras makes.

beforeAll(async () => {
  await startTensorFlow("wasm", { specFolder: import.meta.dirname });
  await tf.setBackend("cpu");
});

const IMAGE = [6, 5, 2] as const;

/** A layer that KSpec has put in the place of TensorFlow.js's own. */
function ours(name: string, config: object): layers.Layer {
  const [constructor, fromConfig] = tf.serialization.SerializationMap.getMap().classNameMap[name]!;
  return fromConfig(constructor, config as never) as unknown as layers.Layer;
}

/** What a layer makes of one image when it can draw one thing only; its pixels lie in 0…255. */
function changed(name: string, config: object): { before: Float32Array; after: Float32Array } {
  const before = randomRows(1, IMAGE).values.map((value) => (value + 2) * 60);
  const after = ours(name, config).apply(tf.tensor(before, [1, ...IMAGE]), { training: true }) as Tensor;
  return { before, after: after.dataSync() as Float32Array };
}

describe("twenty steps on both engines", () => {
  it.each<[string, object]>([
    ["RandomFlip", {}],
    ["RandomFlip", { mode: "horizontal" }],
    ["RandomFlip", { mode: "vertical" }],
    ["RandomRotation", { factor: 0.2 }],
    ["RandomRotation", { factor: [0.1, 0.3], fill_mode: "constant" }],
    ["RandomTranslation", { height_factor: 0.3, width_factor: [-0.2, 0.4] }],
    ["RandomTranslation", { height_factor: 0.9, width_factor: 0.9, fill_mode: "nearest" }],
    ["RandomZoom", { height_factor: 0.4 }],
    ["RandomZoom", { height_factor: [0.2, 0.5], width_factor: [-0.5, -0.2], interpolation: "nearest" }],
    ["RandomContrast", { factor: 0.5, value_range: [-1, 1] }],
    ["RandomBrightness", { factor: 0.3, value_range: [-2, 2] }],
  ])("%s %j", (name, options) => trainBoth(chainOf(IMAGE, [[name, { ...options }]])));

  it("several, before a convolution", () =>
    trainBoth(
      chainOf(IMAGE, [
        ["RandomFlip", { mode: "horizontal" }],
        ["RandomRotation", { factor: 0.1 }],
        ["RandomContrast", { factor: 0.2, value_range: [-2, 2] }],
        ["Conv2D", { filters: 3, kernel_size: [3, 3], activation: "relu" }],
      ]),
    ));
});

describe("what Keras makes of an image", () => {
  // moveBilinear and the three moves are compared with Keras by test/data/augment.test.ts.
  it.each([
    ["RandomRotation", { factor: [0.1, 0.1] }, rotate(0.1, 6, 5)],
    ["RandomZoom", { heightFactor: [0.3, 0.3] }, zoomBy(0.3, 6, 5)],
    ["RandomZoom", { heightFactor: [-0.4, -0.4] }, zoomBy(-0.4, 6, 5)],
    [
      "RandomTranslation",
      { heightFactor: [0.3, 0.3], widthFactor: [-0.5, -0.5] },
      translate(0.3, -0.5, 6, 5),
    ],
  ] as const)("%s %j", (name, config, move) => {
    const { before, after } = changed(name, config);
    const expected = new Float32Array(before.length);
    moveBilinear(before, IMAGE, move, expected);
    for (const [i, one] of expected.entries()) expect(after[i]).toBeCloseTo(one, 2);
  });

  it("brightness is added to all, and cut", () => {
    const { before, after } = changed("RandomBrightness", { factor: [0.4, 0.4] });
    for (const [i, one] of after.entries()) expect(one).toBeCloseTo(Math.min(255, before[i]! + 102), 3);
  });

  it("a filling", () => {
    const { after } = changed("RandomTranslation", {
      heightFactor: [1, 1],
      widthFactor: [0, 0],
      fillMode: "constant",
      fillValue: 7,
    });
    for (const one of after) expect(one).toBeCloseTo(7, 3);
  });

  it("nothing in prediction", () => {
    const x = tf.tensor(randomRows(2, IMAGE).values, [2, ...IMAGE]);
    const result = ours("RandomRotation", { factor: 0.5 }).apply(x) as Tensor;
    expect(result.dataSync()).toEqual(x.dataSync());
  });
});

describe("what cannot be", () => {
  it("a fill mode that nobody computes", () => {
    expect(() => changed("RandomZoom", { heightFactor: 0.1, fillMode: "wrap" })).toThrow(
      "RandomZoom has the fill mode wrap, which KSpec does not compute: give it reflect, nearest or constant.",
    );
  });

  it("what is no image", () => {
    const input = tf.input({ shape: [4] });
    expect(() => ours("RandomFlip", { name: "flips" }).apply(input) as SymbolicTensor).toThrow(
      "The layer flips (RandomFlip) changes images, [height, width, channels] a row, and is given [4].",
    );
  });
});
