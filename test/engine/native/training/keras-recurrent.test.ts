import { readFileSync } from "node:fs";
import path from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { findLoss } from "../../../../src/engine/losses.ts";
import { findOptimizer } from "../../../../src/engine/optimizers.ts";
import { realise } from "../../../../src/engine/realise.ts";
import { startTensorFlow, tf, type Variable } from "../../../../src/engine/tensorflow/index.ts";
import { chooseTrainer } from "../../../../src/engine/training/choose-trainer.ts";
import type { TrainingJob } from "../../../../src/engine/training/tensorflow-trainer.ts";
import { uniform } from "../../../model/applications/formula.ts";
import { parityFixtures } from "../../../parity-fixtures.ts";
import { historyOf } from "../../history.ts";
import { chainOf, type Link } from "./train-both.ts";

// Recurrent layers train to the losses that Keras's train to (scripts/parity/recurrent.py), on both engines. Weights, rows and
// truths are the formula's.

interface Case {
  readonly shape: readonly number[];
  readonly layers: readonly Link[];
  readonly losses: readonly number[];
}
const file = path.join(parityFixtures, "recurrent.json");
const cases = Object.entries(JSON.parse(readFileSync(file, "utf8")) as Record<string, Case>);
const [ROWS, EPOCHS, WORDS] = [11, 10, 6];

beforeAll(async () => {
  await import("@tensorflow/tfjs-backend-cpu");
  await startTensorFlow("wasm", { specFolder: import.meta.dirname });
  await tf.setBackend("cpu");
});

describe.each(["native", "wasm"] as const)("%s", (engine) => {
  it.each(cases)("%s", async (_, { shape, layers, losses }) => {
    const head = realise(chainOf(shape, layers), 1);
    for (const [i, weight] of head.model.weights.entries()) {
      const values = numbers(`weight ${i}`, weight.shape as number[], (one) => one * 0.6);
      (weight.read() as Variable).assign(tf.tensor(values, weight.shape as number[]));
    }
    const words = shape.length === 1;
    const row = (one: number) => (words ? Math.floor(((one + 1) / 2) * WORDS) : one * 2);
    const job: TrainingJob = {
      head: head.model,
      outputs: [{ name: "output", loss: findLoss("mean_squared_error"), weight: 1, metrics: [] }],
      optimizer: words ? findOptimizer("sgd", 0.1) : findOptimizer("adam", 0.01),
      train: {
        rows: ROWS,
        inputs: [{ shape, values: numbers("rows", [ROWS, ...shape], row) }],
        truths: [{ shape: [2], values: numbers("truths", [ROWS, 2]) }],
        weights: null,
      },
      validation: null,
      batchSize: 8,
      shuffle: false,
      seed: 1,
    };
    const chosen = await chooseTrainer(job, head, engine);
    expect(chosen.native).toBe(engine === "native");
    const { loss } = await historyOf(chosen.trainer, { epochs: EPOCHS });
    head.model.dispose();
    for (const [epoch, expected] of losses.entries())
      if (!(Math.abs(loss![epoch]! - expected) <= 1e-4 * Math.max(1, expected)))
        expect.fail(`epoch ${epoch + 1}: ${loss!.join(" ")}, not ${losses.join(" ")}`);
  });
});

/** The formula's numbers, made into others. */
function numbers(text: string, shape: readonly number[], make = (one: number) => one): Float32Array {
  const size = shape.reduce((a, b) => a * b, 1);
  const formula = uniform(text, size);
  return Float32Array.from({ length: size }, (_, i) => make(formula(i)));
}
