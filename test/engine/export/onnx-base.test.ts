import { cpSync, mkdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";
import { prepRecipe } from "../../../src/data/index.ts";
import { exportOnnx } from "../../../src/engine/index.ts";
import { loadRuntime } from "../../../src/engine/native/runtime.ts";
import { baseFiles, loadOnnxBase } from "../../../src/engine/onnx-base/index.ts";
import type { FittedMetadata } from "../../../src/engine/predictions.ts";
import { recipe } from "../../../src/kspec/index.ts";
import { kerasTopology, type Network } from "../../../src/model/network.ts";
import { writeModelFiles } from "../../../src/model/tfjs-files.ts";
import { folder, image, table } from "../../data/table-tools.ts";
import { resultsOf } from "./fitted.ts";

const file = path.join(import.meta.dirname, "../../fixtures/parity/onnx/nchw.onnx");

it("a base from an .onnx file is part of the exported one", async () => {
  const base = await loadOnnxBase(file, undefined, [[8, 8, 3]]);
  const { shape } = base.config["output"] as { shape: readonly number[] };
  const units = shape.at(-1)!;
  const outcomes = Array.from({ length: units }, (_, i) => `y${i}`);
  const photos = table({
    photo: [1, 2].map((seed) =>
      image(
        `${seed}`,
        8,
        8,
        3,
        Array.from({ length: 192 }, (_, i) => (i * 37 * seed) % 256),
      ),
    ),
    ...Object.fromEntries(outcomes.map((name) => [name, [0, 1]])),
  });
  const prepped = prepRecipe(
    recipe(`${outcomes.join(" + ")} ~ photo`).step_rescale("photo", { scale: 1 / 255 }),
    photos,
  );
  const layer = { block: "", trainable: false };
  const network: Network = {
    name: "example",
    layers: [
      {
        ...layer,
        name: "in",
        class_name: "InputLayer",
        config: { batch_input_shape: [null, 8, 8, 3] },
        calls: [[]],
      },
      {
        ...layer,
        name: "base",
        class_name: base.class_name,
        config: base.config,
        calls: [[{ layer: "in", call: 0 }]],
      },
    ],
    inputs: [{ column: "photo", layer: "in" }],
    outputs: [{ name: "output", from: { layer: "base", call: 0 } }],
  };
  const saved = folder();
  for (const one of baseFiles(network.layers)) {
    mkdirSync(path.dirname(path.join(saved, one.name)), { recursive: true });
    cpSync(one.path, path.join(saved, one.name));
  }
  const metadata: FittedMetadata = {
    kspec: 1,
    epoch: 1,
    frozen: ["base"],
    inputs: [{ column: "photo", shape: [8, 8, 3] }],
    outputs: [{ name: "output", mode: "regression", outcomes, classes: 0, link: "none", shape: [units] }],
  };
  await writeModelFiles(saved, kerasTopology(network), [], metadata);

  const { bytes } = await exportOnnx(saved, prepped, { version: "0", run: "r", model: "m" });
  const exported = await resultsOf(bytes, photos);
  const alone = await valuesOfFile(photos);
  for (const [unit, name] of outcomes.entries())
    for (const row of [0, 1]) expect(exported[name]![row]).toBeCloseTo(alone[row]![unit]!, 5);
});

/** What the file gives by itself for the same pixels, channels first. */
async function valuesOfFile(photos: ReturnType<typeof table>): Promise<number[][]> {
  const runtime = await loadRuntime();
  const column = photos.columns.get("photo")!;
  if (!runtime.available || column.kind !== "image") throw new Error("There is nothing to compare with.");
  const { InferenceSession, Tensor } = runtime.ort;
  const session = await InferenceSession.create(readFileSync(file));
  const all: number[][] = [];
  for (const one of column.images) {
    const pixels = await one.read();
    const first = Float32Array.from(
      { length: 192 },
      (_, i) => pixels[(i % 64) * 3 + Math.floor(i / 64)]! / 255,
    );
    const results = await session.run({
      [session.inputNames[0]!]: new Tensor("float32", first, [1, 3, 8, 8]),
    });
    all.push([...(results[session.outputNames[0]!]!.data as Float32Array)]);
  }
  await session.release();
  return all;
}
