import { mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Baked, StreamedColumn } from "../../src/data/baked.ts";
import { fingerprint } from "../../src/data/fingerprint.ts";
import { fitModel } from "../../src/engine/index.ts";
import { layers } from "../../src/kspec/layers/index.ts";
import { load_model } from "../../src/kspec/load-model.ts";
import { block, inMemory, model, Recorder, squares, TENSORFLOW_JS, wired } from "./examples.ts";

type T = never;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), "kspec-streamed-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** The same rows, which are read when somebody wants them; `most` is how many were asked for at once. */
function streamed(rows: Baked): { baked: Baked; read: { entries: number } } {
  const column = inMemory(rows, "image");
  const size = column.shape.reduce((a, b) => a * b, 1);
  const read = { entries: 0 };
  const image: StreamedColumn = {
    kind: "streamed",
    shape: column.shape,
    views: 1,
    read: (from, to) => {
      read.entries += to - from;
      return Promise.resolve(column.values.slice(from * size, to * size));
    },
    digests: (from, to) =>
      Promise.resolve(
        Array.from({ length: to - from }, (_, i) =>
          fingerprint(new Uint8Array(column.values.slice((from + i) * size, (from + i + 1) * size).buffer)),
        ),
      ),
  };
  return { baked: { ...rows, inputs: new Map([["image", image]]) }, read };
}

const input = block(
  ({ input_shape }: { input_shape: number[] }) => layers.input({ shape: input_shape }),
  "input_shape",
);
const output = block(
  ({ tensor, num_classes }: { tensor: T; num_classes: number }) =>
    layers
      .dense({ units: num_classes, activation: "softmax" })
      .apply(layers.dropout({ rate: 0.3 }).apply(layers.flatten().apply(tensor))),
  "tensor",
  "num_classes",
);
const raw = { input, output: wired(output, "input") };
const frozen = {
  input,
  base: wired(
    block(({ tensor }: { tensor: T }) => {
      const base = load_model("kspec:digits_base");
      base.trainable = false;
      return base.apply(tensor);
    }, "tensor"),
    "input",
  ),
  output: wired(output, "base"),
};

async function history(
  blocks: Parameters<typeof model>[0],
  train: Baked,
  options: { memoryForRows?: number; engine?: "auto" | typeof TENSORFLOW_JS },
) {
  const says = new Recorder();
  const { engine = "auto", ...job } = options;
  await fitModel(
    {
      model: model(blocks, { fit_epochs: 3, fit_validation_split: 0.2, fit_batch_size: 8 }, { engine }),
      train,
      seed: 2,
      specFolder: folder,
      ...job,
    },
    says,
  );
  return says.logs;
}

describe("rows that memory should not hold", () => {
  it.each(["auto", TENSORFLOW_JS] as const)(
    "are read anew in every epoch, and the history is the same (%s)",
    async (engine) => {
      const { baked, read } = streamed(squares(60));
      const held = await history(raw, baked, { engine });
      expect(read.entries).toBe(60);
      expect(await history(raw, baked, { engine, memoryForRows: 1000 })).toEqual(held);
      expect(read.entries).toBe(60 + 3 * 60);
    },
  );

  it.each(["auto", TENSORFLOW_JS] as const)(
    "come from the feature cache where a base is frozen (%s)",
    async (engine) => {
      const { baked, read } = streamed(squares(60));
      const held = await history(frozen, baked, { engine });
      const before = read.entries;
      expect(await history(frozen, baked, { engine, memoryForRows: 1000 })).toEqual(held);
      expect(read.entries).toBe(before);
    },
  );
});
