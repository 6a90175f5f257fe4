import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { bakeTable, loadDataset, prepRecipe, type Baked } from "../../src/data/index.ts";
import { fitModel, openFeatures } from "../../src/engine/index.ts";
import type { ModelDescription, WorkflowDescription } from "../../src/kspec/description.ts";
import { inp_spec, load_model, type Block } from "../../src/kspec/index.ts";
import { makeMirror } from "../mirror/make-mirror.ts";
import { uniform } from "../model/applications/formula.ts";
import { jsonLines, kspec, project, runsOf } from "./kspec.ts";

// The seed's own job: examples/resnet_transfer.kspec.ts as it is, without a network. The mirror has Keras's names and forms, and
// weights by formula, so that the accuracy means nothing; that each number is Keras's is what is asked (scripts/parity/seed_job.py).

const root = path.join(import.meta.dirname, "../..");
const example = path.join(root, "examples/resnet_transfer.kspec.ts");
const assets = path.resolve(root, process.env["KSPEC_TEST_ASSETS"] ?? "../shared/assets");
const images = existsSync(path.join(assets, "cifar10")) ? "cifar10" : "made";

interface Summary {
  readonly largest: number;
  readonly norms: readonly number[];
  readonly products: readonly number[];
  readonly sampled: readonly number[];
  readonly sample: readonly (readonly number[])[];
}
// With the made images Keras's own losses move by 3e-4 when its inputs are rounded otherwise: they cannot say more than this.
const CLOSE = images === "cifar10" ? 1e-4 : 1e-3;
const keras = JSON.parse(
  readFileSync(path.join(root, `test/fixtures/parity/seed-job/${images}.json`), "utf8"),
) as { train: Summary; test: Summary; history: Record<string, number[]> };

let folder: string;
let env: { KSPEC_MIRROR: string; KERAS_HOME: string; KSPEC_CACHE: string };

beforeAll(async () => {
  folder = mkdtempSync(path.join(os.tmpdir(), "kspec-seed-job-"));
  env = {
    KSPEC_MIRROR: path.join(folder, "mirror"),
    KERAS_HOME: path.join(folder, "keras"),
    KSPEC_CACHE: path.join(folder, "cache"),
  };
  await makeMirror({
    folder: env.KSPEC_MIRROR,
    root,
    assets,
    weights: [{ from: "application", name: "resnet50", options: { includeTop: false } }],
    inBatch: 500,
  });
}, 120_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe(`the seed's own job, with ${images === "cifar10" ? "images of CIFAR-10" : "made images"}`, () => {
  it(
    "runs on the command line as it is, and a second time from the cache",
    { timeout: 180_000 },
    async () => {
      const own = project();
      writeFileSync(path.join(own, "resnet_transfer.kspec.ts"), readFileSync(example));
      const fit = () => kspec(["fit", "resnet_transfer.kspec.ts", "--seed", "1", "--json"], own, env);
      const { code, stdout, stderr } = await fit();
      expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
      const events = jsonLines(stdout);
      const losses = events.flatMap((event) =>
        event.type === "epoch_end" ? [event.logs["loss"], event.logs["val_loss"]] : [],
      );
      expect(losses).toHaveLength(10);
      expect(losses.every((loss) => Number.isFinite(loss))).toBe(true);
      expect(events.at(-1)).toMatchObject({ type: "run_ended", status: "done" });
      const notes = events.flatMap((event) =>
        event.type === "problem" && event.code === "mirror-file" ? [event.message] : [],
      );
      expect(notes.map((note) => note.split(" ")[0]).sort()).toEqual([
        "cifar-10-batches-py-target_archive",
        "resnet50_weights_tf_dim_ordering_tf_kernels_notop.h5",
      ]);
      expect(notes.every((note) => note.includes(`is the one of the mirror ${env.KSPEC_MIRROR}`))).toBe(true);
      expect(existsSync(path.join(runsOf(own)[0]!, "model/model.json"))).toBe(true);
      // Nothing of the mirror's was put where Keras would take it for its own.
      expect(existsSync(env.KERAS_HOME)).toBe(false);

      const again = jsonLines((await fit()).stdout);
      const features = again.filter((event) => event.type === "progress" && event.phase === "features");
      expect(features.at(-1)).toMatchObject({ done: 600, cached: 600 });
      expect(again.flatMap((event) => (event.type === "epoch_end" ? [event.logs] : []))).toEqual(
        events.flatMap((event) => (event.type === "epoch_end" ? [event.logs] : [])),
      );
    },
  );

  describe("has Keras's numbers", () => {
    let rows: { train: Baked; test: Baked };
    let model: ModelDescription;

    beforeAll(async () => {
      vi.stubEnv("KSPEC_MIRROR", env.KSPEC_MIRROR);
      vi.stubEnv("KERAS_HOME", env.KERAS_HOME);
      const { default: workflow } = (await import("../../examples/resnet_transfer.kspec.ts")) as {
        default: WorkflowDescription;
      };
      const data = await loadDataset(workflow.data!, { specFolder: folder });
      const recipe = await prepRecipe(workflow.recipe!, data.train);
      rows = {
        train: bakeTable(recipe, data.train, { outcomes: true }),
        test: bakeTable(recipe, data.test!, { outcomes: true }),
      };
      model = workflow.model!;
    });
    afterAll(() => vi.unstubAllEnvs());

    it("in the features of its 500 and 100 images", { timeout: 180_000 }, async () => {
      const job = { model, train: rows.train, specFolder: folder, seed: 1, store: null };
      const open = await openFeatures(job, () => undefined);
      expect(open.tensors.map(({ shape }) => shape)).toEqual([[2048]]);
      for (const set of ["train", "test"] as const) {
        const features: Float32Array[] = [];
        for await (const { from, to, features: some } of open.chunks(rows[set]))
          for (let row = 0; row < to - from; row++)
            features.push(some[0]!.values.slice(row * 2048, (row + 1) * 2048));
        expect(features).toHaveLength(set === "train" ? 500 : 100);
        compare(features, keras[set]);
      }
      await open.close();
    });

    it(
      "in the losses of five epochs, from the same head and in the same order",
      { timeout: 180_000 },
      async () => {
        writeHead(path.join(folder, "head"));
        const output_block = ({ tensor }: Block) => load_model("head/model.json").apply(tensor as never);
        const spec = {
          ...model.spec,
          layer_blocks: { ...model.spec.layer_blocks, output: inp_spec(output_block, "flatten") },
        };
        const history: Record<string, number[]> = {};
        await fitModel(
          {
            model: { ...model, spec, arguments: { ...model.arguments, fit_shuffle: false } },
            train: rows.train,
            specFolder: folder,
            seed: 1,
            store: null,
          },
          {
            phase: () => undefined,
            progress: () => undefined,
            built: (_layers, parameters) => expect(parameters.trainable).toBe(2048 * 10 + 10),
            note: () => undefined,
            epochEnd: (_epoch, _epochs, logs) => {
              for (const [name, value] of Object.entries(logs)) (history[name] ??= []).push(value);
              return Promise.resolve();
            },
          },
          new AbortController().signal,
        );
        expect(Object.keys(history).sort()).toEqual(Object.keys(keras.history).sort());
        for (const name of ["loss", "val_loss"])
          for (const [epoch, value] of keras.history[name]!.entries())
            expect(Math.abs(history[name]![epoch]! - value), `${name} of epoch ${epoch + 1}`).toBeLessThan(
              CLOSE,
            );
        for (const name of ["accuracy", "val_accuracy"])
          for (const [epoch, value] of keras.history[name]!.entries())
            expect(history[name]![epoch], `${name} of epoch ${epoch + 1}`).toBeCloseTo(value, 5);
      },
    );
  });
});

/** Differences are shares of the largest feature; of the products and norms, shares of the image's norm. */
function compare(features: readonly Float32Array[], expected: Summary): void {
  const formula = uniform("features", 2048);
  const line = Float64Array.from({ length: 2048 }, (_, at) => formula(at));
  let worst = 0;
  for (const [row, own] of features.entries()) {
    let [squares, product] = [0, 0];
    for (let at = 0; at < own.length; at++) {
      squares += own[at]! ** 2;
      product += own[at]! * line[at]!;
    }
    const norm = expected.norms[row]!;
    worst = Math.max(
      worst,
      Math.abs(Math.sqrt(squares) - norm) / norm,
      Math.abs(product - expected.products[row]!) / norm,
    );
  }
  for (const [at, row] of expected.sampled.entries())
    for (const [place, value] of expected.sample[at]!.entries()) {
      const column = Math.round((place * 2047) / (expected.sample[at]!.length - 1));
      worst = Math.max(worst, Math.abs(features[row]![column]! - value) / expected.largest);
    }
  expect(worst).toBeLessThan(1e-4);
}

/** A dense softmax layer with the formula's weights, as a model of TensorFlow.js. */
function writeHead(to: string): void {
  const input = {
    class_name: "InputLayer",
    config: { name: "features", batch_input_shape: [null, 2048], dtype: "float32" },
  };
  const dense = {
    class_name: "Dense",
    config: { name: "head", units: 10, activation: "softmax", use_bias: true },
  };
  const kernel = uniform("head/0", 2048 * 10);
  const bias = uniform("head/1", 10);
  const values = Float32Array.from({ length: 2048 * 10 + 10 }, (_, at) =>
    at < 2048 * 10 ? kernel(at) * Math.sqrt(6 / 2048) : 0.1 * bias(at - 2048 * 10),
  );
  mkdirSync(to, { recursive: true });
  writeFileSync(path.join(to, "head.bin"), values);
  writeFileSync(
    path.join(to, "model.json"),
    JSON.stringify({
      format: "layers-model",
      modelTopology: { class_name: "Sequential", config: { name: "head_model", layers: [input, dense] } },
      weightsManifest: [
        {
          paths: ["head.bin"],
          weights: [
            { name: "head/kernel", shape: [2048, 10], dtype: "float32" },
            { name: "head/bias", shape: [10], dtype: "float32" },
          ],
        },
      ],
    }),
  );
}
