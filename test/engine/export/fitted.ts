import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { expect, onTestFinished } from "vitest";
import { bakeTable, prepRecipe, type PreppedRecipe, type Table } from "../../../src/data/index.ts";
import { exportOnnx, loadFittedModel, type OnnxFile, type Prediction } from "../../../src/engine/index.ts";
import { runFile } from "../../../src/engine/export/run-file.ts";
import type { FittedMetadata } from "../../../src/engine/predictions.ts";
import { tf, type SymbolicTensor } from "../../../src/engine/tensorflow/index.ts";
import type { RecipeDescription } from "../../../src/kspec/description.ts";
import type { KerasConfig } from "../../../src/model/network.ts";
import { writeModelFiles } from "../../../src/model/tfjs-files.ts";
import { randomised, weightsOf } from "../native/compare.ts";

/** A run's model with random weights, as a fit would leave it. */
export interface Fitted {
  readonly folder: string;
  readonly recipe: PreppedRecipe;
  predict(table: Table): Promise<ReadonlyMap<string, Prediction>>;
  export(): Promise<OnnxFile>;
}

/**
 * @param build The network's outputs from its inputs; those are what the recipe makes of the table, by name.
 * @param outputs What each of them is, as the metadata of a fit say it; shapes are the network's.
 */
export async function fitted(
  description: RecipeDescription,
  training: Table,
  build: (inputs: Readonly<Record<string, SymbolicTensor>>) => readonly SymbolicTensor[],
  outputs: readonly Omit<FittedMetadata["outputs"][number], "shape">[],
): Promise<Fitted> {
  const recipe = prepRecipe(description, training);
  const baked = bakeTable(recipe, training, { outcomes: false });
  const inputs = [...baked.inputs].map(([column, { shape }]) => ({ column, shape }));
  const symbols = inputs.map(({ shape }) => tf.input({ shape: [...shape] }));
  const made = build(Object.fromEntries(inputs.map(({ column }, i) => [column, symbols[i]!])));
  const model = randomised(tf.model({ inputs: symbols, outputs: [...made] }));
  const topology = model.toJSON(null, false) as unknown as KerasConfig;

  const folder = mkdtempSync(path.join(os.tmpdir(), "kspec-export-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const metadata: FittedMetadata = {
    kspec: 1,
    epoch: 1,
    frozen: [],
    inputs,
    outputs: outputs.map((output, i) => ({ ...output, shape: made[i]!.shape.slice(1) as number[] })),
  };
  await writeModelFiles(folder, topology, [{ name: "w.bin", weights: [...weightsOf(model)] }], metadata);
  return {
    folder,
    recipe,
    async predict(table) {
      const loaded = await loadFittedModel(folder);
      try {
        return await loaded.predict(bakeTable(recipe, table, { outcomes: false }));
      } finally {
        loaded.dispose();
      }
    },
    export: () => exportOnnx(folder, recipe, { version: "0.0.0", run: "a-run", model: "example" }),
  };
}

/** What ONNX Runtime makes of a file and raw columns: images, numbers, texts. */
export async function resultsOf(bytes: Uint8Array, table: Table): Promise<Record<string, unknown[]>> {
  const results = await runFile(bytes, table);
  if (results === null) throw new Error("There is no ONNX Runtime.");
  return Object.fromEntries([...results].map(([name, values]) => [name, [...values]]));
}

/** The exported file gives what `predict` gives, to 1e-5 of the largest. */
export async function expectSamePredictions(model: Fitted, table: Table): Promise<OnnxFile> {
  const file = await model.export();
  const actual = await resultsOf(file.bytes, table);
  for (const [outcome, { values }] of await model.predict(table)) {
    const given = actual[outcome] as number[];
    const largest = Math.max(1, ...values.map(Math.abs));
    expect(given).toHaveLength(values.length);
    for (const [i, value] of values.entries())
      expect(Math.abs(given[i]! - value), `${outcome}, value ${i}`).toBeLessThanOrEqual(1e-5 * largest);
  }
  return file;
}
