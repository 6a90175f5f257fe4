import { expect } from "vitest";
import { findEpochMetric } from "../../../../src/engine/epoch-metrics.ts";
import { findLoss } from "../../../../src/engine/losses.ts";
import { findOptimizer } from "../../../../src/engine/optimizers.ts";
import { realise, type Realised } from "../../../../src/engine/realise.ts";
import { sizeOf, type Rows } from "../../../../src/engine/rows.ts";
import { startTensorFlow, tf } from "../../../../src/engine/tensorflow/index.ts";
import { chooseTrainer } from "../../../../src/engine/training/choose-trainer.ts";
import type { Examples } from "../../../../src/engine/training/examples.ts";
import { TensorFlowTrainer, type TrainingJob } from "../../../../src/engine/training/tensorflow-trainer.ts";
import type { KerasConfig, Network, NetworkLayer } from "../../../../src/model/network.ts";
import { historyOf } from "../../history.ts";
import { randomRows } from "../compare.ts";

/**
 * Trains a small network natively and on TensorFlow.js, from the same weights with the same draws, and expects the same losses in all of
 * 20 steps (two to an epoch, the second of fewer rows), the same losses of validation rows, and about the same weights in the end.
 *
 *     await trainBoth(chainOf([6], [["Dense", { units: 4, activation: "tanh" }], ["Dropout", { rate: 0.5 }]]));
 */
export async function trainBoth(network: Network, options: Options = {}): Promise<void> {
  await startReference(options.backend ?? "cpu");
  const { epochs = 10, tolerance = 1e-4 } = options;
  const [native, reference] = [realise(network, 5), realise(network, 5)];
  const how = { epochs, validates: true };
  const chosen = await chooseTrainer(jobOf(native, options), native, "native");
  const tensorflow = new TensorFlowTrainer(jobOf(reference, options));
  try {
    // Both are let go by what trains them.
    if (!chosen.native) throw new Error(`It is not trained natively. ${chosen.because}`);
    const actual = await historyOf(chosen.trainer, how);
    const expected = await historyOf(tensorflow, how);
    for (const [key, values] of Object.entries(expected))
      for (const [epoch, value] of values.entries())
        if (!(Math.abs(actual[key]![epoch]! - value) <= tolerance * Math.max(1, Math.abs(value))))
          expect.fail(`${key} of epoch ${epoch + 1}: ${actual[key]!.join(" ")}, not ${values.join(" ")}`);
    expectSameWeights(native, reference, options.weights ?? 1e-3);
  } finally {
    native.model.dispose();
    reference.model.dispose();
  }
}

export interface Options {
  /** Keras's name, or a loss with its options. Default "mean_squared_error". */
  readonly loss?: unknown;
  /** Default "adam" with a learning rate of 0.01. */
  readonly optimizer?: unknown;
  readonly rate?: number;
  readonly metrics?: readonly unknown[];
  /** Inputs are whole numbers from 0 up to, not with, this, as words are. Default: numbers between −2 and 2. */
  readonly below?: number;
  /** Of the only input, row after row. */
  readonly values?: Float32Array;
  /** Extents of one row of each input, where the network takes any. */
  readonly shapes?: readonly (readonly number[])[];
  /** Default 10. */
  readonly epochs?: number;
  /** Default 11 rows, in batches of 8. */
  readonly rows?: number;
  readonly batchSize?: number;
  readonly shuffle?: boolean;
  /** Weight of each row in the loss, by its number. */
  readonly rowWeight?: (row: number) => number;
  /** Of losses, as a share where they are above 1. Default 1e-4. */
  readonly tolerance?: number;
  /** Of TensorFlow.js. Default: plain JavaScript, which shares no code with the others; its gradients are wrong here and there. */
  readonly backend?: "cpu" | "wasm";
  /** Of weights in the end. Default 1e-3. */
  readonly weights?: number;
}

let started: Promise<unknown> | undefined;

async function startReference(backend: "cpu" | "wasm"): Promise<void> {
  started ??= Promise.all([
    import("@tensorflow/tfjs-backend-cpu"),
    startTensorFlow("wasm", { specFolder: import.meta.dirname }),
  ]);
  await started;
  await tf.setBackend(backend);
}

/** A layer of a chain: Keras's class, its options, and whether it is trained (default true). */
export type Link = readonly [class_name: string, config?: KerasConfig, trainable?: boolean];

/** Layers one behind the other, `layer_0`, `layer_1`, …, the first on inputs of this shape; behind them a dense layer with two outputs. */
export function chainOf(shape: readonly (number | null)[], links: readonly Link[]): Network {
  const glorot = { class_name: "GlorotUniform", config: {} };
  return chain(shape, [...links, ["Flatten"], ["Dense", { units: 2, kernel_initializer: glorot }]]);
}

/** The same without more behind them. */
export function chain(shape: readonly (number | null)[], links: readonly Link[]): Network {
  return networkOf(
    { x: shape },
    links.map(([class_name, config = {}, trainable = true], i) => ({
      name: `layer_${i}`,
      class_name,
      config,
      trainable,
      reads: [[i === 0 ? "x" : `layer_${i - 1}`]],
    })),
  );
}

/** A layer of a network, and what it reads: a list of names for each of its applications. */
export interface Described {
  readonly name: string;
  readonly class_name: string;
  readonly config?: KerasConfig;
  readonly trainable?: boolean;
  /** `name`, or `name:1` for what its second application gives. */
  readonly reads: readonly (readonly string[])[];
}

/**
 * @param inputs Name → shape of one row.
 * @param outputs Names of layers. Default: the last.
 */
export function networkOf(
  inputs: Readonly<Record<string, readonly (number | null)[]>>,
  described: readonly Described[],
  outputs: readonly string[] = [described.at(-1)!.name],
): Network {
  const reference = (name: string) => {
    const [layer, call = "0"] = name.split(":") as [string, string?];
    return { layer, call: Number(call) };
  };
  const given = Object.entries(inputs).map(([name, shape]): Described & { config: KerasConfig } => ({
    name,
    class_name: "InputLayer",
    config: { batch_input_shape: [null, ...shape] },
    reads: [[]],
  }));
  return {
    name: "tried",
    layers: [...given, ...described].map(
      ({ name, class_name, config = {}, trainable = true, reads }): NetworkLayer => ({
        name,
        block: name,
        class_name,
        config,
        trainable,
        calls: reads.map((call) => call.map(reference)),
      }),
    ),
    inputs: given.map(({ name }) => ({ column: name, layer: name })),
    outputs: outputs.map((name, i) => ({
      name: outputs.length === 1 ? "output" : `output${i}`,
      from: reference(name),
    })),
  };
}

function jobOf({ model, network }: Realised, options: Options): TrainingJob {
  const { loss = "mean_squared_error", metrics = [], values } = options;
  const shapes = options.shapes ?? model.inputs.map(({ shape }) => shape.slice(1) as number[]);
  const rows = options.rows ?? (values === undefined ? 11 : values.length / sizeOf(shapes[0]!));
  const computed = model.computeOutputShape(
    shapes.length === 1 ? [null, ...shapes[0]!] : shapes.map((shape) => [null, ...shape]),
  );
  const outputs = (Array.isArray(computed[0]) ? computed : [computed]) as (number | null)[][];
  const examples = (count: number, seed: number): Examples => ({
    rows: count,
    inputs: shapes.map((shape, i) => inputOf(options, count, shape, seed + i)),
    truths: outputs.map((shape, i) => truthOf(loss, count, shape.slice(1) as number[], seed + 50 + i)),
    weights:
      options.rowWeight === undefined
        ? null
        : Float32Array.from({ length: count }, (_, row) => options.rowWeight!(row)),
  });
  return {
    head: model,
    outputs: network.outputs.map(({ name }, i) => ({
      name,
      loss: findLoss(loss),
      weight: 1 + i,
      metrics: metrics.map((metric) => findEpochMetric(metric, outputs[i]!.at(-1)!)),
    })),
    optimizer: findOptimizer(options.optimizer ?? "adam", options.rate ?? 0.01),
    train: examples(rows, 100),
    validation: examples(5, 200),
    batchSize: options.batchSize ?? 8,
    shuffle: options.shuffle ?? true,
    seed: 3,
  };
}

function inputOf({ values, below }: Options, rows: number, shape: readonly number[], seed: number): Rows {
  if (values !== undefined) return { shape, values: values.slice(0, rows * sizeOf(shape)) };
  const random = randomRows(rows, shape, seed);
  if (below === undefined) return random;
  return { shape, values: random.values.map((value) => Math.floor(((value + 2) / 4) * below)) };
}

/** One class of several, yes or no, or numbers: what the loss is about. */
function truthOf(loss: unknown, rows: number, shape: readonly number[], seed: number): Rows {
  const { values } = randomRows(rows, shape, seed);
  const name = JSON.stringify(loss);
  if (name.includes("binary")) return { shape, values: values.map((one) => (one > 0 ? 1 : 0)) };
  if (!name.includes("categorical")) return { shape, values };
  const classes = shape.at(-1)!;
  for (let from = 0; from < values.length; from += classes) {
    const row = values.subarray(from, from + classes);
    const largest = row.indexOf(Math.max(...row));
    row.fill(0);
    row[largest] = 1;
  }
  return { shape, values };
}

function expectSameWeights(native: Realised, reference: Realised, tolerance: number): void {
  const expected = new Map(
    reference.model.weights.map((weight) => [weight.originalName, weight.read().dataSync()]),
  );
  for (const weight of native.model.weights) {
    const [actual, other] = [weight.read().dataSync(), expected.get(weight.originalName)!];
    for (const [i, value] of other.entries())
      if (!(Math.abs(actual[i]! - value) <= tolerance))
        expect.fail(`value ${i} of ${weight.originalName} has become ${actual[i]}, not ${value}`);
  }
}
