import { readFileSync } from "node:fs";
import path from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { findLoss } from "../../../../src/engine/losses.ts";
import { findOptimizer } from "../../../../src/engine/optimizers.ts";
import { realise, type Realised } from "../../../../src/engine/realise.ts";
import { startTensorFlow, tf, type Variable } from "../../../../src/engine/tensorflow/index.ts";
import { chooseTrainer } from "../../../../src/engine/training/choose-trainer.ts";
import type { Examples } from "../../../../src/engine/training/examples.ts";
import type { TrainingJob } from "../../../../src/engine/training/tensorflow-trainer.ts";
import { uniform } from "../../../model/applications/formula.ts";
import { parityFixtures } from "../../../parity-fixtures.ts";
import { historyOf } from "../../history.ts";
import { networkOf, type Described } from "./train-both.ts";

// Every kind of layer trains to the losses that Keras's trains to (scripts/parity/layer_histories.py), on both engines: same weights
// at first, same rows, same masks and noises. Validation tells what is otherwise in inference, as are the averages of batch
// normalisation. Weights, rows and truths are the formula's.

interface Case {
  readonly shape: readonly number[];
  readonly layers: readonly Described[];
  readonly loss: readonly number[];
  readonly val_loss: readonly number[];
  /** `layer/weight` → what BatchNormalization has moved it to. */
  readonly averages?: Readonly<Record<string, readonly number[]>>;
}
const file = path.join(parityFixtures, "layer-histories.json");
const cases = Object.entries(JSON.parse(readFileSync(file, "utf8")) as Record<string, Case>);
const [ROWS, HELD, EPOCHS, WORDS] = [11, 5, 10, 6];

beforeAll(() => startTensorFlow("wasm", { specFolder: import.meta.dirname }).then(() => undefined));

describe.each(["native", "wasm"] as const)("%s", (engine) => {
  it.each(cases)("%s", async (name, { shape, layers, loss, val_loss, averages = {} }) => {
    const head = headOf(shape, layers);
    try {
      giveWeights(head);
      const words = layers[0]!.class_name === "Embedding";
      const row = (one: number) => (words ? Math.floor(((one + 1) / 2) * WORDS) : one * 2);
      const examples = (of: string, rows: number): Examples => ({
        rows,
        inputs: [{ shape, values: numbers(`${of}rows`, [rows, ...shape], row) }],
        truths: [{ shape: [2], values: numbers(`${of}truths`, [rows, 2]) }],
        weights: null,
      });
      const job: TrainingJob = {
        head: head.model,
        outputs: [{ name: "output", loss: findLoss("mean_squared_error"), weight: 1, metrics: [] }],
        optimizer: words ? findOptimizer("sgd", 0.1) : findOptimizer("adam", 0.01),
        train: examples("", ROWS),
        validation: examples("held ", HELD),
        batchSize: 8,
        shuffle: false,
        seed: 1,
      };
      const chosen = await chooseTrainer(job, head, engine);
      expect(chosen.native ? "" : chosen.because).toBe(
        engine === "native" ? "" : 'The spec asks for it by set_engine("wasm").',
      );
      const history = await historyOf(chosen.trainer, { epochs: EPOCHS, validates: true });
      expectSame("loss of epoch", history["loss"]!, loss);
      expectSame("val_loss of epoch", history["val_loss"]!, val_loss);
      for (const [name, expected] of Object.entries(averages)) {
        const weight = head.model.weights.find(({ originalName }) => originalName === name)!;
        expectSame(`${name}, number`, weight.read().dataSync<"float32">(), expected);
      }
    } finally {
      head.model.dispose();
    }
  });
});

/** The network; behind it Flatten and a dense layer with two outputs. */
function headOf(shape: readonly number[], layers: readonly Described[]): Realised {
  const { name, reads } = layers.at(-1)!;
  const last = reads.length === 1 ? name : `${name}:${reads.length - 1}`;
  const behind: Described[] = [
    { name: "flat", class_name: "Flatten", reads: [[last]] },
    { name: "result", class_name: "Dense", config: { units: 2 }, reads: [["flat"]] },
  ];
  return realise(networkOf({ x: shape }, [...layers, ...behind]), 1);
}

/** By a weight's place in its layer, where those that are trained come first. */
function giveWeights({ layers }: Realised): void {
  for (const [name, { weights }] of layers)
    for (const [i, weight] of weights.entries()) {
      const variance = weight.originalName.includes("variance");
      const values = numbers(`${name}/${i}`, weight.shape as number[], (one) =>
        variance ? 1 + 0.5 * one : 0.6 * one,
      );
      tf.tidy(() => (weight.read() as Variable).assign(tf.tensor(values, weight.shape as number[])));
    }
}

function expectSame(what: string, actual: ArrayLike<number>, expected: readonly number[]): void {
  expect(actual.length).toBe(expected.length);
  for (const [i, value] of expected.entries())
    if (!(Math.abs(actual[i]! - value) <= 1e-4 * Math.max(1, Math.abs(value))))
      expect.fail(`${what} ${i + 1}: ${Array.from(actual).join(" ")}, not ${expected.join(" ")}`);
}

/** The formula's numbers, made into others. */
function numbers(text: string, shape: readonly number[], make = (one: number) => one): Float32Array {
  const size = shape.reduce((a, b) => a * b, 1);
  const formula = uniform(text, size);
  return Float32Array.from({ length: size }, (_, i) => make(formula(i)));
}
