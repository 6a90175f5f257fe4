import { mkdtemp, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { checkBaseInputs } from "../../../src/engine/base-inputs.ts";
import { applications } from "../../../src/kspec/applications.ts";
import type { ApplicationSource } from "../../../src/kspec/description.ts";
import { layers } from "../../../src/kspec/layers/index.ts";
import { decodePredictions } from "../../../src/model/applications/decode-predictions.ts";
import { buildApplication } from "../../../src/model/applications/registry.ts";

const build = (base: { source: unknown }) => buildApplication(base.source as ApplicationSource);

describe("options have Keras's rules", () => {
  it.each([
    [
      () => applications.resnet50({ classes: 10 }),
      "the published weights have a top of 1000 classes, and classes is 10.",
    ],
    [
      () => applications.resnet50({ includeTop: false, inputShape: [16, 64, 3] }),
      "images must be at least 32×32, and inputShape is [16,64,3].",
    ],
    [
      () => applications.vgg16({ inputShape: [96, 96, 3] }),
      "with its top and the published weights it takes images of 224×224, and inputShape is [96,96,3].",
    ],
    [
      () => applications.efficientNetB3({ includeTop: false, inputShape: [96, 96, 1] as never }),
      "the published weights are for images with 3 channels",
    ],
    [
      () => applications.mobilenet({ alpha: 0.3 }),
      "published weights are there for alpha 0.25, 0.5, 0.75, 1",
    ],
    [() => applications.mobilenet({ depthMultiplier: 2 }), "the published weights have depthMultiplier 1"],
    [
      () => applications.mobilenetV2({ alpha: 0.25 }),
      "published weights are there for alpha 0.35, 0.5, 0.75, 1",
    ],
    [
      () => applications.resnet50({ classifierActivation: "relu" as never }),
      'with trained weights classifierActivation may be "softmax" or null',
    ],
    [() => applications.resnet50({ pooling: "sum" as never }), 'pooling must be "avg", "max" or null'],
  ])("%s", (base, message) => {
    expect(() => build(base())).toThrow(message);
  });

  it("sizes that the published weights were also trained with", () => {
    expect(build(applications.mobilenet({ inputShape: [128, 128, 3] })).outputShape).toEqual([1000]);
    expect(
      build(applications.resnet50({ weights: null, inputShape: [64, 64, 1] as never })).outputShape,
    ).toEqual([1000]);
  });
});

describe("images that come straight from the input", () => {
  const input = (shape: number[]) => layers.input({ shape: shape as never });
  const check = (shape: number[]) => {
    const tensor = applications.resnet50({ includeTop: false }).apply(input(shape));
    checkBaseInputs([tensor], new Map([[tensor, "resnet_base"]]));
  };
  it("are large enough and have colours", () => {
    expect(() => check([32, 32, 3])).not.toThrow();
    expect(() => check([28, 28, 1])).toThrow(
      'Block "resnet_base": applications.resnet50 needs images with 3 channels, and it got [28,28,1].',
    );
    expect(() => check([28, 28, 3])).toThrow(
      "needs images of at least 32×32, and it got [28,28,3]. Make them larger",
    );
  });
});

describe("predictions in words", () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), "kspec-classes-"));
    await writeFile(
      path.join(folder, "index.json"),
      JSON.stringify({ 0: ["n01", "tench"], 1: ["n02", "goldfish"], 2: ["n03", "shark"] }),
    );
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it("the most probable first", async () => {
    const rows = Float32Array.of(0.25, 0.5, 0.125, 0, 0, 1);
    expect(await decodePredictions(rows, 3, path.join(folder, "index.json"), 2)).toEqual([
      [
        { id: "n02", name: "goldfish", score: 0.5 },
        { id: "n01", name: "tench", score: 0.25 },
      ],
      [
        { id: "n03", name: "shark", score: 1 },
        { id: "n01", name: "tench", score: 0 },
      ],
    ]);
  });
  it("of another number of classes", async () => {
    await expect(decodePredictions(new Float32Array(4), 4, path.join(folder, "index.json"))).rejects.toThrow(
      "The predictions have 4 classes, and ",
    );
  });
});
