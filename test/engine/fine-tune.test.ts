import { mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { fitModel, loadFittedModel } from "../../src/engine/index.ts";
import { startTensorFlow, tf } from "../../src/engine/tensorflow/index.ts";
import { fine_tune, type FineTuneOptions } from "../../src/kspec/fine-tune.ts";
import { layers } from "../../src/kspec/layers/index.ts";
import { load_model } from "../../src/kspec/load-model.ts";
import { readModelFiles, writeModelFiles } from "../../src/model/tfjs-files.ts";
import { block, model, Recorder, squares, TENSORFLOW_JS, wired } from "./examples.ts";

type T = never;

// A base of two convolutions, each with batch normalisation behind it, whose averages are not those of the data.
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), "kspec-fine-tune-"));
  await startTensorFlow("auto", { specFolder: folder });
  const convolution = (name: string, filters: number, options = {}) =>
    tf.layers.conv2d({
      name,
      filters,
      kernelSize: 3,
      kernelInitializer: tf.initializers.heNormal({ seed: 3 }),
      ...options,
    });
  const norm = (name: string) =>
    tf.layers.batchNormalization({ name, movingMeanInitializer: tf.initializers.constant({ value: 0.2 }) });
  const base = tf.sequential({
    layers: [
      convolution("conv1", 4, { inputShape: [8, 8, 1] }),
      norm("bn1"),
      tf.layers.reLU({ name: "relu1" }),
      convolution("conv2", 6),
      norm("bn2"),
      tf.layers.reLU({ name: "relu2" }),
    ],
  });
  const weights = base.weights.map((w) => [
    w.originalName,
    { shape: w.shape as number[], dtype: "float32", values: w.read().dataSync<"float32">().slice() },
  ]) as Parameters<typeof writeModelFiles>[2][number]["weights"];
  await writeModelFiles(
    path.join(folder, "base"),
    base.toJSON(null, false) as never,
    [{ name: "base.bin", weights }],
    {},
  );
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const transfer = {
  input: block(
    ({ input_shape }: { input_shape: number[] }) => layers.input({ shape: input_shape }),
    "input_shape",
  ),
  base: wired(
    block(({ tensor }: { tensor: T }) => {
      const base = load_model("base/model.json");
      base.trainable = false;
      return base.apply(tensor);
    }, "tensor"),
    "input",
  ),
  flatten: wired(
    block(({ tensor }: { tensor: T }) => layers.flatten().apply(tensor), "tensor"),
    "base",
  ),
  output: wired(
    block(
      ({ tensor, num_classes }: { tensor: T; num_classes: number }) =>
        layers.dense({ units: num_classes, activation: "softmax" }).apply(tensor),
      "tensor",
      "num_classes",
    ),
    "flatten",
  ),
};

async function tuned(
  options: FineTuneOptions,
  engine: "auto" | typeof TENSORFLOW_JS = "auto",
  signal?: AbortSignal,
) {
  const says = new Recorder();
  const result = await fitModel(
    {
      model: model(transfer, { fit_epochs: 2, fit_validation_split: 0.2 }, { engine }),
      train: squares(120),
      seed: 1,
      specFolder: folder,
      fineTune: fine_tune(options),
    },
    says,
    signal,
  );
  return { says, result };
}

async function weightsOf(result: Awaited<ReturnType<typeof tuned>>["result"], name: string) {
  const saved = path.join(folder, name);
  await result.model!.save(saved);
  const before = (await readModelFiles(path.join(folder, "base/model.json"))).weights;
  const after = (await readModelFiles(path.join(saved, "model.json"))).weights;
  return [...before]
    .filter(([weight, { values }]) => after.get(weight)!.values.join() !== values.join())
    .map(([weight]) => weight);
}

describe("fine-tuning", () => {
  it("trains the base from the named layer on; what is before stays bit for bit, and so do averages", async () => {
    const { says, result } = await tuned({ from: "conv2", epochs: 3, learn_rate: 0.001 });
    expect(result).toMatchObject({ epochs: 5, stopped: "finished" });
    expect(says.logs).toHaveLength(5);
    expect(says.phases).toEqual(["features", "fit", "features", "fit"]);
    expect(await weightsOf(result, "tuned")).toEqual(["conv2/kernel", "conv2/bias", "bn2/gamma", "bn2/beta"]);
    expect(says.logs.at(-1)!["loss"]).toBeLessThan(says.logs[1]!["loss"]!);
    const loaded = await loadFittedModel(path.join(folder, "tuned"));
    const [own, again] = await Promise.all([result.model!.predict(squares(20)), loaded.predict(squares(20))]);
    const [a, b] = [own, again].map((one) => one.get("label")!.values);
    for (const [i, value] of a!.entries()) expect(b![i]).toBeCloseTo(value, 5);
  });

  it("moves the averages of batch normalisation where that is asked", async () => {
    const { result } = await tuned({ from: "conv2", learn_rate: 0.001, batch_normalization: "training" });
    expect(await weightsOf(result, "moved")).toContain("bn2/moving_mean");
  });

  it("is the same on both engines", async () => {
    const [native, tensorflow] = await Promise.all([
      tuned({ from: "conv2", epochs: 2, learn_rate: 0.001 }),
      tuned({ from: "conv2", epochs: 2, learn_rate: 0.001 }, TENSORFLOW_JS),
    ]);
    expect(native.says.notes.filter(({ code }) => code === "not-native")).toEqual([]);
    for (const [i, log] of native.says.logs.entries())
      for (const [key, value] of Object.entries(log))
        expect(tensorflow.says.logs[i]![key], key).toBeCloseTo(value, 3);
  });

  it("keeps the head's model when it is cancelled in its first epoch", async () => {
    const cancel = new AbortController();
    const says = new Recorder();
    let fits = 0;
    says.phase = (phase) => {
      if (phase === "fit" && ++fits === 2) cancel.abort();
    };
    const result = await fitModel(
      {
        model: model(transfer, { fit_epochs: 2 }),
        train: squares(60),
        seed: 1,
        specFolder: folder,
        fineTune: fine_tune({ from: "conv2", epochs: 50 }),
      },
      says,
      cancel.signal,
    );
    expect(result).toMatchObject({ stopped: "cancelled", epochs: 2 });
    expect(result.model!.epoch).toBe(2);
  });

  it("names layers that there are, where the base has none of that name", async () => {
    await expect(tuned({ from: "conv3" })).rejects.toThrow(
      'fine_tune: the base has no layer "conv3". Some that it has: conv1, ',
    );
  });
});
