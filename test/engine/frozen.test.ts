import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { fitModel, loadFittedModel } from "../../src/engine/index.ts";
import { startTensorFlow, tf } from "../../src/engine/tensorflow/index.ts";
import { layers } from "../../src/kspec/layers/index.ts";
import { load_model } from "../../src/kspec/load-model.ts";
import { readModelFiles, writeModelFiles } from "../../src/model/tfjs-files.ts";
import { block, inMemory, model, Recorder, squares, TENSORFLOW_JS, wired } from "./examples.ts";

type T = never;

// A base with batch normalisation whose averages are not those of the data, and a dropout: all that freezing must hold still.
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), "kspec-frozen-"));
  await startTensorFlow("auto", { specFolder: folder });
  const base = tf.sequential({
    layers: [
      tf.layers.conv2d({
        filters: 4,
        kernelSize: 3,
        inputShape: [8, 8, 1],
        kernelInitializer: tf.initializers.heNormal({ seed: 3 }),
      }),
      tf.layers.batchNormalization({
        movingMeanInitializer: tf.initializers.constant({ value: 0.2 }),
        scale: false,
      }),
      tf.layers.reLU(),
      tf.layers.dropout({ rate: 0.5 }),
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

const input = block(
  ({ input_shape }: { input_shape: number[] }) => layers.input({ shape: input_shape }),
  "input_shape",
);
const flatten = block(({ tensor }: { tensor: T }) => layers.flatten().apply(tensor), "tensor");
const dense = block(
  ({ tensor, num_classes }: { tensor: T; num_classes: number }) =>
    layers.dense({ units: num_classes, activation: "softmax" }).apply(tensor),
  "tensor",
  "num_classes",
);
const frozenBase = block(({ tensor }: { tensor: T }) => {
  const base = load_model("base/model.json");
  base.trainable = false;
  return base.apply(tensor);
}, "tensor");
const transfer = {
  input,
  base: wired(frozenBase, "input"),
  flatten: wired(flatten, "base"),
  output: wired(dense, "flatten"),
};

describe("a frozen base", () => {
  it("is computed once for each row, and bit for bit what it was after the fit", async () => {
    const says = new Recorder();
    const result = await fitModel(
      {
        model: model(transfer, { fit_epochs: 3, fit_validation_split: 0.2 }),
        train: squares(100),
        seed: 1,
        specFolder: folder,
      },
      says,
    );
    expect(says.phases).toEqual(["features", "fit"]);
    const features = says.progressed.filter(({ phase }) => phase === "features");
    expect(features.at(0)).toMatchObject({ phase: "features", done: 0, total: 100, unit: "images" });
    expect(features.at(-1)).toMatchObject({ phase: "features", done: 100, total: 100, unit: "images" });
    expect(features.length).toBeLessThanOrEqual(4);
    expect(says.layers.map(({ block, frozen, trainable }) => [block, frozen, trainable])).toEqual([
      ["input", false, true],
      ["base", true, false],
      ["flatten", true, true],
      ["output", false, true],
    ]);
    expect(says.parameters.trainable).toBe(144 * 3 + 3);

    const saved = path.join(folder, "saved");
    await result.model!.save(saved);
    const before = (await readModelFiles(path.join(folder, "base/model.json"))).weights;
    const after = (await readModelFiles(path.join(saved, "model.json"))).weights;
    for (const [name, { values }] of before) expect(after.get(name)!.values, name).toEqual(values);
    expect(after.size).toBe(before.size + 2);
  });

  it("gives the same losses as training on its features", async () => {
    const train = squares(100);
    const [onNative, says] = [new Recorder(), new Recorder()];
    for (const [engine, recorder] of [
      ["auto", onNative],
      [TENSORFLOW_JS, says],
    ] as const)
      await fitModel(
        { model: model(transfer, { fit_epochs: 3 }, { engine }), train, seed: 5, specFolder: folder },
        recorder,
      );

    // The features, computed here by plain TensorFlow.js, given to the head alone.
    const { topology, weights } = await readModelFiles(path.join(folder, "base/model.json"));
    const base = await tf.models.modelFromJSON({ modelTopology: topology } as never);
    base.loadWeights(
      Object.fromEntries(
        [...weights].map(([name, w]) => [name, tf.tensor(w.values as Float32Array, [...w.shape])]),
      ),
    );
    const images = inMemory(train, "image");
    const features = base.predict(tf.tensor(images.values, [100, ...images.shape])) as ReturnType<
      typeof tf.tensor
    >;
    const head = { input, flatten: wired(flatten, "input"), output: wired(dense, "flatten") };
    const onFeatures = new Recorder();
    await fitModel(
      {
        model: model(head, { fit_epochs: 3 }, { engine: TENSORFLOW_JS }),
        train: {
          ...train,
          inputs: new Map([
            [
              "image",
              {
                kind: "tensor",
                shape: features.shape.slice(1),
                values: features.dataSync<"float32">().slice(),
              },
            ],
          ]),
        },
        seed: 5,
        specFolder: folder,
      },
      onFeatures,
    );
    expect(onFeatures.phases).toEqual(["fit"]);
    for (const [epoch, logs] of says.logs.entries())
      for (const [name, value] of Object.entries(logs))
        expect(value, name).toBeCloseTo(onFeatures.logs[epoch]![name]!, 6);
    expect(says.logs).toHaveLength(onFeatures.logs.length);
    // ONNX Runtime adds up in another order.
    for (const [epoch, logs] of onNative.logs.entries())
      expect(logs["loss"]).toBeCloseTo(onFeatures.logs[epoch]!["loss"]!, 5);
  });

  it("is written once, and a model is complete after every epoch", async () => {
    const saved = path.join(folder, "epochs");
    const says = new Recorder();
    const names: string[][] = [];
    says.onEpoch = async (epoch, fitted) => {
      await fitted.save(saved);
      names.push((await readdir(saved)).filter((name) => name.endsWith(".bin")).sort());
      expect((await loadFittedModel(saved)).epoch).toBe(epoch);
    };
    await fitModel(
      { model: model(transfer, { fit_epochs: 3 }), train: squares(60), seed: 1, specFolder: folder },
      says,
    );
    expect(names.map((files) => files.length)).toEqual([2, 2, 2]);
    expect(new Set(names.map(([frozen]) => frozen)).size).toBe(1);
    expect(new Set(names.map(([, trained]) => trained)).size).toBe(3);
  });

  it("is read by tf.loadLayersModel as it stands", async () => {
    const saved = path.join(folder, "epochs");
    const fitted = await loadFittedModel(saved);
    const json = JSON.parse(await readFile(path.join(saved, "model.json"), "utf8"));
    const specs = json.weightsManifest.flatMap((group: { weights: object[] }) => group.weights);
    const files = await Promise.all(
      json.weightsManifest.flatMap((group: { paths: string[] }) =>
        group.paths.map((name) => readFile(path.join(saved, name))),
      ),
    );
    const weightData = new Uint8Array(Buffer.concat(files)).buffer;
    const plain = await tf.loadLayersModel({
      load: () => Promise.resolve({ modelTopology: json.modelTopology, weightSpecs: specs, weightData }),
    });
    const test = squares(20, { seed: 9 });
    const images = inMemory(test, "image");
    const expected = plain.predict(tf.tensor(images.values, [20, ...images.shape])) as ReturnType<
      typeof tf.tensor
    >;
    expect((await fitted.predict(test)).get("label")!.values).toEqual(expected.dataSync());
  });
});

it("a base whose top is trained moves, its batch normalisation too", async () => {
  const open = block(({ tensor }: { tensor: T }) => load_model("base/model.json").apply(tensor), "tensor");
  const says = new Recorder();
  const result = await fitModel(
    {
      model: model({ ...transfer, base: wired(open, "input") }, { fit_epochs: 1 }),
      train: squares(64),
      seed: 1,
      specFolder: folder,
    },
    says,
  );
  expect(says.phases).toEqual(["fit"]);
  await result.model!.save(path.join(folder, "open"));
  const before = (await readModelFiles(path.join(folder, "base/model.json"))).weights;
  const after = (await readModelFiles(path.join(folder, "open/model.json"))).weights;
  for (const [name, { values }] of before) expect(after.get(name)!.values, name).not.toEqual(values);
});

it("a frozen batch normalisation behind trained layers runs in inference mode and stays", async () => {
  const middle = block(({ tensor }: { tensor: T }) => {
    const norm = layers.batchNormalization({ name: "held" });
    norm.trainable = false;
    const conv = layers.conv2d({ filters: 3, kernelSize: 3 }).apply(tensor);
    return norm.apply(conv);
  }, "tensor");
  const result = await fitModel(
    {
      model: model({ ...transfer, base: wired(middle, "input") }, { fit_epochs: 2 }),
      train: squares(64),
      seed: 1,
      specFolder: folder,
    },
    new Recorder(),
  );
  await result.model!.save(path.join(folder, "middle"));
  const { weights } = await readModelFiles(path.join(folder, "middle/model.json"));
  expect([...weights.get("held/moving_mean")!.values]).toEqual([0, 0, 0]);
  expect([...weights.get("held/moving_variance")!.values]).toEqual([1, 1, 1]);
  expect([...weights.get("held/gamma")!.values]).toEqual([1, 1, 1]);
});

it("a shared frozen layer is frozen wherever it is applied", async () => {
  const twice = block(({ tensor }: { tensor: T }) => {
    const shared = layers.dense({ units: 5, activation: "relu", name: "shared" });
    const left = shared.apply(tensor);
    const right = shared.apply(layers.dropout({ rate: 0.5 }).apply(tensor));
    shared.trainable = false;
    return layers.concatenate().apply([left, right]);
  }, "tensor");
  const spec = {
    input,
    flat: wired(flatten, "input"),
    base: wired(twice, "flat"),
    output: wired(dense, "base"),
  };
  const says = new Recorder();
  const result = await fitModel(
    { model: model(spec, { fit_epochs: 2 }), train: squares(64), seed: 1, specFolder: folder },
    says,
  );
  expect(says.parameters).toEqual({ total: 64 * 5 + 5 + 10 * 3 + 3, trainable: 10 * 3 + 3 });
  await result.model!.save(path.join(folder, "shared"));
  const first = (await readModelFiles(path.join(folder, "shared/model.json"))).weights.get("shared/bias")!;
  expect([...first.values]).toEqual([0, 0, 0, 0, 0]);
});

it("nothing to train is said", async () => {
  const all = {
    input,
    output: wired(
      block(({ tensor }: { tensor: T }) => {
        const layer = layers.dense({ units: 3, activation: "softmax" });
        layer.trainable = false;
        return layer.apply(layers.flatten().apply(tensor));
      }, "tensor"),
      "input",
    ),
  };
  await expect(
    fitModel({ model: model(all), train: squares(10), seed: 1, specFolder: folder }, new Recorder()),
  ).rejects.toThrow("Nothing in example can be trained: every layer with weights is frozen.");
});

it("a dropout in the head draws a new mask each step, the same for the same seed", async () => {
  const seeded = block(
    ({ tensor }: { tensor: T }) =>
      layers.dropout({ rate: 0.5, seed: 3 }).apply(layers.flatten().apply(tensor)),
    "tensor",
  );
  const spec = { ...transfer, flatten: wired(seeded, "base") };
  const history = async () => {
    const says = new Recorder();
    await fitModel(
      {
        // A learning rate of next to nothing: the losses of two epochs differ by their masks alone.
        model: model(spec, { fit_epochs: 2, fit_shuffle: false, learn_rate: 1e-12 }),
        train: squares(32),
        seed: 1,
        specFolder: folder,
      },
      says,
    );
    return says.logs.map((logs) => logs["loss"]!);
  };
  const losses = await history();
  expect(Math.abs(losses[0]! - losses[1]!)).toBeGreaterThan(1e-4);
  expect(await history()).toEqual(losses);
});
