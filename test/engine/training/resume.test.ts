import fs from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import type { FitResult, Reached } from "../../../src/engine/index.ts";
import { fitModel, readCheckpoint, writeCheckpoint } from "../../../src/engine/index.ts";
import { callbacks } from "../../../src/kspec/callbacks.ts";
import type { EngineName } from "../../../src/kspec/description.ts";
import { layers } from "../../../src/kspec/layers/index.ts";
import { optimizers } from "../../../src/kspec/optimizers.ts";
import { temporaryFolder } from "../../runs/asked.ts";
import { block, model, Recorder, squares, TENSORFLOW_JS, wired } from "../examples.ts";

const train = squares(70);
const test = squares(12, { seed: 4 });

/** A head with weights that only training moves, and with chance in it. */
const blocks = {
  input: block(({ input_shape }) => layers.input({ shape: input_shape }), "input_shape"),
  hidden: wired(
    block(({ tensor }) => {
      const dense = layers.dense({ units: 9 }).apply(layers.flatten().apply(tensor));
      const normal = layers.batchNormalization().apply(dense);
      return layers.dropout({ rate: 0.3 }).apply(layers.activation({ activation: "relu" }).apply(normal));
    }, "tensor"),
    "input",
  ),
  output: wired(
    block(
      ({ tensor, num_classes }) => layers.dense({ units: num_classes, activation: "softmax" }).apply(tensor),
      "tensor",
      "num_classes",
    ),
    "hidden",
  ),
};

const EPOCHS = 8;

/** A fit; it writes a checkpoint after the epochs that are named, and goes on from the folder's where there is one. */
async function fit(
  args: Record<string, unknown>,
  engine: EngineName,
  { folder, after = [] }: { folder?: string; after?: number[] } = {},
) {
  const says = new Recorder();
  const resume = folder === undefined ? null : await readCheckpoint(folder);
  const stop = new AbortController();
  const listener = Object.assign(says, {
    reached: async ({ epoch, state }: Reached) => {
      if (!after.includes(epoch)) return;
      await writeCheckpoint(folder!, await state());
      // Gone in the middle of the next epoch.
      stop.abort();
    },
  });
  const result: FitResult = await fitModel(
    {
      model: model(
        blocks,
        { fit_epochs: EPOCHS, fit_batch_size: 16, fit_validation_split: 0.3, ...args },
        { engine },
      ),
      train,
      seed: 3,
      specFolder: import.meta.dirname,
      ...(resume !== null && { resume }),
    },
    listener,
    stop.signal,
  );
  return { ...result, logs: says.logs };
}

const predicted = async ({ model }: FitResult) => (await model!.predict(test)).get("label")!.values;

const CASES: [name: string, args: Record<string, unknown>][] = [
  ["Adam", {}],
  ["SGD with momentum", { compile_optimizer: optimizers.sgd({ learningRate: 0.05, momentum: 0.9 }) }],
  ["RMSprop", { compile_optimizer: "rmsprop" }],
  [
    "callbacks that remember",
    {
      learn_rate: 0.2,
      fit_callbacks: [
        callbacks.reduceLROnPlateau({ monitor: "loss", patience: 1, minDelta: 0.2, factor: 0.5 }),
        callbacks.learningRateScheduler((_, rate) => rate * 0.9),
        callbacks.earlyStopping({ patience: 5, restoreBestWeights: true, monitor: "val_loss" }),
      ],
    },
  ],
  [
    "the best epoch's model",
    { learn_rate: 0.2, fit_callbacks: callbacks.modelCheckpoint({ saveBestOnly: true }) },
  ],
];

describe.each(["auto", TENSORFLOW_JS] as const)("a fit that goes on, engine %s", (engine) => {
  it.each(CASES)("%s: ends as one that never stopped", async (_, args) => {
    const whole = await fit(args, engine);
    const folder = temporaryFolder();
    const logs: Record<string, number>[] = [];
    let last: Awaited<ReturnType<typeof fit>> | undefined;
    // Stopped after the first, the third and the fourth epoch, each time with another process's eyes.
    for (const after of [[1], [3], [4], []]) {
      last = await fit(args, engine, { folder, after });
      logs.push(...last.logs);
    }
    expect(logs).toEqual(whole.logs);
    expect(last).toMatchObject({ stopped: whole.stopped, epochs: whole.epochs });
    expect(last!.model!.epoch).toBe(whole.model!.epoch);
    expect(await predicted(last!)).toEqual(await predicted(whole));
  });
});

describe("a checkpoint", () => {
  it("of a fit that is over leaves nothing to do", async () => {
    const folder = temporaryFolder();
    const args = {
      fit_callbacks: callbacks.earlyStopping({ monitor: "loss", minDelta: 9, restoreBestWeights: true }),
    };
    const whole = await fit(args, "auto", { folder, after: [2] });
    expect(whole).toMatchObject({ stopped: "early", epochs: 2 });
    const again = await fit(args, "auto", { folder });
    expect(again).toMatchObject({ stopped: "early", epochs: 2, logs: [] });
    expect(again.model!.epoch).toBe(1);
    expect(await predicted(again)).toEqual(await predicted(whole));
  });

  it("can be gone on from to more epochs", async () => {
    const folder = temporaryFolder();
    await fit({ fit_epochs: 5 }, "auto", { folder, after: [5] });
    const more = await fit({}, "auto", { folder });
    const whole = await fit({}, "auto");
    expect(await predicted(more)).toEqual(await predicted(whole));
  });

  it("shares weights with a model that has them already, and holds only what it names", async () => {
    const folder = temporaryFolder();
    const state = (epoch: number) => ({
      stage: 0,
      before: 0,
      epoch,
      ended: false,
      weights: [["a", { shape: [2], dtype: "float32" as const, values: Float32Array.of(epoch, 2) }]] as const,
      best: null,
      optimizer: {
        steps: epoch,
        slots: new Map([["a/first", { shape: [2], values: Float32Array.of(3, epoch) }]]),
      },
      callbacks: { best: -Infinity, of: [NaN, 1] },
    });
    await writeCheckpoint(path.join(folder, "model"), state(1));
    await writeCheckpoint(path.join(folder, "checkpoint"), state(1), path.join(folder, "model"));
    const trained = fs.readdirSync(path.join(folder, "model")).find((name) => name.startsWith("trained"))!;
    const inode = (of: string) => fs.statSync(path.join(folder, of, trained)).ino;
    expect(inode("checkpoint")).toBe(inode("model"));
    await writeCheckpoint(path.join(folder, "checkpoint"), state(2));
    expect(await readCheckpoint(path.join(folder, "checkpoint"))).toEqual(state(2));
    expect(fs.readdirSync(path.join(folder, "checkpoint"))).toHaveLength(3);
    expect(await readCheckpoint(path.join(folder, "nowhere"))).toBeNull();
  });

  it("that is damaged is named", async () => {
    const folder = temporaryFolder();
    await fit({}, "auto", { folder, after: [1] });
    const file = fs.readdirSync(folder).find((name) => name.startsWith("optimizer"))!;
    const bytes = fs.readFileSync(path.join(folder, file));
    bytes[5]! ^= 1;
    fs.writeFileSync(path.join(folder, file), bytes);
    await expect(readCheckpoint(folder)).rejects.toThrow(
      `${file} in ${folder} is damaged: it does not hold what was written. Fit the spec anew.`,
    );
  });

  it("of another network is named by the weight", async () => {
    const folder = temporaryFolder();
    await fit({}, "auto", { folder, after: [1] });
    const wider = {
      ...blocks,
      hidden: wired(
        block(({ tensor }) => layers.dense({ units: 5 }).apply(layers.flatten().apply(tensor)), "tensor"),
        "input",
      ),
    };
    const resume = (await readCheckpoint(folder))!;
    await expect(
      fitModel(
        { model: model(wider), train, seed: 3, specFolder: import.meta.dirname, resume },
        new Recorder(),
      ),
    ).rejects.toThrow(
      /The checkpoint does not go with this network: the weight .+ is missing in it or has another shape/,
    );
  });
});
