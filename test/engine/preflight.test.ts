import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { preflight } from "../../src/engine/index.ts";
import { applications } from "../../src/kspec/applications.ts";
import type { ApplicationSource } from "../../src/kspec/description.ts";
import { layers } from "../../src/kspec/layers/index.ts";
import { load_model } from "../../src/kspec/load-model.ts";
import { applicationWeights } from "../../src/model/applications/weight-files.ts";
import { block, model, wired } from "./examples.ts";

type T = never;
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), "kspec-preflight-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const withBase = (base: () => { apply(tensor: T): unknown }) =>
  model({
    input: block(
      ({ input_shape }: { input_shape: number[] }) => layers.input({ shape: input_shape }),
      "input_shape",
    ),
    base: wired(
      block(({ tensor }: { tensor: T }) => base().apply(tensor), "tensor"),
      "input",
    ),
    output: wired(
      block(({ tensor }: { tensor: T }) => layers.dense({ units: 2 }).apply(tensor), "tensor"),
      "base",
    ),
  });
const check = (base: () => { apply(tensor: T): unknown }) =>
  preflight(withBase(base), folder, { keras_home: path.join(folder, "keras"), env: {} });

describe("before data are read", () => {
  it("missing weights: which file, where it was looked for, the remedies", async () => {
    const wanted = "resnet50_weights_tf_dim_ordering_tf_kernels_notop.h5";
    const models = path.join(folder, "keras", "models");
    const error = await check(() => applications.resnet50({ includeTop: false })).catch((e: Error) => e);
    const { message } = error as Error;
    expect(message).toContain(
      `applications.resnet50 needs its weights. The file ${wanted} is needed and could not be got. It was looked for in ${models}, then at `,
    );
    expect(message).toContain(
      `https://storage.googleapis.com/tensorflow/keras-applications/resnet/${wanted} elsewhere and put it into ${models}`,
    );
    expect(message).toContain("KSPEC_MIRROR");
    expect(message).toContain(
      `A base that comes with KSpec and needs no file: load_model("kspec:digits_base").`,
    );
  });

  it("weights that are not the published ones are not taken", async () => {
    await mkdir(path.join(folder, "keras/models"), { recursive: true });
    await writeFile(
      path.join(folder, "keras/models/resnet50_weights_tf_dim_ordering_tf_kernels_notop.h5"),
      "h5",
    );
    await expect(check(() => applications.resnet50({ includeTop: false }))).rejects.toThrow(
      "is there but damaged",
    );
  });

  it("a weights file of the author's", async () => {
    await expect(check(() => applications.resnet50({ weights: "my.h5" }))).rejects.toThrow(
      `applications.resnet50({ weights: "my.h5" }): there is no file ${path.join(folder, "my.h5")}.`,
    );
    await writeFile(path.join(folder, "my.h5"), "h5");
    await expect(check(() => applications.resnet50({ weights: "my.h5" }))).resolves.toBeDefined();
  });

  it("a base that starts untrained needs no file; options are Keras's", async () => {
    await expect(check(() => applications.resnet50({ weights: null }))).resolves.toBeDefined();
    await expect(check(() => applications.resnet50({ weights: null, classes: 0 }))).rejects.toThrow(
      "applications.resnet50: classes must be a whole number from 1, and it is 0.",
    );
    await expect(check(() => applications.xception())).rejects.toThrow(
      "applications.xception is not built by this version of KSpec. There are: resnet50, ",
    );
  });

  it("a model's file that is not there, or of another format", async () => {
    await expect(check(() => load_model("models/net.json"))).rejects.toThrow(
      `load_model("models/net.json"): there is no model at ${path.join(folder, "models/net.json")}.`,
    );
    await expect(check(() => load_model("net.keras"))).rejects.toThrow(
      `load_model("net.keras"): there is no model at ${path.join(folder, "net.keras")}.`,
    );
    await expect(check(() => load_model("net.pb"))).rejects.toThrow(
      'load_model("net.pb") reads a .keras or .h5 file of Keras\'s, the model.json of a TensorFlow.js layers model, or an .onnx file, and this is a .pb file.',
    );
    await expect(check(() => load_model("kspec:letters"))).rejects.toThrow(
      'KSpec comes with one base, "kspec:digits_base".',
    );
  });

  it("the base that comes with KSpec is there", async () => {
    await expect(check(() => load_model("kspec:digits_base"))).resolves.toBeDefined();
  });
});

it("every application has a weights file", () => {
  for (const [name, make] of Object.entries(applications)) {
    const { source } = (make as () => { source: ApplicationSource })();
    expect(applicationWeights(source), name).toMatchObject({ name: expect.stringMatching(/\.h5$/) });
  }
});

it.each<[object, string, keyof typeof applications]>([
  [
    { alpha: 0.35, includeTop: false },
    "mobilenet_v2_weights_tf_dim_ordering_tf_kernels_0.35_224_no_top.h5",
    "mobilenetV2",
  ],
  [
    { alpha: 1, includeTop: false, inputShape: [96, 96, 3] },
    "mobilenet_v2_weights_tf_dim_ordering_tf_kernels_1.0_96_no_top.h5",
    "mobilenetV2",
  ],
  [{ alpha: 0.5 }, "mobilenet_5_0_224_tf.h5", "mobilenet"],
  [{ includeTop: false, inputShape: [160, 160, 3] }, "mobilenet_1_0_160_tf_no_top.h5", "mobilenet"],
  [{ includeTop: false }, "weights_mobilenet_v3_small_224_1.0_float_no_top_v2.h5", "mobilenetV3Small"],
  [{ includeTop: false }, "efficientnetv2-b0_notop.h5", "efficientNetV2B0"],
  [{}, "efficientnetb0.h5", "efficientNetB0"],
  [{}, "convnext_xlarge.h5", "convNeXtXLarge"],
])("%j is %s", (options, file, name) => {
  const { source } = (applications[name] as (options: object) => { source: ApplicationSource })(options);
  expect(applicationWeights(source)!.name).toBe(file);
});

it("EfficientNet's weights lie beside the others, and have a published hash", () => {
  const { source } = applications.efficientNetB0() as { source: ApplicationSource };
  expect(applicationWeights(source)).toEqual({
    name: "efficientnetb0.h5",
    url: "https://storage.googleapis.com/keras-applications/efficientnetb0.h5",
    hash: "902e53a9f72be733fc0bcb005b3ebbac",
  });
});
