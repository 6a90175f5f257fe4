import { readFileSync } from "node:fs";
import path from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { constrained } from "../../src/engine/constraints.ts";
import { findLoss } from "../../src/engine/losses.ts";
import { findOptimizer } from "../../src/engine/optimizers.ts";
import { penaltyOf } from "../../src/engine/penalties.ts";
import { realise } from "../../src/engine/realise.ts";
import type { TensorMath } from "../../src/engine/tensor-math.ts";
import {
  startTensorFlow,
  tf,
  type Scalar,
  type Tensor,
  type Variable,
} from "../../src/engine/tensorflow/index.ts";
import { tensorflowMath } from "../../src/engine/tensorflow/tensor-math.ts";
import { chooseTrainer } from "../../src/engine/training/choose-trainer.ts";
import { weightOptions } from "../../src/engine/weight-options.ts";
import type { KerasConfig, Network, NetworkLayer } from "../../src/model/network.ts";
import { toKeras2 } from "../../src/model/weights/keras3-config.ts";
import { parityFixtures } from "../parity-fixtures.ts";
import { asTensor, onOnnxRuntime, onTensorFlow, type Given, type Mathematics } from "./either-mathematics.ts";

// Regularizers and constraints against numbers of Keras's (scripts/parity/optimizers.py), on both engines.

interface Described {
  readonly class_name: string;
  readonly config: KerasConfig;
}
interface LayerCase extends Described {
  readonly input: { readonly shape: readonly number[]; readonly values: readonly number[] };
  readonly weights: readonly (Given & { readonly name: string; readonly after: readonly number[] })[];
  readonly losses: number;
}
const { matrix, regularizers, constraints, layers } = JSON.parse(
  readFileSync(path.join(parityFixtures, "optimizers.json"), "utf8"),
) as {
  matrix: Given;
  regularizers: (Described & { penalty: number; gradient: number[] })[];
  constraints: (Described & { shape: number[]; weight: number[]; after: number[] })[];
  layers: LayerCase[];
};

beforeAll(() => startTensorFlow("wasm", { specFolder: import.meta.dirname }).then(() => undefined));

const titled = <T extends Described>(cases: readonly T[]) =>
  cases.map((one) => [`${one.class_name} ${JSON.stringify(one.config).replaceAll('"', "")}`, one] as const);

describe("a regularizer adds what Keras's adds, with its gradient", () => {
  /** A weight may lie with its axes in another order: columns first. */
  const turned: Given = {
    shape: matrix.shape.toReversed(),
    values: Array.from(matrix.values, (_, i) => {
      const [rows, columns] = matrix.shape as [number, number];
      return matrix.values[(i % rows) * columns + Math.floor(i / rows)]!;
    }),
  };
  const penaltyIn = (one: Described, order?: readonly number[]): Mathematics =>
    function <T>(math: TensorMath<T>, { weight }: Readonly<Record<string, T>>) {
      const penalty = penaltyOf(math, one, weight!, order);
      return penalty === undefined ? {} : { penalty };
    };

  it.each(titled(regularizers))("%s", async (_, one) => {
    const none = regularizers.find(({ penalty }) => penalty === 0);
    for (const [weight, order] of [
      [matrix, [0, 1]],
      [turned, [1, 0]],
    ] as const) {
      const here = await onTensorFlow(penaltyIn(one, order)).compute({ weight });
      if (one === none) {
        expect(here).toEqual({});
        continue;
      }
      expect(here["penalty"]![0]).toBeCloseTo(one.penalty, 6);
      const native = await onOnnxRuntime(penaltyIn(one, order), { weight: weight.shape }, "penalty");
      const there = await native.compute({ weight });
      expect(there["penalty"]![0]).toBeCloseTo(one.penalty, 6);
      if (order[0] === 0) expectNear(there["gradient of weight"]!, one.gradient);
      await native.release();
    }
    if (one === none) return;
    const gradient = tf.tidy(() =>
      Array.from(
        tf
          .grad((weight) => penaltyOf(tensorflowMath, one, weight) as Scalar)(asTensor(matrix))
          .dataSync(),
      ),
    );
    expectNear(gradient, one.gradient);
  });

  it("in every form that configurations have", () => {
    const penalty = (regularizer: unknown) =>
      tf.tidy(() => penaltyOf(tensorflowMath, regularizer, asTensor(matrix))?.dataSync()[0]);
    const expected = penalty({ class_name: "L2", config: { l2: 0.01 } });
    expect(penalty("l2")).toBe(expected);
    expect(penalty({ className: "L1L2", config: { l1: 0, l2: 0.01 } })).toBe(expected);
    expect(penalty(null)).toBeUndefined();
    expect(() => penalty("magic")).toThrow("KSpec has no regularizer magic. There are: L1, L2, L1L2");
  });
});

describe("a constraint makes of a weight what Keras's makes", () => {
  const constrainedIn = (one: Described): Mathematics =>
    function <T>(math: TensorMath<T>, { weight }: Readonly<Record<string, T>>) {
      return { after: constrained(math, one, weight!)! };
    };
  it.each(titled(constraints))("%s", async (_, one) => {
    const weight = { shape: one.shape, values: one.weight };
    const here = await onTensorFlow(constrainedIn(one)).compute({ weight });
    expectNear(here["after"]!, one.after);
    const native = await onOnnxRuntime(constrainedIn(one), { weight: one.shape });
    expectNear((await native.compute({ weight }))["after"]!, one.after);
    await native.release();
  });

  it("in every form that configurations have, and along Keras's axes", () => {
    const weight = [3, 4, 1, 1];
    const after = (constraint: unknown, axisOf?: (axis: number) => number) =>
      tf.tidy(() =>
        Array.from(constrained(tensorflowMath, constraint, tf.tensor(weight, [2, 2]), axisOf)!.dataSync()),
      );
    const rows = [0.6, 0.8, Math.SQRT1_2, Math.SQRT1_2];
    expectNear(after({ class_name: "UnitNorm", config: { axis: 1 } }), rows);
    expectNear(after({ className: "UnitNorm", config: { axis: -1 } }), rows);
    // The weight lies with its axes turned.
    expectNear(
      after("unitNorm", (axis) => 1 - axis),
      rows,
    );
    expect(() => after({ class_name: "Magic" })).toThrow("KSpec has no constraint Magic. There are: NonNeg");
  });
});

describe.each(["native", "wasm"] as const)(
  "%s: layers add to the loss and bring weights back as Keras's do",
  (engine) => {
    it.each(layers.map((one) => [titleOf(one), one] as const))("%s", async (_, one) => {
      const head = realise(networkOf(one), 1);
      const layer = head.layers.get("layer")!;
      for (const [i, weight] of layer.trainableWeights.entries())
        (weight.read() as Variable).assign(asTensor(one.weights[i]!));
      (head.layers.get("same")?.trainableWeights[0]?.read() as Variable | undefined)?.assign(tf.eye(2));
      const [rows, ...shape] = one.input.shape as [number, ...number[]];

      // What the network gives is what it learns, so that nothing but penalties is left; and no step is taken.
      const truth = tf.tidy(() => head.model.apply(asTensor(one.input), { training: true }) as Tensor);
      const rowsOf = (of: readonly number[], values: ArrayLike<number>) => ({
        shape: of,
        values: Float32Array.from(values),
      });
      const chosen = await chooseTrainer(
        {
          head: head.model,
          outputs: [{ name: "output", loss: findLoss("mean_squared_error"), weight: 1, metrics: [] }],
          optimizer: findOptimizer("sgd", 0),
          train: {
            rows,
            inputs: [rowsOf(shape, one.input.values)],
            truths: [rowsOf(truth.shape.slice(1), truth.dataSync())],
            weights: null,
          },
          validation: null,
          batchSize: rows,
          shuffle: false,
          seed: 1,
        },
        head,
        engine,
      );
      expect(chosen).toMatchObject({ native: engine === "native" });
      const { trainer } = chosen;
      const log = await trainer.trainEpoch(1, 1, () => undefined, undefined);
      expect(log!["loss"]! / one.losses).toBeCloseTo(1, 5);
      await trainer.settle();
      for (const [i, weight] of layer.trainableWeights.entries())
        expectNear(Array.from(weight.read().dataSync()), one.weights[i]!.after);
      await trainer.dispose();
      tf.dispose(truth);
      head.model.dispose();
    });
  },
);

it("says which options speak of which weight, also within layers that hold others", () => {
  const cell = (l2: number) => ({
    class_name: "LSTMCell",
    config: { recurrent_regularizer: { class_name: "L2", config: { l2 } } },
  });
  const stacked = {
    class_name: "RNN",
    config: { cell: { class_name: "StackedRNNCells", config: { cells: [cell(1), cell(2)] } } },
  };
  expect(weightOptions(stacked, "RNNCell_1/recurrent_kernel")).toEqual({
    regularizer: { class_name: "L2", config: { l2: 2 } },
  });
  expect(weightOptions(stacked, "RNNCell_1/kernel")).toEqual({});
  const both = {
    className: "Bidirectional",
    config: {
      layer: { className: "GRU", config: { kernelConstraint: "nonNeg" } },
      backward_layer: { className: "GRU", config: { kernelConstraint: "unitNorm" } },
    },
  };
  const options = (weight: string) =>
    weightOptions({ class_name: both.className, config: both.config }, weight);
  expect(options("forward_gru/kernel")).toEqual({ constraint: "nonNeg" });
  expect(options("backward_gru/kernel")).toEqual({ constraint: "unitNorm" });
});

function titleOf({ class_name, config }: LayerCase): string {
  const held = (config["layer"] as Described | undefined)?.class_name;
  const activity = config["activity_regularizer"] ? " and its activity" : "";
  return `${class_name}${held === undefined ? "" : ` of ${held}`}${activity}`;
}

/** The layer by itself; one without weights behind another that has some, and changes nothing. */
function networkOf({ class_name, config, input, weights }: LayerCase): Network {
  const shape = [null, ...input.shape.slice(1)];
  const { layers: converted } = toKeras2(
    {
      name: "network",
      layers: [
        {
          name: "input",
          class_name: "InputLayer",
          config: { name: "input", batch_input_shape: shape },
          inbound_nodes: [],
        },
        {
          name: "layer",
          class_name,
          config: { ...config, name: "layer" },
          inbound_nodes: [[["input", 0, 0, {}]]],
        },
      ],
      input_layers: [["input", 0, 0]],
      output_layers: [["layer", 0, 0]],
    },
    { file: "optimizers.json", keras3: true },
  ) as unknown as { layers: Described[] };
  const { name: _name, trainable: _trainable, ...options } = converted[1]!.config;
  const same: NetworkLayer = {
    name: "same",
    block: "same",
    class_name: "Dense",
    config: { units: input.shape.at(-1) },
    trainable: true,
    calls: [[{ layer: "input", call: 0 }]],
  };
  return {
    name: "network",
    layers: [
      {
        name: "input",
        block: "input",
        class_name: "InputLayer",
        config: { batch_input_shape: shape },
        trainable: true,
        calls: [[]],
      },
      ...(weights.length === 0 ? [same] : []),
      {
        name: "layer",
        block: "layer",
        class_name: converted[1]!.class_name,
        config: options,
        trainable: true,
        calls: [[{ layer: weights.length === 0 ? "same" : "input", call: 0 }]],
      },
    ],
    inputs: [{ column: "input", layer: "input" }],
    outputs: [{ name: "output", from: { layer: "layer", call: 0 } }],
  };
}

function expectNear(actual: readonly number[], expected: readonly number[]): void {
  expect(actual.length).toBe(expected.length);
  for (const [i, one] of expected.entries())
    if (!(Math.abs(actual[i]! - one) <= 2e-6 * Math.max(Math.abs(one), 0.1)))
      expect.fail(`value ${i} is ${actual[i]} and should be ${one}`);
}
