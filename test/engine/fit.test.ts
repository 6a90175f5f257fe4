import { mkdtemp, readdir, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { fitModel, loadFittedModel } from "../../src/engine/index.ts";
import type { TensorDescription } from "../../src/kspec/description.ts";
import { layers } from "../../src/kspec/layers/index.ts";
import { block, line, model, Recorder, squares, wired } from "./examples.ts";

type T = never;
const specFolder = import.meta.dirname;
const input = block(
  ({ input_shape }: { input_shape: number[] }) => layers.input({ shape: input_shape }),
  "input_shape",
);
const conv = block(
  ({ tensor }: { tensor: T }) =>
    layers.conv2d({ filters: 8, kernelSize: 3, activation: "relu" }).apply(tensor),
  "tensor",
);
const flatten = block(({ tensor }: { tensor: T }) => layers.flatten().apply(tensor), "tensor");
const softmax = block(
  ({ tensor, num_classes }: { tensor: T; num_classes: number }) =>
    layers.dense({ units: num_classes, activation: "softmax" }).apply(tensor),
  "tensor",
  "num_classes",
);
const convnet = {
  input,
  conv: wired(conv, "input"),
  flatten: wired(flatten, "conv"),
  output: wired(softmax, "flatten"),
};

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), "kspec-fit-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe("a plain convnet", () => {
  it("learns, predicts, and is the same after saving and loading", async () => {
    const says = new Recorder();
    const result = await fitModel(
      {
        model: model(convnet, { fit_epochs: 4, fit_validation_split: 0.2 }),
        train: squares(300),
        seed: 1,
        specFolder,
      },
      says,
    );
    expect(result.stopped).toBe("finished");
    expect(says.phases).toEqual(["fit"]);
    expect(says.logs).toHaveLength(4);
    expect(Object.keys(says.logs[0]!)).toEqual(["loss", "accuracy", "val_loss", "val_accuracy"]);
    expect(says.logs[3]!["val_accuracy"]).toBeGreaterThan(0.95);
    expect(says.progressed.at(-1)).toEqual({ phase: "fit", done: 32, total: 32, unit: "batches" });
    expect(says.layers.map(({ block, class: name, output_shape }) => [block, name, output_shape])).toEqual([
      ["input", "InputLayer", [8, 8, 1]],
      ["conv", "Conv2D", [6, 6, 8]],
      ["flatten", "Flatten", [288]],
      ["output", "Dense", [3]],
    ]);
    expect(says.parameters).toEqual({ total: 80 + 867, trainable: 80 + 867 });

    const test = squares(50, { seed: 2 });
    const before = (await result.model!.predict(test)).get("label")!;
    expect(before.units).toBe(3);
    await result.model!.save(folder);
    const again = await loadFittedModel(folder);
    expect(again.epoch).toBe(4);
    expect((await again.predict(test)).get("label")!.values).toEqual(before.values);
    expect((await readdir(folder)).filter((name) => name.endsWith(".bin"))).toHaveLength(1);
  });

  it("gives the same history for the same seed, and another for another", async () => {
    const history = async (seed: number) => {
      const says = new Recorder();
      const result = await fitModel(
        { model: model(convnet, { fit_epochs: 2 }), train: squares(100), seed, specFolder },
        says,
      );
      result.model!.dispose();
      return says.logs;
    };
    const first = await history(7);
    expect(await history(7)).toEqual(first);
    expect(await history(8)).not.toEqual(first);
  });
});

it("a linear regression finds the coefficients", async () => {
  const linear = {
    input,
    output: wired(
      block(
        ({ tensor }: { tensor: TensorDescription }) => layers.dense({ units: 1 }).apply(tensor as never),
        "tensor",
      ),
      "input",
    ),
  };
  const says = new Recorder();
  const result = await fitModel(
    {
      model: model(linear, { fit_epochs: 100 }, { mode: "regression" }),
      train: line(200),
      seed: 1,
      specFolder,
    },
    says,
  );
  expect(Object.keys(says.logs[0]!)).toEqual(["loss", "mean_absolute_error"]);
  expect(says.logs.at(-1)!["mean_absolute_error"]).toBeLessThan(0.02);
  const prediction = (await result.model!.predict(line(20, 2))).get("y")!;
  const truth = line(20, 2).outcomes.get("y") as { values: Float32Array };
  for (let i = 0; i < 20; i++) expect(prediction.values[i]).toBeCloseTo(truth.values[i]!, 1);
});
