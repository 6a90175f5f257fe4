import { describe, expect, it } from "vitest";
import type { Baked, Outcome } from "../../src/data/baked.ts";
import { fitModel, type FitJob } from "../../src/engine/index.ts";
import { callbacks } from "../../src/kspec/callbacks.ts";
import { layers } from "../../src/kspec/layers/index.ts";
import { losses } from "../../src/kspec/losses.ts";
import { ops } from "../../src/kspec/ops.ts";
import { register_keras_loss } from "../../src/kspec/registered.ts";
import { block, inMemory, line, model, Recorder, squares, TENSORFLOW_JS, wired } from "./examples.ts";

type T = never;
const input = block(
  ({ input_shape }: { input_shape: number[] }) => layers.input({ shape: input_shape }),
  "input_shape",
);
const head = (units: number, activation: "softmax" | "sigmoid" | "linear" = "linear") =>
  block(
    ({ tensor }: { tensor: T }) => layers.dense({ units, activation }).apply(layers.flatten().apply(tensor)),
    "tensor",
  );
const oneLayer = (units: number, activation?: "softmax" | "sigmoid" | "linear") => ({
  input,
  output: wired(head(units, activation), "input"),
});

async function fit(
  job: Partial<FitJob> & Pick<FitJob, "model">,
  says = new Recorder(),
  signal?: AbortSignal,
) {
  const result = await fitModel(
    { train: squares(100), seed: 1, specFolder: import.meta.dirname, ...job },
    says,
    signal,
  );
  return { ...result, says };
}

describe("cancelling", () => {
  // On TensorFlow.js in the third epoch, with two of its four batches done; ONNX Runtime's epoch of four batches is one run.
  it.each([
    [TENSORFLOW_JS, 10],
    ["auto", 8],
  ] as const)("puts back the weights of the last finished epoch (%s)", async (engine, batches) => {
    const says = new Recorder();
    const stop = new AbortController();
    const test = squares(10, { seed: 4 });
    let afterSecond: Float32Array | undefined;
    says.onEpoch = async (epoch, fitted) => {
      if (epoch === 2) afterSecond = (await fitted.predict(test)).get("label")!.values.slice();
    };
    says.onProgress = (phase, done) => {
      if (phase === "fit" && done === batches) stop.abort();
    };
    const job = { model: model(oneLayer(3, "softmax"), { fit_epochs: 50 }, { engine }) };
    const result = await fit(job, says, stop.signal);
    expect(result).toMatchObject({ stopped: "cancelled", epochs: 2 });
    expect(result.model!.epoch).toBe(2);
    expect((await result.model!.predict(test)).get("label")!.values).toEqual(afterSecond);
  });

  it("gives no model when no epoch was finished", async () => {
    const stop = new AbortController();
    const says = new Recorder();
    says.phase = (phase) => {
      if (phase === "fit") stop.abort();
    };
    expect(await fit({ model: model(oneLayer(3, "softmax")) }, says, stop.signal)).toMatchObject({
      stopped: "cancelled",
      epochs: 0,
      model: null,
    });
  });

  it("lets messages through between batches", async () => {
    let heard = 0;
    const timer = setInterval(() => heard++, 1);
    await fit({ model: model(oneLayer(3, "softmax"), { fit_epochs: 20 }) });
    clearInterval(timer);
    expect(heard).toBeGreaterThan(5);
  });
});

describe("early stopping", () => {
  it("stops, and brings the best epoch's weights back", async () => {
    const says = new Recorder();
    const seen: Float32Array[] = [];
    const test = line(5, 3);
    says.onEpoch = async (_, fitted) => {
      seen.push((await fitted.predict(test)).get("y")!.values.slice());
    };
    const result = await fit(
      {
        train: line(60),
        model: model(
          oneLayer(1),
          {
            fit_epochs: 50,
            fit_validation_split: 0.5,
            // Steps so large that the loss soon grows.
            learn_rate: 0.9,
            fit_callbacks: callbacks.earlyStopping({ patience: 2, restoreBestWeights: true }),
          },
          { mode: "regression" },
        ),
      },
      says,
    );
    const losses = says.logs.map((logs) => logs["val_loss"]!);
    const best = losses.indexOf(Math.min(...losses));
    expect(result).toMatchObject({ stopped: "early", epochs: best + 3 });
    expect(result.model!.epoch).toBe(best + 1);
    expect((await result.model!.predict(test)).get("y")!.values).toEqual(seen[best]);
  });

  it("says when it watches what is not there", async () => {
    const { says } = await fit({
      model: model(oneLayer(3, "softmax"), { fit_epochs: 2, fit_callbacks: [callbacks.earlyStopping()] }),
    });
    expect(says.notes.map(({ message }) => message)).toEqual([
      'earlyStopping watches "val_loss", which the epoch log does not have (loss, accuracy), so it never stops the fit. Set fit_validation_split, or monitor one of these.',
    ]);
  });
});

describe("two classes", () => {
  const train = squares(100, { classes: 2 });
  it("two softmax units learn by binary crossentropy, as in kerasnip", async () => {
    const { says, model: fitted } = await fit({
      train,
      model: model(oneLayer(2, "softmax"), { fit_epochs: 10 }),
    });
    expect(says.logs.at(-1)!["accuracy"]).toBeGreaterThan(0.95);
    expect((await fitted!.predict(train)).get("label")!.units).toBe(2);
  });
  it("one sigmoid unit is the probability of the second class", async () => {
    const { says, model: fitted } = await fit({
      train,
      model: model(oneLayer(1, "sigmoid"), { fit_epochs: 10 }),
    });
    expect(says.logs.at(-1)!["accuracy"]).toBeGreaterThan(0.95);
    const { units, values } = (await fitted!.predict(train)).get("label")!;
    expect(units).toBe(2);
    const { codes } = train.outcomes.get("label") as Extract<Outcome, { kind: "nominal" }>;
    const right = codes.filter((code, row) => values[row * 2 + code]! > 0.5).length;
    expect(right).toBeGreaterThan(95);
    expect(values[0]! + values[1]!).toBeCloseTo(1, 6);
  });
  it("a loss from logits gives probabilities all the same", async () => {
    const { model: fitted } = await fit({
      train,
      model: model(oneLayer(2), {
        fit_epochs: 5,
        compile_loss: losses.categoricalCrossentropy({ fromLogits: true }),
      }),
    });
    const { values } = (await fitted!.predict(train)).get("label")!;
    expect(values[0]! + values[1]!).toBeCloseTo(1, 5);
  });
});

describe("losses and metrics of one's own", () => {
  const cubed = (truth: never, estimate: never) =>
    ops.mean(ops.pow(ops.abs(ops.sub(truth, estimate)), 3), -1);
  it("functions written with ops", async () => {
    const { says } = await fit({
      train: line(100),
      model: model(
        oneLayer(1),
        { fit_epochs: 40, learn_rate: 0.05, compile_loss: cubed, compile_metrics: [cubed, "mae"] },
        { mode: "regression" },
      ),
    });
    const last = says.logs.at(-1)!;
    expect(Object.keys(last)).toEqual(["loss", "cubed", "mae"]);
    expect(last["cubed"]).toBeCloseTo(last["loss"]!, 5);
    expect(last["loss"]).toBeLessThan(says.logs[0]!["loss"]! / 20);
  });
  it("and registered by name", async () => {
    register_keras_loss("cubed", cubed as never);
    const { says } = await fit({
      train: line(100),
      model: model(oneLayer(1), { compile_loss: "cubed" }, { mode: "regression" }),
    });
    expect(says.logs[0]!["loss"]).toBeGreaterThan(0);
  });
});

it("several outputs of both kinds, each with its own log", async () => {
  const pictures = squares(60);
  const train: Baked = {
    ...pictures,
    outcomes: new Map<string, Outcome>([
      ...pictures.outcomes,
      ["size", { kind: "numeric", values: Float32Array.from({ length: 60 }, (_, i) => i / 60) }],
    ]),
  };
  const { says, model: fitted } = await fit({
    train,
    model: model(
      { input, label: wired(head(3, "softmax"), "input"), size: wired(head(1), "input") },
      { compile_metrics: { label: "accuracy" }, compile_loss: { size: "mae" } },
    ),
  });
  expect(Object.keys(says.logs[0]!)).toEqual([
    "loss",
    "label_loss",
    "size_loss",
    "label_accuracy",
    "size_mean_absolute_error",
  ]);
  const prediction = await fitted!.predict(train);
  expect([...prediction].map(([name, { units }]) => [name, units])).toEqual([
    ["label", 3],
    ["size", 1],
  ]);
});

it("several numeric outcomes on one output, one unit each", async () => {
  const data = line(80);
  const { values } = data.outcomes.get("y") as Extract<Outcome, { kind: "numeric" }>;
  const train: Baked = {
    ...data,
    outcomes: new Map<string, Outcome>([
      ["y", { kind: "numeric", values }],
      ["minus", { kind: "numeric", values: values.map((v) => -v) }],
    ]),
  };
  const { model: fitted } = await fit({
    train,
    model: model(oneLayer(2), { fit_epochs: 120, learn_rate: 0.03 }, { mode: "regression" }),
  });
  const prediction = await fitted!.predict(train);
  expect(prediction.get("y")!.values[3]).toBeCloseTo(values[3]!, 1);
  expect(prediction.get("minus")!.values[3]).toBeCloseTo(-values[3]!, 1);
});

it("fit_validation_split takes the last rows, and a data set's own validation rows come before it", async () => {
  const train = squares(50);
  const epochs = async (job: Partial<FitJob>, args: object) => {
    const { says } = await fit({
      train,
      model: model(oneLayer(3, "softmax"), { fit_batch_size: 10, ...args }),
      ...job,
    });
    return { batches: says.progressed.at(-1)!.total, keys: Object.keys(says.logs[0]!).length };
  };
  expect(await epochs({}, {})).toEqual({ batches: 5, keys: 2 });
  expect(await epochs({}, { fit_validation_split: 0.2 })).toEqual({ batches: 4, keys: 4 });
  expect(await epochs({ validation: squares(20, { seed: 2 }) }, { fit_validation_split: 0.2 })).toEqual({
    batches: 5,
    keys: 4,
  });
});

it("the native engine says what keeps it from training, and what trains instead", async () => {
  const own = (truth: never, estimate: never) => ops.mean(ops.square(ops.sub(truth, estimate)), -1);
  const fitted = (args: Record<string, unknown>) =>
    fit({ model: model(oneLayer(3, "softmax"), args, { engine: "native" }) });
  expect((await fitted({})).says.notes).toEqual([]);
  expect((await fitted({ compile_loss: own })).says.notes).toEqual([
    {
      code: "not-native",
      message: expect.stringContaining(
        "trains this network, which is slower than ONNX Runtime. The loss own is a function of the spec, which computes with TensorFlow.js.",
      ),
    },
  ]);
});

describe("what cannot be fitted says which block, and what to do", () => {
  const withBlock = (fn: (args: { tensor: T }) => unknown) => ({
    input,
    middle: wired(block(fn as never, "tensor"), "input"),
    output: wired(head(3, "softmax"), "middle"),
  });
  const vectors: Baked = { ...line(40), outcomes: squares(40).outcomes };
  it.each<[string, Partial<FitJob> & Pick<FitJob, "model">]>([
    [
      'Block "middle": Conv2D needs an image input (height, width, channels), it got [2].',
      {
        train: vectors,
        model: model(withBlock(({ tensor }) => layers.conv2d({ filters: 2, kernelSize: 3 }).apply(tensor))),
      },
    ],
    [
      'Block "output" gives 4 values for each row, and label has 3 classes: let its last layer have units: num_classes.',
      { model: model(oneLayer(4, "softmax")) },
    ],
    [
      'Block "output" gives [8, 8, 3] for each row, and classes need one vector: put layers.flatten() or a global pooling layer before it.',
      {
        model: model({
          input,
          output: wired(
            block(({ tensor }: { tensor: T }) => layers.dense({ units: 3 }).apply(tensor), "tensor"),
            "input",
          ),
        }),
      },
    ],
    [
      'example is a regression, and its outcome label has classes: use mode: "classification".',
      { model: model(oneLayer(1), {}, { mode: "regression" }) },
    ],
    [
      "The loss became NaN in epoch 1: the weights have run away. Lower learn_rate (it is 0.01), or bring the inputs to a small range (step_rescale, step_normalize).",
      {
        model: model(oneLayer(3, "softmax"), {
          compile_loss: (_: never, estimate: never) => ops.log(ops.mul(estimate, -1)),
        }),
      },
    ],
    [
      'fit_class_weight names the class "z", and label has: a, b, c.',
      { model: model(oneLayer(3, "softmax"), { fit_class_weight: { z: 2 } }) },
    ],
    [
      'compile_loss: "crossentropy" is no loss. There are: mean_squared_error',
      { model: model(oneLayer(3), { compile_loss: "crossentropy" }) },
    ],
    [
      'compile_optimizer: "adamz" is no optimizer. There are: ',
      { model: model(oneLayer(3), { compile_optimizer: "adamz" }) },
    ],
    [
      "fit_epochs must be a whole number from 1, and it is 0.",
      { model: model(oneLayer(3), { fit_epochs: 0 }) },
    ],
    [
      "fit_validation_split: 0.95 of 10 rows leaves 0 to learn from and 10 to validate on. Choose another share.",
      { train: squares(10), model: model(oneLayer(3, "softmax"), { fit_validation_split: 0.95 }) },
    ],
  ])("%s", async (message, job) => {
    await expect(fit(job)).rejects.toThrow(message);
  });

  it("missing values, by input and row", async () => {
    const train = line(10);
    inMemory(train, "predictors").values[13] = NaN;
    await expect(fit({ train, model: model(oneLayer(1), {}, { mode: "regression" }) })).rejects.toThrow(
      "The input predictors has missing values (first in row 7): remove those rows, or fill them in.",
    );
  });
});
