import { readFileSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { strToU8, unzipSync, zipSync } from "fflate";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { exportGraph, weightsByName } from "../../../src/engine/native/export.ts";
import { graphOfConfig } from "../../../src/engine/native/keras-graph.ts";
import { loadKerasModel } from "../../../src/engine/keras-model.ts";
import { startTensorFlow } from "../../../src/engine/tensorflow/index.ts";
import { cutAfter } from "../../../src/model/cut.ts";
import { readWeights } from "../../../src/model/weights/read-weights.ts";
import { isUserError } from "../../../src/protocol/index.ts";
import { parityFixtures } from "../../parity-fixtures.ts";
import { expectClose, runNatively } from "../../engine/native/compare.ts";
import { compute } from "../applications/compute.ts";
import { uniform } from "../applications/formula.ts";

// Written by Keras 3.15, by Keras 2 (tf_keras 2.21) and in Keras 1's form by scripts/parity/models.py, with what Keras computes.

const fixtures = path.join(parityFixtures, "models");
const fixture = (name: string) => path.join(fixtures, name);
interface Expected {
  readonly shape: readonly number[];
  readonly outputs: readonly (readonly number[])[];
}
const expected = JSON.parse(readFileSync(fixture("expected.json"), "utf8")) as Record<string, Expected>;

let folder: string;
beforeAll(async () => {
  await startTensorFlow("auto", { specFolder: import.meta.dirname });
  folder = await mkdtemp(path.join(os.tmpdir(), "kspec-keras-model-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe("a whole model computes what it computed in Keras", () => {
  it.each(Object.entries(expected))("%s", async (file, { shape, outputs }) => {
    const base = await loadKerasModel(fixture(file));
    const size = shape.reduce((product, extent) => product * extent, 1);
    const { values } = compute(
      base,
      Float32Array.from({ length: size }, (_, i) => uniform("input", size)(i)),
      shape,
    );
    const flat = outputs.flat();
    expect(values.length).toBe(flat.length);
    for (const [i, value] of flat.entries()) expect(values[i]).toBeCloseTo(value, 5);
  });

  it.each(Object.keys(expected))("%s on ONNX Runtime", async (file) => {
    const base = await loadKerasModel(fixture(file));
    const model = exportGraph(
      "test",
      graphOfConfig(base.class_name, base.config),
      weightsByName(base.weights),
    );
    if (!model.supported) throw new Error(`${model.layer} (${model.class_name}) ${model.reason}`);
    const { shape } = expected[file]!;
    const [rows, ...extents] = shape as [number, ...number[]];
    const size = shape.reduce((product, extent) => product * extent, 1);
    const values = Float32Array.from({ length: size }, (_, i) => uniform("input", size)(i));
    const [output] = await runNatively(model, [{ shape: extents, values }], rows);
    expectClose(output!.values, compute(base, values, shape).values);
  });

  it("cut after a layer", async () => {
    const base = cutAfter(await loadKerasModel(fixture("keras3-functional.keras")), "first", "model.keras");
    expect([...base.weights.keys()]).toEqual(["first/kernel", "first/bias"]);
    expect(compute(base, new Float32Array(192), [1, 8, 8, 3]).shape).toEqual([1, 8, 8, 4]);
  });
});

it("weights only, of Keras 3, are read for the network that they are of", async () => {
  const whole = await loadKerasModel(fixture("keras2-functional.h5"));
  const names = ["first", "norm", "depthwise", "inner_conv", "inner_norm", "classes"];
  const leaves = names.map((layer) => ({
    layer,
    class_name: "",
    weights: [...whole.weights]
      .filter(([name]) => name.startsWith(`${layer}/`))
      .map(([name, { shape, dtype }]) => ({ name, shape, dtype: dtype as "float32" })),
  }));
  const network = { config: whole.config, slots: leaves };
  const weights = await readWeights(fixture("keras3-functional.weights.h5"), network);
  expect(weights.size).toBe(whole.weights.size);
  await expect(loadKerasModel(fixture("keras3-functional.weights.h5"))).rejects.toThrow(
    "keras3-functional.weights.h5 holds weights and no model. Save the whole model with Keras",
  );
});

describe("what is wrong is said, with file and layer", () => {
  const changed = (name: string, change: (config: string) => string): string => {
    const entries = unzipSync(readFileSync(fixture("keras3-functional.keras")));
    const config = change(new TextDecoder().decode(entries["config.json"]));
    const file = path.join(folder, name);
    writeFileSync(file, zipSync({ ...entries, "config.json": strToU8(config) }));
    return file;
  };

  it("a layer of an unknown class", async () => {
    const file = changed("custom.keras", (config) => config.replace('"DepthwiseConv2D"', '"BlurPool"'));
    await expect(loadKerasModel(file)).rejects.toThrow(
      `${file}: layer depthwise is of the class BlurPool, which KSpec does not have.`,
    );
  });
  it("an activation that is not computed, an option that would be passed over", async () => {
    const activation = changed("a.keras", (config) => config.replace('"softmax"', '"snake"'));
    await expect(loadKerasModel(activation)).rejects.toThrow("layer classes has the activation snake");
    const padded = changed("p.keras", (config) =>
      config.replace('"ReLU"', '"Resizing"').replace('"negative_slope": 0.0', '"pad_to_aspect_ratio": true'),
    );
    await expect(loadKerasModel(padded)).rejects.toThrow(
      "layer cut (Resizing) has the option pad_to_aspect_ratio = true",
    );
  });
  it("weights of another shape than the layers", async () => {
    const file = changed("shape.keras", (config) => config.replace('"units": 3', '"units": 4'));
    await expect(loadKerasModel(file)).rejects.toThrow(
      /shape\.keras: the weight 0 of layer classes has the shape \[5, 3\] in the file, and classes\/kernel has \[5, 4\] in the network\./,
    );
  });
  it("a layer that reads what is not there, or itself; an absurd size", async () => {
    const reference = (from: string, to: string) =>
      changed("r.keras", (config) =>
        config.replace(`"keras_history": ["${from}"`, `"keras_history": ["${to}"`),
      );
    await expect(loadKerasModel(reference("first", "frist"))).rejects.toThrow(
      'is damaged: its layer norm reads ["frist",0], which it does not have.',
    );
    await expect(loadKerasModel(reference("first", "sum"))).rejects.toThrow("reads its own output");
    const size = changed("size.keras", (config) => config.replace('"units": 3', '"units": 3e12'));
    await expect(loadKerasModel(size)).rejects.toThrow("its layer classes has a size of 3000000000000");
  });
  it("fewer layers than the network", async () => {
    const { config, weights } = await loadKerasModel(fixture("keras2-sequential.h5"));
    expect(weights.size).toBeGreaterThan(0);
    const slots = [{ layer: "other", class_name: "Dense", weights: [] }];
    await expect(readWeights(fixture("keras2-functional.h5"), { config, slots })).rejects.toThrow(
      "has 5 layers with weights, and the network has 1; the file has no layer other.",
    );
  });
  it("files of other kinds, and none", async () => {
    const file = path.join(folder, "page.h5");
    writeFileSync(file, "<html>Not found</html>");
    await expect(loadKerasModel(file)).rejects.toThrow(
      `${file} cannot be read: it is no HDF5 file, or it is damaged or incomplete.`,
    );
    await expect(loadKerasModel(path.join(folder, "none.keras"))).rejects.toThrow("There is no model at ");
    writeFileSync(path.join(folder, "other.keras"), zipSync({ "a.txt": strToU8("a") }));
    await expect(loadKerasModel(path.join(folder, "other.keras"))).rejects.toThrow("it has no config.json");
  });
});

describe("damaged files never crash", () => {
  it.each(["keras2-functional.h5", "keras3-sequential.h5", "keras3-functional.keras"])("%s", async (name) => {
    const whole = readFileSync(fixture(name));
    const random = uniform(`damage ${name}`, 10_000);
    let at = 0;
    const below = (limit: number) => Math.floor(((random(at++) + 1) / 2) * limit);
    let refused = 0;
    for (let round = 0; round < 120; round++) {
      let bytes = Buffer.from(whole);
      if (round % 3 === 0) bytes = bytes.subarray(0, below(bytes.length));
      // Near the start lie the structures, and the weights behind them.
      else
        for (let i = 0; i < 1 + (round % 8); i++) bytes[below(round % 2 ? 4000 : bytes.length)] = below(256);
      const file = path.join(folder, `damaged${path.extname(name)}`);
      writeFileSync(file, bytes);
      try {
        await loadKerasModel(file);
      } catch (error) {
        expect(isUserError(error), `round ${round}: ${String((error as Error).stack)}`).toBe(true);
        expect((error as Error).message).toContain(path.basename(file));
        refused++;
      }
    }
    expect(refused).toBeGreaterThan(40);
  });
});
