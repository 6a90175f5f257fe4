import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import type { Baked, Outcome } from "../../../src/data/baked.ts";
import { fitModel } from "../../../src/engine/index.ts";
import { camelCased } from "../../../src/engine/realise.ts";
import { initializers } from "../../../src/kspec/initializers.ts";
import { layers } from "../../../src/kspec/layers/index.ts";
import { optimizers } from "../../../src/kspec/optimizers.ts";
import { uniform } from "../../model/applications/formula.ts";
import { parityFixtures } from "../../parity-fixtures.ts";
import { block, model, Recorder, TENSORFLOW_JS, wired } from "../examples.ts";

// Small fits of 20 steps with every loss, with weights of rows, classes and outputs, have the history that Keras's have
// (scripts/parity/loss_histories.py): on both engines, by the way that a spec takes.

type History = Readonly<Record<string, readonly number[]>>;
interface Case {
  readonly truth: "classes" | "numbers" | "counts";
  readonly activation: "linear" | "softmax";
  readonly class_name: string;
  readonly options: Readonly<Record<string, unknown>>;
  readonly weights: "rows" | "classes" | null;
  readonly history: History;
}
const { several, cases } = JSON.parse(
  readFileSync(path.join(parityFixtures, "loss-histories.json"), "utf8"),
) as { several: History; cases: Case[] };

const ROWS = 30;
const COLUMNS = 4;
const formula = (text: string, size: number) => {
  const at = uniform(text, size);
  return Float32Array.from({ length: size }, (_, i) => at(i));
};
const numbers = formula("numbers", ROWS * COLUMNS);
const label: Outcome = {
  kind: "nominal",
  levels: ["a", "b", "c", "d"],
  codes: Int32Array.from({ length: ROWS }, (_, i) => Math.floor((uniform("classes", ROWS)(i) + 1) * 2)),
};
/** One of the columns of numbers. */
const column = (which: number, of: (value: number) => number): Outcome => ({
  kind: "numeric",
  values: Float32Array.from({ length: ROWS }, (_, row) => of(numbers[row * COLUMNS + which]!)),
});
const columns = (of: (value: number) => number) =>
  new Map(Array.from({ length: COLUMNS }, (_, i) => [`y${i}`, column(i, of)] as const));
const OUTCOMES: Readonly<Record<Case["truth"], Baked["outcomes"]>> = {
  classes: new Map([["label", label]]),
  numbers: columns((value) => value),
  counts: columns((value) => Math.floor(4 * (value + 1))),
};

const data = (outcomes: Baked["outcomes"], weighed: boolean): Baked => ({
  rows: ROWS,
  inputs: new Map([
    ["x", { kind: "tensor", shape: [COLUMNS], values: formula("predictors", ROWS * COLUMNS) }],
  ]),
  outcomes,
  ...(weighed ? { weights: formula("weights", ROWS).map((value) => value + 1) } : {}),
});

const input = block(
  ({ input_shape }: { input_shape: number[] }) => layers.input({ shape: input_shape }),
  "input_shape",
);
const dense = (units: number, activation: "linear" | "softmax" | "tanh", from: string) =>
  wired(
    block(
      ({ tensor }: { tensor: never }) =>
        layers
          .dense({
            units,
            activation,
            kernelInitializer: units === 1 ? initializers.ones() : initializers.identity(),
          })
          .apply(tensor),
      "tensor",
    ),
    from,
  );

async function historyOf(
  blocks: Parameters<typeof model>[0],
  args: object,
  options: Parameters<typeof model>[2],
  train: Baked,
): Promise<Recorder> {
  const says = new Recorder();
  const given = {
    compile_optimizer: optimizers.sgd({ learningRate: 0.1 }),
    compile_metrics: [],
    fit_epochs: 5,
    fit_batch_size: 6,
    fit_shuffle: false,
    fit_validation_split: 0.2,
    ...args,
  };
  const job = { train, seed: 1, specFolder: import.meta.dirname };
  const result = await fitModel({ ...job, model: model(blocks, given, options) }, says);
  result.model?.dispose();
  return says;
}

function expectHistory({ logs, notes }: Recorder, expected: History): void {
  // Where ONNX Runtime does not train what it should, a note says so.
  expect(notes).toEqual([]);
  expect(Object.keys(logs[0]!).sort()).toEqual(Object.keys(expected).sort());
  for (const [name, values] of Object.entries(expected))
    for (const [epoch, value] of values.entries())
      if (!(Math.abs(logs[epoch]![name]! - value) <= 1e-4 * Math.max(1, Math.abs(value))))
        expect.fail(`${name} of epoch ${epoch + 1} is ${logs[epoch]![name]} and should be ${value}`);
}

describe.each([
  ["ONNX Runtime", "native"],
  ["TensorFlow.js", TENSORFLOW_JS],
] as const)("on %s", (_, engine) => {
  const titled = cases.map((one) => {
    const options = JSON.stringify(one.options).replaceAll('"', "");
    const weighed = one.weights === null ? "" : `, weights of ${one.weights}`;
    return [`${one.class_name} ${options} behind ${one.activation}${weighed}`, one] as const;
  });
  it.each(titled)("%s", async (_, { truth, activation, class_name, options, weights, history }) => {
    const args = {
      compile_loss: { kind: "loss", class_name, config: camelCased(options) },
      ...(weights === "classes" ? { fit_class_weight: { a: 2, c: 0.5 } } : {}),
    };
    const mode = truth === "classes" ? "classification" : "regression";
    const blocks = { input, output: dense(COLUMNS, activation, "input") };
    const says = await historyOf(blocks, args, { mode, engine }, data(OUTCOMES[truth], weights === "rows"));
    expectHistory(says, history);
  });

  it("several outputs with weights, and rows with theirs", async () => {
    const blocks = {
      input,
      hidden: dense(COLUMNS, "tanh", "input"),
      label: dense(COLUMNS, "softmax", "hidden"),
      size: dense(1, "linear", "hidden"),
    };
    const args = {
      compile_loss: { label: "categorical_crossentropy", size: "mean_squared_error" },
      compile_loss_weights: { label: 0.3, size: 2 },
    };
    const outcomes = new Map([
      ["label", label],
      ["size", column(0, (value) => value)],
    ]);
    expectHistory(await historyOf(blocks, args, { engine }, data(outcomes, true)), several);
  });
});
