import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Baked, StreamedColumn } from "../../src/data/baked.ts";
import { openFeatureStore, type FeatureStore } from "../../src/engine/feature-store/index.ts";
import { fitModel, openFeatures, type FitJob } from "../../src/engine/index.ts";
import { fingerprint } from "../../src/data/fingerprint.ts";
import { layers } from "../../src/kspec/layers/index.ts";
import { load_model } from "../../src/kspec/load-model.ts";
import { block, inMemory, model, Recorder, squares, TENSORFLOW_JS, wired } from "./examples.ts";

type T = never;
let folder: string;
let store: FeatureStore;
beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), "kspec-features-"));
  store = openFeatureStore({ folder });
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** The digits base that comes with KSpec, under a head of so many units. */
function transfer({ units = 3, names = ["input", "base"], fit = {} } = {}) {
  const [input, base] = names as [string, string];
  return model(
    {
      [input]: block(
        ({ input_shape }: { input_shape: number[] }) => layers.input({ shape: input_shape }),
        "input_shape",
      ),
      [base]: wired(
        block(({ tensor }: { tensor: T }) => {
          const digits = load_model("kspec:digits_base");
          digits.trainable = false;
          return digits.apply(tensor);
        }, "tensor"),
        input,
      ),
      output: wired(
        block(
          ({ tensor, num_classes }: { tensor: T; num_classes: number }) =>
            layers
              .dense({ units: num_classes, activation: "softmax" })
              .apply(layers.dense({ units }).apply(layers.flatten().apply(tensor))),
          "tensor",
          "num_classes",
        ),
        base,
      ),
    },
    { fit_epochs: 2, ...fit },
  );
}

/** Images that are read when somebody asks for them; `read` counts the entries that were. */
function images(rows: number, { from = 0, views = 1 } = {}) {
  const all = squares(from + rows, { side: 28 });
  const { values, shape } = inMemory(all, "image");
  const size = 28 * 28;
  const counted = { read: 0 };
  const column = (views: number): StreamedColumn => ({
    kind: "streamed",
    shape,
    views,
    read(first, to) {
      counted.read += to - first;
      const some = new Float32Array((to - first) * size);
      for (let entry = first; entry < to; entry++) {
        const row = from + Math.floor(entry / views);
        const own = values.subarray(row * size, (row + 1) * size);
        some.set(
          views === 1 ? own : own.map((value) => value * (1 + (entry % views) / views)),
          (entry - first) * size,
        );
      }
      return Promise.resolve(some);
    },
    digests: (first, to) =>
      Promise.resolve(
        Array.from({ length: to - first }, (_, i) => {
          const row = from + Math.floor((first + i) / views);
          const own = values.subarray(row * size, (row + 1) * size);
          const bytes = new Uint8Array(own.buffer, own.byteOffset, own.byteLength);
          return fingerprint(bytes, views === 1 ? "as it is" : `view ${(first + i) % views} of ${views}`);
        }),
      ),
    ...(views === 1 ? {} : { plain: column(1) }),
  });
  const label = all.outcomes.get("label")!;
  const codes = label.kind === "nominal" ? label.codes.subarray(from) : new Int32Array();
  const baked: Baked = {
    rows,
    inputs: new Map([["image", column(views)]]),
    outcomes: new Map([["label", { kind: "nominal", levels: ["a", "b", "c"], codes }]]),
  };
  return { baked, counted };
}

async function fit(
  job: Partial<FitJob> & Pick<FitJob, "train">,
  signal?: AbortSignal,
  says = new Recorder(),
) {
  const result = await fitModel(
    { model: transfer(), seed: 1, specFolder: folder, store, ...job },
    says,
    signal,
  );
  const { done, total, cached } = says.progressed.findLast(({ phase }) => phase === "features")!;
  return { ...result, says, done, total, cached };
}

describe("features of a frozen base", () => {
  it("are computed once: another head finds them", async () => {
    const first = images(60);
    expect(await fit({ train: first.baked })).toMatchObject({ done: 60, cached: 0 });
    expect(first.counted.read).toBe(60);
    const second = images(60);
    expect(await fit({ train: second.baked, model: transfer({ units: 8 }) })).toMatchObject({
      done: 60,
      cached: 60,
    });
    expect(second.counted.read).toBe(0);
  });

  it("give the same history when they are found as when they are computed", async () => {
    const cold = await fit({ train: images(60).baked });
    const warm = await fit({ train: images(60).baked });
    const without = await fit({ train: images(60).baked, store: null });
    expect(warm.says.logs).toEqual(cold.says.logs);
    expect(without.says.logs).toEqual(cold.says.logs);
  });

  it("are an image's own: ten more images are ten to compute, and a part of them in another order is none", async () => {
    await fit({ train: images(60).baked });
    const more = images(70);
    expect(await fit({ train: more.baked })).toMatchObject({ done: 70, cached: 60 });
    expect(more.counted.read).toBe(10);
    expect(await fit({ train: images(20, { from: 35 }).baked })).toMatchObject({ done: 20, cached: 20 });
  });

  it("do not depend on the names of blocks", async () => {
    await fit({ train: images(20).baked });
    const renamed = transfer({ names: ["pixels", "feature_extractor"] });
    expect(await fit({ train: images(20).baked, model: renamed })).toMatchObject({ cached: 20 });
  });

  it("of TensorFlow.js are kept apart from those of ONNX Runtime", async () => {
    await fit({ train: images(20).baked, model: { ...transfer(), engine: "auto" } });
    const plain = { ...transfer(), engine: TENSORFLOW_JS } as const;
    expect(await fit({ train: images(20).baked, model: plain })).toMatchObject({ cached: 0 });
  });

  it("of validation and test rows are computed in the same phase, and found when they are predicted", async () => {
    const [validation, test] = [images(10, { from: 100 }), images(12, { from: 200 })];
    const result = await fit({
      train: images(60).baked,
      validation: validation.baked,
      test: test.baked,
    });
    expect(result).toMatchObject({ done: 82, total: 82 });
    expect(test.counted.read).toBe(12);
    const again = images(12, { from: 200 });
    await result.model!.predict(again.baked);
    expect(again.counted.read).toBe(0);
  });

  it("that were finished before a cancel are not computed again", async () => {
    const says = new Recorder();
    const cancel = new AbortController();
    says.onProgress = (phase, done) => {
      if (phase === "features" && done > 0) cancel.abort();
    };
    const stopped = await fit({ train: images(600).baked }, cancel.signal, says);
    expect(stopped.model).toBeNull();
    const resumed = await fit({ train: images(600).baked });
    expect(resumed.cached).toBeGreaterThan(0);
    expect(resumed.done).toBe(600);
  });

  it("that are damaged on the disk are computed again, and the run says so", async () => {
    const before = await fit({ train: images(30).baked });
    for (const file of await readdir(folder, { recursive: true }))
      if (file.endsWith(".data")) {
        const place = path.join(folder, file);
        const bytes = await readFile(place);
        bytes[100]! ^= 1;
        await writeFile(place, bytes);
      }
    const after = await fit({ train: images(30).baked });
    expect(after).toMatchObject({ done: 30, cached: 29 });
    expect(after.says.logs).toEqual(before.says.logs);
    expect(after.says.notes).toEqual([
      {
        code: "features-damaged",
        message: "One entry of the feature cache was damaged, and is computed again.",
      },
    ]);
  });

  it("cannot be kept where the cache is no folder: the fit goes on, and says it once", async () => {
    const file = path.join(folder, "file");
    await writeFile(file, "");
    const nowhere = openFeatureStore({ folder: path.join(file, "features") });
    const result = await fit({
      train: images(300).baked,
      test: images(5, { from: 400 }).baked,
      store: nowhere,
    });
    expect(result.epochs).toBe(2);
    expect(result.says.notes.map(({ code }) => code)).toEqual(["features-not-kept"]);
    expect((await result.model!.predict(images(5).baked)).get("label")!.values.length).toBe(15);
  });
});

describe("random views of training images", () => {
  it("are kept for each view; rows that are held out are seen as they are", async () => {
    const { baked, counted } = images(40, { views: 3 });
    const result = await fit({
      train: baked,
      model: transfer({ fit: { fit_validation_split: 0.25 } }),
    });
    expect(result).toMatchObject({ done: 30 * 3 + 10, cached: 0 });
    expect(counted.read).toBe(30 * 3 + 10);
    await result.model!.predict(images(40, { views: 3 }).baked);
    expect(await fit({ train: images(40, { views: 3 }).baked })).toMatchObject({ done: 120, cached: 90 });
  });

  it("another one is drawn in another epoch, the same for the same seed", async () => {
    const job = (seed: number) => ({
      train: images(40, { views: 4 }).baked,
      seed,
      // A learning rate of next to nothing: the losses of two epochs differ by their views alone.
      model: transfer({ fit: { fit_shuffle: false, learn_rate: 1e-12, fit_epochs: 3 } }),
    });
    const losses = async (seed: number) => (await fit(job(seed))).says.logs.map((logs) => logs["loss"]!);
    const found = await losses(1);
    expect(new Set(found).size).toBe(3);
    expect(await losses(1)).toEqual(found);
  });
});

describe("openFeatures", () => {
  it("gives the features of any rows, chunk by chunk", async () => {
    const rows = images(300).baked;
    const open = await openFeatures(
      { model: transfer(), train: rows, seed: 1, specFolder: folder, store },
      () => undefined,
    );
    expect(open.tensors).toEqual([{ name: "output_flatten", shape: [expect.any(Number)] }]);
    let next = 0;
    for await (const { from, to, features } of open.chunks(rows)) {
      expect(from).toBe(next);
      expect(features[0]!.values.length).toBe((to - from) * open.tensors[0]!.shape[0]!);
      next = to;
    }
    expect(next).toBe(300);
    await open.close();
  });

  it("needs a frozen base", async () => {
    const bare = model({
      input: block(
        ({ input_shape }: { input_shape: number[] }) => layers.input({ shape: input_shape }),
        "input_shape",
      ),
      output: wired(
        block(
          ({ tensor, num_classes }: { tensor: T; num_classes: number }) =>
            layers.dense({ units: num_classes }).apply(layers.flatten().apply(tensor)),
          "tensor",
          "num_classes",
        ),
        "input",
      ),
    });
    await expect(
      openFeatures({ model: bare, train: squares(5), seed: 1, specFolder: folder, store }, () => undefined),
    ).rejects.toThrow("example has no frozen base, so it has no features.");
  });
});

it("a frozen base behind something that is trained is computed in every epoch, and the run says so", async () => {
  const spec = {
    input: block(
      ({ input_shape }: { input_shape: number[] }) => layers.input({ shape: input_shape }),
      "input_shape",
    ),
    first: wired(
      block(
        ({ tensor }: { tensor: T }) => layers.conv2d({ filters: 1, kernelSize: 1 }).apply(tensor),
        "tensor",
      ),
      "input",
    ),
    base: wired(
      block(({ tensor }: { tensor: T }) => {
        const digits = load_model("kspec:digits_base");
        digits.trainable = false;
        return digits.apply(tensor);
      }, "tensor"),
      "first",
    ),
    output: wired(
      block(
        ({ tensor, num_classes }: { tensor: T; num_classes: number }) =>
          layers.dense({ units: num_classes, activation: "softmax" }).apply(layers.flatten().apply(tensor)),
        "tensor",
        "num_classes",
      ),
      "base",
    ),
  };
  const says = new Recorder();
  await fitModel(
    { model: model(spec), train: squares(20, { side: 28 }), seed: 1, specFolder: folder, store },
    says,
  );
  expect(says.phases).toEqual(["fit"]);
  expect(says.notes.map(({ code }) => code)).toEqual(["frozen-above-trainable"]);
  expect(says.notes[0]!.message).toContain('Block "base" is frozen, but it reads what block "first" gives');
});
