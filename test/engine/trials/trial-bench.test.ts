import { afterEach, describe, expect, it } from "vitest";
import type { Baked, StreamedColumn } from "../../../src/data/baked.ts";
import { fingerprint } from "../../../src/data/fingerprint.ts";
import { fitModel, openTrialBench, type TrialBench } from "../../../src/engine/index.ts";
import { tf } from "../../../src/engine/tensorflow/index.ts";
import { callbacks } from "../../../src/kspec/callbacks.ts";
import type { FineTuneDescription, ModelDescription } from "../../../src/kspec/description.ts";
import { fine_tune } from "../../../src/kspec/fine-tune.ts";
import { layers } from "../../../src/kspec/layers/index.ts";
import { load_model } from "../../../src/kspec/load-model.ts";
import { block, inMemory, line, model, Recorder, squares, wired } from "../examples.ts";

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

const twoInputs = {
  image: input,
  extra: input,
  base: wired(digitsBase, "image"),
  flatten: wired(flatten, "base"),
  both: wired(
    block(
      ({ left, right }: { left: T; right: T }) => layers.concatenate().apply([left, right]),
      "left",
      "right",
    ),
    { left: "flatten", right: "extra" },
  ),
  output: wired(softmax, "both"),
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
  fineTune?: FineTuneDescription,
): Promise<{ values: ReadonlyMap<string, Float32Array>; logs: Recorder["logs"] }> {
  const says = new Recorder();
  const { model: whole } = await fitModel(
    {
      model: described,
      train,
      seed,
      specFolder,
      store: null,
      ...(fineTune === undefined ? {} : { fineTune }),
    },
    says,
  );
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

/** The same with a second input, of three numbers. */
function withExtra(rows: Baked): Baked {
  const values = Float32Array.from({ length: rows.rows * 3 }, (_, i) => (i % 7) / 7);
  return { ...rows, inputs: new Map([...rows.inputs, ["extra", { kind: "tensor", shape: [3], values }]]) };
}

/** The same rows as images that are read when somebody asks for them, each in several variants; `read` counts what was. */
function images(rows: Baked, views: number): { baked: Baked; counted: { read: number } } {
  const { shape, values } = inMemory(rows, "image");
  const size = shape.reduce((a, b) => a * b, 1);
  const counted = { read: 0 };
  const own = (row: number) => values.slice(row * size, (row + 1) * size);
  const column = (variants: number): StreamedColumn => ({
    kind: "streamed",
    shape,
    views: variants,
    read(from, to) {
      counted.read += to - from;
      const some = new Float32Array((to - from) * size);
      for (let entry = from; entry < to; entry++)
        some.set(
          own(Math.floor(entry / variants)).map((value) => value * (1 + (entry % variants) / 4)),
          (entry - from) * size,
        );
      return Promise.resolve(some);
    },
    digests: (from, to) =>
      Promise.resolve(
        Array.from({ length: to - from }, (_, i) =>
          fingerprint(
            new Uint8Array(own(Math.floor((from + i) / variants)).buffer),
            String((from + i) % variants),
          ),
        ),
      ),
    ...(variants === 1 ? {} : { plain: column(1) }),
  });
  return { baked: { ...rows, inputs: new Map([["image", column(views)]]) }, counted };
}

describe("a trial predicts what the model of a fit would, with the same seed", () => {
  const args = { fit_epochs: 3, learn_rate: 0.01 };
  it.each([
    ["a frozen base", model(digits, args), digitRows(60, 1), digitRows(20, 2)],
    ["a convnet", model(convnet, args), squares(60), squares(20, { seed: 2 })],
    ["validation rows", model(convnet, { ...args, fit_validation_split: 0.25 }), squares(60), squares(20)],
    ["a regression", model(regression, args, { mode: "regression" }), line(60), line(20, 2)],
    ["recurrent layers and dropout", model(recurrent, args), squares(60), squares(20, { seed: 2 })],
    ["several inputs", model(twoInputs, args), withExtra(digitRows(60, 1)), withExtra(digitRows(20, 2))],
    ["random views of images", model(digits, args), images(digitRows(40, 1), 3).baked, digitRows(20, 2)],
    [
      "weights of rows and of classes",
      model(digits, { ...args, fit_class_weight: { a: 3, b: 0.5 } }),
      digitRows(60, 1),
      digitRows(20, 2),
    ],
    [
      "another loss and optimizer",
      model(convnet, { ...args, compile_loss: "mean_squared_error", compile_optimizer: "rmsprop" }),
      squares(60),
      squares(20, { seed: 2 }),
    ],
    [
      "a loss of the spec's own",
      model(convnet, {
        ...args,
        compile_loss: (truth: { sub(other: unknown): { square(): unknown } }, estimate: unknown) =>
          truth.sub(estimate).square(),
      }),
      squares(60),
      squares(20, { seed: 2 }),
    ],
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

it("a trial whose base is trained as well is a whole fit", async () => {
  bench = openTrialBench({ specFolder, store: null });
  const described = model(digits, { fit_epochs: 1 });
  const fineTune = fine_tune({ from: "digits_conv6", epochs: 1, learn_rate: 0.001 });
  const [analysis, assessment] = [digitRows(40, 1), digitRows(10, 2)];
  const trial = await bench.fit({ model: described, analysis, assessment, seed: 2, fineTune });
  expect(trial.history.map(({ epoch }) => epoch)).toEqual([1, 2]);
  const expected = await fitted(described, analysis, assessment, 2, fineTune);
  expect(trial.predictions.get(1)!.get("label")!.values).toEqual(expected.values.get("label"));
});

describe("what a trial gives depends on the trial alone", () => {
  const jobs = [
    { hidden_units: 4, learn_rate: 0.01 },
    { hidden_units: 12, learn_rate: 0.01, compile_optimizer: "sgd" },
    { hidden_units: 4, learn_rate: 0.001, fit_batch_size: 8 },
    { hidden_units: 4, learn_rate: 0.01 },
  ];

  it("not on those before it, nor on how much is kept", async () => {
    const [analysis, assessment] = [digitRows(50, 1), digitRows(20, 2)];
    const run = async (which: readonly number[], memory?: number) => {
      const own = openTrialBench({ specFolder, store: null, ...(memory === undefined ? {} : { memory }) });
      const results = new Map<number, unknown>();
      for (const i of which) {
        const { predictions, history } = await own.fit({
          model: model(digits, { fit_epochs: 2, ...jobs[i]! }),
          analysis,
          assessment,
          seed: 3,
        });
        results.set(i, { values: predictions.get(2)!.get("label")!.values, history });
      }
      await own.dispose();
      return results;
    };
    const together = await run([0, 1, 2, 3]);
    expect(together.get(3)).toEqual(together.get(0));
    expect(together.get(1)).not.toEqual(together.get(0));
    expect(await run([2, 1, 0])).toEqual(new Map([...together].filter(([i]) => i < 3)));
    // So little that nothing survives a trial.
    expect(await run([0, 1, 2, 3], 1)).toEqual(together);
  });

  it("nor on how many processes share the machine", async () => {
    // A head large enough for several threads.
    const large = model(digits, { fit_epochs: 2, hidden_units: 3000 });
    const [analysis, assessment] = [digitRows(50, 1), digitRows(20, 2)];
    const values = async (workers: number) => {
      const own = openTrialBench({ specFolder, store: null, workers });
      const { predictions } = await own.fit({ model: large, analysis, assessment, seed: 3 });
      await own.dispose();
      return predictions.get(2)!.get("label")!.values;
    };
    const shared = await values(64);
    expect(await values(1)).toEqual(shared);
  });
});

describe("stops", () => {
  it("are what fits of so many epochs would have predicted", async () => {
    bench = openTrialBench({ specFolder, store: null });
    const described = model(convnet, { learn_rate: 0.01 });
    const [analysis, assessment] = [squares(60), squares(20, { seed: 2 })];
    const job = { model: described, analysis, assessment, seed: 4 };
    const once = await bench.fit({ ...job, stops: [1, 3, 4] });
    expect([...once.predictions.keys()]).toEqual([1, 3, 4]);
    for (const stop of [1, 3, 4]) {
      const alone = await bench.fit({ ...job, stops: [stop] });
      expect(once.predictions.get(stop)).toEqual(alone.predictions.get(stop));
      expect(alone.history).toEqual(once.history.slice(0, stop));
    }
  });

  it("behind an early end have what it ended with: here the best epoch's weights", async () => {
    bench = openTrialBench({ specFolder, store: null });
    const described = model(convnet, {
      fit_epochs: 9,
      learn_rate: 3,
      fit_callbacks: [callbacks.earlyStopping({ monitor: "loss", patience: 1, restoreBestWeights: true })],
    });
    const [analysis, assessment] = [squares(60), squares(20, { seed: 2 })];
    const trial = await bench.fit({ model: described, analysis, assessment, seed: 1, stops: [1, 8, 9] });
    expect(trial.stopped).toBe("early");
    expect(trial.predictions.get(8)).toEqual(trial.predictions.get(9));
    const expected = await fitted(described, analysis, assessment, 1);
    expectClose(trial.predictions.get(9)!.get("label")!.values, expected.values.get("label")!);
  });
});

describe("what trials have in common is made once", () => {
  it("images are read and brought through the frozen base once", async () => {
    bench = openTrialBench({ specFolder, store: null });
    const analysis = images(digitRows(30, 1), 1);
    const assessment = images(digitRows(10, 2), 1);
    for (const rate of [0.1, 0.01, 0.001])
      await bench.fit({
        model: model(digits, { learn_rate: rate }),
        analysis: analysis.baked,
        assessment: assessment.baked,
        seed: 1,
      });
    expect([analysis.counted.read, assessment.counted.read]).toEqual([30, 10]);
  });

  it("other folds of the same images find them, also without a feature cache on the disk", async () => {
    bench = openTrialBench({ specFolder, store: null });
    const all = digitRows(30, 1);
    const first = images(all, 1);
    const seen: [number, number, number][] = [];
    await bench.prepare(model(digits), first.baked, undefined, (...progress) => seen.push(progress));
    expect(seen.at(-1)).toEqual([30, 30, 0]);
    const again = images(all, 1);
    const job = { model: model(digits), analysis: again.baked, assessment: again.baked, seed: 1 };
    await bench.fit(job);
    expect(again.counted.read).toBe(0);
  });

  it.each(["auto", "wasm"] as const)("nothing is left behind by a trial on %s", async (engine) => {
    bench = openTrialBench({ specFolder, store: null, memory: 1 });
    const [analysis, assessment] = [squares(40), squares(20, { seed: 2 })];
    const trial = (units: number) =>
      bench!.fit({
        model: model(
          { ...convnet, hidden: wired(hidden, "flatten"), output: wired(softmax, "hidden") },
          { hidden_units: units },
          { engine },
        ),
        analysis,
        assessment,
        seed: 1,
      });
    await trial(3);
    const before = tf.memory().numTensors;
    for (const units of [4, 5, 3]) await trial(units);
    expect(tf.memory().numTensors).toBe(before);
  });
});

it("a slower engine is told by every trial that has it", async () => {
  bench = openTrialBench({ specFolder, store: null });
  const described = (rate: number) =>
    model(
      convnet,
      {
        learn_rate: rate,
        compile_loss: (truth: { sub(other: unknown): { square(): unknown } }, estimate: unknown) =>
          truth.sub(estimate).square(),
      },
      { engine: "native" },
    );
  const job = { analysis: squares(20), assessment: squares(10, { seed: 2 }), seed: 1 };
  for (const rate of [0.1, 0.01]) {
    const { notes } = await bench.fit({ ...job, model: described(rate) });
    expect(notes).toEqual([
      { severity: "warning", message: expect.stringContaining("is a function of the spec") as unknown },
    ]);
  }
});

describe("what goes wrong", () => {
  const [analysis, assessment] = [squares(40), squares(20, { seed: 2 })];
  const job = { analysis, assessment, seed: 1 };

  it("a learning rate that runs away", async () => {
    bench = openTrialBench({ specFolder, store: null });
    const described = model(
      {
        input,
        flatten: wired(flatten, "input"),
        output: wired(
          block(({ tensor }: { tensor: T }) => layers.dense({ units: 3 }).apply(tensor), "tensor"),
          "flatten",
        ),
      },
      { fit_epochs: 5, learn_rate: 1e30, compile_loss: "mean_squared_error", compile_optimizer: "sgd" },
    );
    await expect(bench.fit({ ...job, model: described })).rejects.toMatchObject({ code: "loss-not-finite" });
    // The bench is as good as before.
    await bench.fit({ ...job, model: model(convnet) });
  });

  it("layers that do not fit: the block is named", async () => {
    bench = openTrialBench({ specFolder, store: null });
    const small = {
      ...convnet,
      conv: wired(
        block(
          ({ tensor, units = 3 }: { tensor: T; units?: number }) =>
            layers.conv2d({ filters: 4, kernelSize: units }).apply(tensor),
          "tensor",
          "units?",
        ),
        "input",
      ),
    };
    await expect(bench.fit({ ...job, model: model(small, { conv_units: 9 }) })).rejects.toThrow(
      /^Block "conv"/,
    );
    await expect(bench.compile(model(small, { conv_units: 9 }), analysis)).rejects.toThrow(/^Block "conv"/);
  });

  it("a cancel, before and within", async () => {
    bench = openTrialBench({ specFolder, store: null });
    const reason = new Error("enough");
    await expect(bench.fit({ ...job, model: model(convnet) }, AbortSignal.abort(reason))).rejects.toBe(
      reason,
    );
    const stop = new AbortController();
    const fit = bench.fit({ ...job, model: model(convnet, { fit_epochs: 100_000 }) }, stop.signal);
    setTimeout(() => stop.abort(reason), 200);
    const began = performance.now();
    await expect(fit).rejects.toBe(reason);
    expect(performance.now() - began).toBeLessThan(5000);
  });
});

it("compiles without fitting: parameters as the fit counts them", async () => {
  bench = openTrialBench({ specFolder, store: null });
  const described = model(digits, { hidden_units: 5 });
  const says = new Recorder();
  const { model: whole } = await fitModel(
    { model: described, train: digitRows(20, 1), seed: 1, specFolder, store: null },
    says,
  );
  whole!.dispose();
  expect((await bench.compile(described, digitRows(20, 1))).parameters).toEqual(says.parameters);
});

it("graphs that were compiled before are trained with: also those with weights that are drawn and held", async () => {
  const held = block(({ tensor }: { tensor: T }) => {
    const layer = layers.dense({ units: 6 });
    layer.trainable = false;
    return layer.apply(tensor);
  }, "tensor");
  const described = model(
    { ...digits, held: wired(held, "hidden"), output: wired(softmax, "held") },
    { fit_epochs: 2 },
  );
  bench = openTrialBench({ specFolder, store: null });
  const [analysis, assessment] = [digitRows(40, 1), digitRows(10, 2)];
  await bench.compile(described, analysis);
  const trial = await bench.fit({ model: described, analysis, assessment, seed: 0 });
  const expected = await fitted(described, analysis, assessment, 0);
  expectClose(trial.predictions.get(2)!.get("label")!.values, expected.values.get("label")!);
});
