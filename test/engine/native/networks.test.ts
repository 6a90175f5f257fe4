import path from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { exportGraph, weightsByName } from "../../../src/engine/native/export.ts";
import { graphOfNetwork } from "../../../src/engine/native/keras-graph.ts";
import { randomStream } from "../../../src/engine/random.ts";
import { realise } from "../../../src/engine/realise.ts";
import {
  startTensorFlow,
  tf,
  type SymbolicTensor,
  type Tensor,
} from "../../../src/engine/tensorflow/index.ts";
import type { LoadedBase } from "../../../src/model/assemble.ts";
import { buildApplication } from "../../../src/model/applications/registry.ts";
import type { KerasConfig, Network, WeightValues } from "../../../src/model/network.ts";
import { readModelFiles } from "../../../src/model/tfjs-files.ts";
import { expectSame, modelOf, randomised, randomRows, runNatively } from "./compare.ts";

// Whole networks: nested and shared layers, several inputs and outputs, Keras's pretrained architectures.

beforeAll(async () => {
  await startTensorFlow("wasm", { specFolder: import.meta.dirname });
});

type Applied = { apply(input: SymbolicTensor | SymbolicTensor[]): unknown };
const apply = (layer: Applied, input: SymbolicTensor | SymbolicTensor[]) =>
  layer.apply(input) as SymbolicTensor;

describe("graphs", () => {
  it("a network in a network, applied twice", async () => {
    const inner = modelOf([6], (x) => apply(tf.layers.dense({ units: 6, activation: "relu" }), x));
    const model = modelOf([6], (x) => apply(inner, apply(tf.layers.dense({ units: 6 }), apply(inner, x))));
    const { graph } = await expectSame(model, [[6]]);
    // The weights that the two share are there once.
    expect(graph.constants.size).toBe(4);
    expect(graph.nodes.filter(({ op }) => op === "Gemm")).toHaveLength(3);
  });

  it("a Sequential in a functional network", async () => {
    const inner = tf.sequential({ layers: [tf.layers.dense({ units: 5, inputShape: [6] })] });
    const model = modelOf([6], (x) => apply(tf.layers.dense({ units: 3 }), apply(inner, x)));
    await expectSame(model, [[6]]);
  });

  it("a shared convolution in front of two normalisations is folded into neither", async () => {
    const shared = tf.layers.conv2d({ filters: 4, kernelSize: 3 });
    const model = modelOf([6, 6, 3], (x) => {
      const convolved = apply(shared, x);
      return apply(tf.layers.add(), [
        apply(tf.layers.batchNormalization(), convolved),
        apply(tf.layers.batchNormalization(), convolved),
      ]);
    });
    const { graph } = await expectSame(model, [[6, 6, 3]]);
    expect(graph.nodes.filter(({ op }) => op === "BatchNormalization")).toHaveLength(2);
  });

  it("a convolution that is applied twice is folded with each normalisation by itself", async () => {
    const shared = tf.layers.conv2d({ filters: 3, kernelSize: 3, padding: "same" });
    const model = modelOf([6, 6, 3], (x) => {
      const once = apply(tf.layers.batchNormalization(), apply(shared, x));
      return apply(tf.layers.batchNormalization(), apply(shared, once));
    });
    const { graph } = await expectSame(model, [[6, 6, 3]]);
    expect(graph.nodes.map(({ op }) => op).filter((op) => op === "BatchNormalization")).toEqual([]);
  });

  it("two inputs and two outputs, one of them within the network", async () => {
    const [a, b] = [tf.input({ shape: [4, 4, 2] }), tf.input({ shape: [5] })];
    const image = apply(tf.layers.conv2d({ filters: 3, kernelSize: 2 }), a);
    const joined = tf.layers
      .concatenate()
      .apply([apply(tf.layers.flatten(), image), apply(tf.layers.dense({ units: 4 }), b)]) as SymbolicTensor;
    const model = randomised(
      tf.model({ inputs: [a, b], outputs: [apply(tf.layers.dense({ units: 2 }), joined), image] }),
    );
    await expectSame(model, [[4, 4, 2], [5]]);
  });

  it("normalisation, zeros and rescaling disappear in the convolutions and dense layers beside them", async () => {
    const model = modelOf([12, 12, 3], (x) =>
      [
        tf.layers.rescaling({ scale: 1 / 255, offset: 0.5 }),
        tf.layers.batchNormalization(),
        tf.layers.zeroPadding2d({ padding: 1 }),
        tf.layers.conv2d({ filters: 4, kernelSize: 3, strides: 2 }),
        tf.layers.batchNormalization(),
        tf.layers.reLU(),
        tf.layers.zeroPadding2d({ padding: 1 }),
        tf.layers.maxPooling2d({ poolSize: 3, strides: 2 }),
        tf.layers.depthwiseConv2d({ kernelSize: 2, useBias: false }),
        tf.layers.dropout({ rate: 0.5 }),
        tf.layers.batchNormalization(),
        tf.layers.globalAveragePooling2d({ dataFormat: "channelsLast" }),
        tf.layers.dense({ units: 3 }),
        tf.layers.batchNormalization(),
      ].reduce((value: SymbolicTensor, layer) => apply(layer as Applied, value), x),
    );
    const { graph } = await expectSame(model, [[12, 12, 3]]);
    // The one Pad and the one normalisation have nothing before them that could take them in.
    expect(graph.nodes.map(({ op }) => op)).toEqual([
      ...[
        "Mul",
        "Add",
        "Transpose",
        "Conv",
        "Relu",
        "MaxPool",
        "Conv",
        "GlobalAveragePool",
        "Flatten",
        "Gemm",
      ],
      "Identity",
    ]);
  });

  it("a largest-value pooling of values below zero keeps its zeros", async () => {
    const model = modelOf([5, 5, 2], (x) =>
      apply(tf.layers.maxPooling2d({ poolSize: 2 }), apply(tf.layers.zeroPadding2d({ padding: 1 }), x)),
    );
    const { graph } = await expectSame(model, [[5, 5, 2]]);
    expect(graph.nodes.map(({ op }) => op)).toContain("Pad");
  });

  it("an input that no output depends on is not asked for", () => {
    const network: Network = {
      name: "two",
      layers: ["a", "b"].map((name) => ({ ...inputLayer(name, [3]) })),
      inputs: ["a", "b"].map((name) => ({ column: name, layer: name })),
      outputs: [{ name: "output", from: { layer: "b", call: 0 } }],
    };
    const result = exportGraph("two", graphOfNetwork(network), () => undefined);
    expect(result).toMatchObject({ supported: true, reads: [1], inputs: [{ name: "b", shape: [3] }] });
  });
});

function inputLayer(name: string, shape: readonly number[]) {
  const config = { batch_input_shape: [null, ...shape] };
  return { name, block: "", class_name: "InputLayer", config, trainable: true, calls: [[]] };
}

/** An input and a frozen base, as a fit has them. */
function networkWith(base: LoadedBase, shape: readonly number[]): Network {
  return {
    name: "transfer",
    layers: [
      inputLayer("image", shape),
      {
        name: "base",
        block: "base",
        trainable: false,
        calls: [[{ layer: "image", call: 0 }]],
        ...base,
      },
    ],
    inputs: [{ column: "image", layer: "image" }],
    outputs: [{ name: "output", from: { layer: "base", call: 0 } }],
  };
}

/** Largest difference as a share of the largest value, between ONNX Runtime and the WebAssembly backend. */
async function difference(base: LoadedBase, shape: readonly number[]): Promise<number> {
  const network = networkWith(base, shape);
  const model = exportGraph("base", graphOfNetwork(network), weightsByName(base.weights));
  if (!model.supported) throw new Error(`${model.layer} (${model.class_name}) ${model.reason}`);
  const rows = randomRows(2, shape);
  const [native] = await runNatively(model, [rows], 2);
  const realised = realise(network, 1);
  const expected = tf.tidy(
    () => (realised.model.apply(tf.tensor(rows.values, [2, ...shape])) as Tensor).dataSync() as Float32Array,
  );
  realised.model.dispose();
  const largest = expected.reduce((most, one) => Math.max(most, Math.abs(one)), 0);
  expect(largest).toBeGreaterThan(1e-3);
  expect(native!.values.length).toBe(expected.length);
  return native!.values.reduce((most, one, i) => Math.max(most, Math.abs(one - expected[i]!)), 0) / largest;
}

it("the digits base that comes with KSpec", async () => {
  const file = path.join(import.meta.dirname, "../../../media/digits_base/model.json");
  const { topology, weights } = await readModelFiles(file);
  const base: LoadedBase = { class_name: "Functional", config: topology["config"] as KerasConfig, weights };
  expect(await difference(base, [28, 28, 1])).toBeLessThan(1e-5);
});

describe("Keras's pretrained architectures, with random weights", () => {
  it.each([
    ["resnet50", 32, {}],
    ["resnet50V2", 32, {}],
    ["mobilenet", 64, { alpha: 0.25 }],
    ["mobilenetV2", 64, { alpha: 0.35 }],
    ["efficientNetB0", 32, {}],
    ["vgg16", 32, { pooling: "max" }],
  ])("%s", { timeout: 120_000 }, async (name, size, more) => {
    const options = { weights: null, includeTop: false, inputShape: [size, size, 3], ...more };
    const { class_name, config, slots } = buildApplication({ from: "application", name, options });
    const random = randomStream(1, name);
    const weights = new Map(
      slots
        .flatMap((slot) => slot.weights)
        .map(({ name: weight, shape, dtype }): [string, WeightValues] => {
          const size = shape.reduce((a, b) => a * b, 1);
          const fan = shape.slice(0, -1).reduce((a, b) => a * b, 1);
          // He's spread for kernels; averages and scales near those of a trained network.
          const value = /kernel$/.test(weight)
            ? () => (random() - 0.5) * 2 * Math.sqrt(6 / fan)
            : /variance$/.test(weight)
              ? () => 0.8 + 0.4 * random()
              : /gamma$/.test(weight)
                ? () => 0.4 + 0.2 * random()
                : () => 0.2 * random() - 0.1;
          // The count beside the statistics of a Normalization is the one whole number.
          return dtype === "int32"
            ? [weight, { shape, dtype, values: new Int32Array(size) }]
            : [weight, { shape, dtype, values: Float32Array.from({ length: size }, value) }];
        }),
    );
    expect(await difference({ class_name, config, weights }, [size, size, 3])).toBeLessThan(1e-5);
  });
});
