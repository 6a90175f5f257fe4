import { mkdtemp, readdir, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { fitModel, loadFittedModel } from "../../../src/engine/index.ts";
import { layers } from "../../../src/kspec/layers/index.ts";
import { load_model } from "../../../src/kspec/load-model.ts";
import { randomStream } from "../../../src/engine/random.ts";
import { block, model, Recorder, squares, wired } from "../examples.ts";

type T = never;
const fixtures = path.join(import.meta.dirname, "../../fixtures/parity/onnx");
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), "kspec-onnx-fit-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Squares in three channels. */
function colours(rows: number) {
  const random = randomStream(1, "colours");
  const { outcomes } = squares(rows);
  const values = Float32Array.from({ length: rows * 8 * 8 * 3 }, () => random());
  return {
    rows,
    outcomes,
    inputs: new Map([["image", { kind: "tensor" as const, shape: [8, 8, 3], values }]]),
  };
}

it("a base from an .onnx file is frozen, computed once, saved with the model and found again", async () => {
  const spec = {
    input: block(
      ({ input_shape }: { input_shape: number[] }) => layers.input({ shape: input_shape }),
      "input_shape",
    ),
    base: wired(
      block(({ tensor }: { tensor: T }) => load_model("nchw.onnx").apply(tensor), "tensor"),
      "input",
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
  const train = colours(40);
  const { model: fitted } = await fitModel(
    { model: model(spec, { fit_epochs: 2 }), train, seed: 1, specFolder: fixtures },
    says,
  );
  expect(says.phases).toEqual(["features", "fit"]);
  expect(says.layers.find(({ name }) => name === "base")).toMatchObject({ class: "OnnxModel", frozen: true });
  const parameters = says.layers.find(({ name }) => name === "base")!.parameters;
  expect(parameters).toBeGreaterThan(0);
  expect(says.parameters.total).toBe(parameters + says.parameters.trainable);

  await fitted!.save(path.join(folder, "saved"));
  expect(await readdir(path.join(folder, "saved"))).toContain("bases");
  const expected = (await fitted!.predict(train)).get("label")!.values;
  const again = await loadFittedModel(path.join(folder, "saved"));
  const found = (await again.predict(train)).get("label")!.values;
  for (const [i, value] of expected.entries()) expect(found[i]).toBeCloseTo(value, 5);
});
