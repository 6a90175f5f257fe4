import { afterEach, describe, expect, it } from "vitest";
import type { Baked } from "../../../src/data/baked.ts";
import { fitModel, openTrialBench, type TrialBench } from "../../../src/engine/index.ts";
import type { ModelDescription } from "../../../src/kspec/description.ts";
import { layers } from "../../../src/kspec/layers/index.ts";
import { load_model } from "../../../src/kspec/load-model.ts";
import { block, line, model, Recorder, squares, wired } from "../examples.ts";

type T = never;
const specFolder = import.meta.dirname;
const input = block(
  ({ input_shape }: { input_shape: number[] }) => layers.input({ shape: input_shape }),
  "input_shape",
);
const flatten = block(({ tensor }: { tensor: T }) => layers.flatten().apply(tensor), "tensor");
const hidden = block(
  ({ tensor, units = 8 }: { tensor: T; units?: number }) =>
    layers.dense({ units, activation: "relu" }).apply(tensor),
  "tensor",
  "units?",
);
const softmax = block(
  ({ tensor, num_classes }: { tensor: T; num_classes: number }) =>
    layers.dense({ units: num_classes, activation: "softmax" }).apply(tensor),
  "tensor",
  "num_classes",
);
const digitsBase = block(({ tensor }: { tensor: T }) => {
  const base = load_model("kspec:digits_base");
  base.trainable = false;
  return base.apply(tensor);
}, "tensor");

const digits = {
  input,
  base: wired(digitsBase, "input"),
  flatten: wired(flatten, "base"),
  hidden: wired(hidden, "flatten"),
  output: wired(softmax, "hidden"),
};
const convnet = {
  input,
  conv: wired(
    block(
      ({ tensor }: { tensor: T }) =>
        layers.conv2d({ filters: 4, kernelSize: 3, activation: "relu" }).apply(tensor),
      "tensor",
    ),
    "input",
  ),
  pool: wired(
    block(({ tensor }: { tensor: T }) => layers.maxPooling2d({}).apply(tensor), "tensor"),
    "conv",
  ),
  flatten: wired(flatten, "pool"),
  output: wired(softmax, "flatten"),
};
const regression = {
  input,
  hidden: wired(hidden, "input"),
  output: wired(
    block(({ tensor }: { tensor: T }) => layers.dense({ units: 1 }).apply(tensor), "tensor"),
    "hidden",
  ),
};
const recurrent = {
  input,
  rows: wired(
    block(({ tensor }: { tensor: T }) => layers.reshape({ targetShape: [8, 8] }).apply(tensor), "tensor"),
    "input",
  ),
  lstm: wired(
    block(({ tensor }: { tensor: T }) => layers.lstm({ units: 4 }).apply(tensor), "tensor"),
    "rows",
  ),
  dropout: wired(
    block(({ tensor }: { tensor: T }) => layers.dropout({ rate: 0.3 }).apply(tensor), "tensor"),
    "lstm",
  ),
  output: wired(softmax, "dropout"),
};

let bench: TrialBench | undefined;
afterEach(async () => {
  await bench?.dispose();
  bench = undefined;
});

/** What the model of a whole fit says of rows after its last epoch. */
async function fitted(
  described: ModelDescription,
  train: Baked,
  assessment: Baked,
  seed: number,
): Promise<{ values: ReadonlyMap<string, Float32Array>; logs: Recorder["logs"] }> {
  const says = new Recorder();
  const { model: whole } = await fitModel({ model: described, train, seed, specFolder, store: null }, says);
  const predictions = await whole!.predict(assessment);
  whole!.dispose();
  return {
    values: new Map([...predictions].map(([outcome, { values }]) => [outcome, values])),
    logs: says.logs,
  };
}

function expectClose(actual: Float32Array, expected: Float32Array): void {
  expect(actual.length).toBe(expected.length);
  for (const [i, value] of expected.entries()) expect(Math.abs(actual[i]! - value)).toBeLessThanOrEqual(1e-6);
}

/** 28 × 28, which the digits' base reads. */
const digitRows = (rows: number, seed: number) => squares(rows, { side: 28, seed });

describe("a trial predicts what the model of a fit would, with the same seed", () => {
  const args = { fit_epochs: 3, learn_rate: 0.01 };
  it.each([
    ["a frozen base", model(digits, args), digitRows(60, 1), digitRows(20, 2)],
    ["a convnet", model(convnet, args), squares(60), squares(20, { seed: 2 })],
    ["validation rows", model(convnet, { ...args, fit_validation_split: 0.25 }), squares(60), squares(20)],
    ["a regression", model(regression, args, { mode: "regression" }), line(60), line(20, 2)],
    ["recurrent layers and dropout", model(recurrent, args), squares(60), squares(20, { seed: 2 })],
    ["TensorFlow.js", model(digits, args, { engine: "wasm" }), digitRows(60, 1), digitRows(20, 2)],
  ])("%s", async (_, described, analysis, assessment) => {
    bench = openTrialBench({ specFolder, store: null });
    const trial = await bench.fit({ model: described, analysis, assessment, seed: 5 });
    const expected = await fitted(described, analysis, assessment, 5);
    expect(trial.history.map(({ logs }) => logs)).toEqual(expected.logs);
    expect(trial.history.map(({ epoch }) => epoch)).toEqual([1, 2, 3]);
    expect([...trial.predictions.keys()]).toEqual([3]);
    for (const [outcome, values] of expected.values)
      expectClose(trial.predictions.get(3)!.get(outcome)!.values, values);
  });
});
