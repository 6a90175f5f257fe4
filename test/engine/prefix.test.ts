import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { findLoss } from "../../src/engine/losses.ts";
import { findOptimizer } from "../../src/engine/optimizers.ts";
import { flatten } from "../../src/engine/flatten.ts";
import { layerRules } from "../../src/engine/native/layers/index.ts";
import { headNetwork, splitOffFrozen, WITHOUT_WEIGHTS, type Parts } from "../../src/engine/prefix.ts";
import { randomStream } from "../../src/engine/random.ts";
import { realise, type Realised } from "../../src/engine/realise.ts";
import { startTensorFlow, tf, type Tensor } from "../../src/engine/tensorflow/index.ts";
import { TensorFlowTrainer } from "../../src/engine/training/tensorflow-trainer.ts";
import { historyOf } from "./history.ts";
import { disposeWeights } from "../../src/engine/trained-model.ts";
import type { Network, NetworkLayer, TensorReference } from "../../src/model/network.ts";
import { UserError } from "../../src/protocol/index.ts";
import { randomNetwork, WIDTH } from "./networks.ts";

beforeAll(async () => {
  await startTensorFlow("auto", { specFolder: import.meta.dirname });
});

const RUNS = { numRuns: Number(process.env["KSPEC_RUNS"] ?? 60) };

describe("the frozen prefix of any network", () => {
  it("holds every application that depends on nothing trained and nothing random, and no other", () => {
    fc.assert(
      fc.property(randomNetwork, (network) => {
        const flat = flatten(network);
        const { frozen, prefix } = splitOffFrozen(flat);
        const changing = (reference: TensorReference, seen = new Set<string>()): boolean => {
          const layer = flat.layers.find(({ name }) => name === reference.layer)!;
          return changes(layer) || layer.calls[reference.call]!.some((from) => changing(from, seen));
        };
        const still = flat.layers.filter(
          (layer) =>
            layer.class_name !== "InputLayer" &&
            layer.calls.some((_, call) => !changing({ layer: layer.name, call })),
        );
        const worthwhile = still.some(({ class_name }) => HAS_WEIGHTS.has(class_name));
        expect([...frozen].sort()).toEqual(worthwhile ? still.map(({ name }) => name).sort() : []);
        if (prefix === null) expect(worthwhile).toBe(false);
      }),
      RUNS,
    );
  });

  it("followed by the head gives what the whole network gives", () => {
    fc.assert(
      fc.property(randomNetwork, (network) => {
        const flat = flatten(network);
        const whole = realise(flat, 1);
        const rows = inputsOf(flat, 5, 1);
        const parts = splitOffFrozen(flat);
        const { head, features } = cut(flat, parts, rows);
        const expected = computed(whole, rows);
        const actual = computed(head, features);
        for (const [i, value] of expected.entries()) expect(actual[i]).toBeCloseTo(value, 5);
        // So does the network as it was written, its bases closed, with the same weights by their names: it is what is saved.
        const nested = realise(network, 1);
        const named = whole.model.weights.map((weight) => [weight.originalName, weight.read()] as const);
        nested.model.loadWeights(Object.fromEntries(named), true);
        for (const [i, value] of computed(nested, rows).entries()) expect(value).toBeCloseTo(expected[i]!, 5);
        for (const one of [whole, head, nested]) disposeWeights(one);
      }),
      RUNS,
    );
  });

  it("cut off, training gives the same losses as training the whole network", async () => {
    await fc.assert(
      fc.asyncProperty(randomNetwork, async (network) => {
        const flat = flatten(network);
        const rows = inputsOf(flat, 12, 2);
        const whole = realise(flat, 3);
        const parts = splitOffFrozen(flat);
        const { head, features } = cut(flat, parts, rows, 3);
        const [first, second] = [await losses(whole, rows), await losses(head, features)];
        for (const [i, loss] of first.entries()) expect(second[i]).toBeCloseTo(loss, 4);
        for (const one of [whole, head]) disposeWeights(one);
      }),
      { numRuns: Math.ceil(RUNS.numRuns / 3) },
    );
  });
});

const HAS_WEIGHTS = new Set(["Dense", "BatchNormalization"]);

/** Said once more, in other words than the engine's. */
function changes({ class_name, trainable, inference }: NetworkLayer): boolean {
  if (class_name === "Dense" || class_name === "BatchNormalization") return trainable;
  return class_name === "Dropout" && inference !== true;
}

function inputsOf(network: Network, rows: number, seed: number): Tensor[] {
  return network.inputs.map(({ column }) => {
    const random = randomStream(seed, column);
    return tf.tensor2d(
      Float32Array.from({ length: rows * WIDTH }, () => random() * 2 - 1),
      [rows, WIDTH],
    );
  });
}

function cut(flat: Network, parts: Parts, rows: readonly Tensor[], seed = 1) {
  const computedFeatures =
    parts.prefix === null
      ? []
      : (() => {
          const prefix = realise(parts.prefix, seed);
          const own = parts.prefix.inputs.map(
            ({ column }) => rows[flat.inputs.findIndex((input) => input.column === column)]!,
          );
          const outputs = [prefix.model.apply(own.length === 1 ? own[0]! : own) as Tensor | Tensor[]].flat();
          return outputs.map((output) => tf.clone(output));
        })();
  let next = 0;
  const features = parts.features.map(({ layer }) => {
    const input = flat.inputs.findIndex((one) => one.layer === layer);
    return input < 0 ? computedFeatures[next++]! : rows[input]!;
  });
  const shapes = features.map(({ shape }) => shape.slice(1));
  return { head: realise(headNetwork(flat, parts, shapes), seed), features };
}

function computed({ model, network }: Realised, rows: readonly Tensor[]): Float32Array {
  const own = network.inputs.length === 1 ? rows[0]! : [...rows];
  return (model.apply(own) as Tensor).dataSync<"float32">().slice();
}

async function losses({ model }: Realised, rows: readonly Tensor[]): Promise<number[]> {
  const count = rows[0]!.shape[0]!;
  const random = randomStream(9, "truth");
  const trainer = new TensorFlowTrainer({
    head: model,
    outputs: [{ name: "output", loss: findLoss("mean_squared_error"), weight: 1, metrics: [] }],
    optimizer: findOptimizer("sgd", 0.05),
    train: {
      rows: count,
      inputs: rows.map((one) => ({ shape: one.shape.slice(1), values: one.dataSync<"float32">().slice() })),
      truths: [{ shape: [WIDTH], values: Float32Array.from({ length: count * WIDTH }, () => random()) }],
      weights: null,
    },
    validation: null,
    batchSize: 5,
    shuffle: true,
    seed: 4,
  });
  return (await historyOf(trainer, { epochs: 3 }))["loss"]!;
}

describe("what is not cut off", () => {
  it("nothing is left to train", () => {
    const all: Network = {
      name: "still",
      layers: [
        {
          name: "x",
          block: "x",
          class_name: "InputLayer",
          config: { batch_input_shape: [null, 2] },
          trainable: true,
          calls: [[]],
        },
        {
          name: "d",
          block: "d",
          class_name: "Dense",
          config: { units: 2 },
          trainable: false,
          calls: [[{ layer: "x", call: 0 }]],
        },
      ],
      inputs: [{ column: "x", layer: "x" }],
      outputs: [{ name: "output", from: { layer: "d", call: 0 } }],
    };
    expect(() => splitOffFrozen(flatten(all))).toThrow(UserError);
  });

  it("a layer that makes a mask, which would be lost at the cut", () => {
    const masked: Network = {
      name: "masked",
      layers: [
        {
          name: "x",
          block: "x",
          class_name: "InputLayer",
          config: { batch_input_shape: [null, 4] },
          trainable: true,
          calls: [[]],
        },
        {
          name: "words",
          block: "words",
          class_name: "Embedding",
          config: { input_dim: 5, output_dim: 2, mask_zero: true },
          trainable: false,
          calls: [[{ layer: "x", call: 0 }]],
        },
        {
          name: "lstm",
          block: "lstm",
          class_name: "LSTM",
          config: { units: 2 },
          trainable: true,
          calls: [[{ layer: "words", call: 0 }]],
        },
      ],
      inputs: [{ column: "x", layer: "x" }],
      outputs: [{ name: "output", from: { layer: "lstm", call: 0 } }],
    };
    const parts = splitOffFrozen(flatten(masked));
    expect(parts.prefix).toBeNull();
    expect([...parts.frozen]).toEqual([]);
  });
});

it("of every layer that ONNX Runtime can compute it is known whether it has something to learn", () => {
  const withWeights = [...layerRules.keys()].filter((name) => !WITHOUT_WEIGHTS.has(name));
  expect(withWeights.sort()).toMatchInlineSnapshot(`
    [
      "ActivityRegularization",
      "AdditiveAttention",
      "Attention",
      "BatchNormalization",
      "Bidirectional",
      "Conv1D",
      "Conv1DTranspose",
      "Conv2D",
      "Conv2DTranspose",
      "Conv3D",
      "Conv3DTranspose",
      "Dense",
      "DepthwiseConv1D",
      "DepthwiseConv2D",
      "Embedding",
      "GRU",
      "GroupNormalization",
      "LSTM",
      "LayerNormalization",
      "MultiHeadAttention",
      "Normalization",
      "OnnxModel",
      "PReLU",
      "RNN",
      "SeparableConv1D",
      "SeparableConv2D",
      "SimpleRNN",
      "TimeDistributed",
    ]
  `);
});
