import { beforeAll, expect, it } from "vitest";
import { realise } from "../../src/engine/realise.ts";
import { startTensorFlow, tf, type Tensor } from "../../src/engine/tensorflow/index.ts";
import { chain } from "./native/training/train-both.ts";

beforeAll(() => startTensorFlow("wasm", { specFolder: import.meta.dirname }).then(() => undefined));

it("the layer Identity and the initializer Identity are two things", () => {
  const doubling = { class_name: "Identity", config: { gain: 2 } };
  const { model } = realise(
    chain(
      [3],
      [
        ["Identity", {}],
        ["Dense", { units: 3, kernel_initializer: doubling, bias_initializer: "zeros" }],
        ["Dense", { units: 3, kernel_initializer: { class_name: "Identity", config: {} } }],
      ],
    ),
    1,
  );
  const output = tf.tidy(() => Array.from((model.apply(tf.tensor([[1, 2, 3]])) as Tensor).dataSync()));
  expect(output).toEqual([2, 4, 6]);
  model.dispose();
});
