import { describe, expect, it } from "vitest";
import type { NamedWeights } from "../../../src/engine/training/head-weights.ts";
import { train, type Training, type TrainingListener } from "../../../src/engine/training/train.ts";
import { NotFinite, type Kept, type Trainer } from "../../../src/engine/training/trainer.ts";
import { callbacks } from "../../../src/kspec/callbacks.ts";

/** A trainer whose one weight is the number of the epoch, and whose losses are given; NaN stands for a loss that is no number. */
class Scripted implements Trainer {
  readonly factors: number[] = [];
  readonly losses: readonly number[];
  weight = 0;
  disposed = false;
  living = 0;

  constructor(...losses: number[]) {
    this.losses = losses;
  }
  trainEpoch(epoch: number, factor: number, _: unknown, signal: AbortSignal | undefined) {
    this.factors.push(factor);
    this.weight = epoch;
    const loss = this.losses[epoch - 1]!;
    if (signal?.aborted) return Promise.resolve(null);
    if (!Number.isFinite(loss)) return Promise.reject(new NotFinite(loss));
    return Promise.resolve({ loss });
  }
  validate() {
    return Promise.resolve({ loss: this.losses[this.weight - 1]! / 2 });
  }
  keep(): Promise<Kept> {
    this.living++;
    return Promise.resolve(Object.assign({ weight: this.weight }, { dispose: () => void this.living-- }));
  }
  restore(kept: Kept) {
    this.weight = (kept as unknown as { weight: number }).weight;
    return Promise.resolve();
  }
  settle() {
    return Promise.resolve();
  }
  optimizerState() {
    return Promise.resolve({ steps: this.weight, slots: new Map() });
  }
  resume() {
    return Promise.resolve();
  }
  dispose() {
    this.disposed = true;
    return Promise.resolve();
  }
}

async function run(
  trainer: Scripted,
  asked: Partial<Training> & Pick<Training, "callbacks">,
  listener: Partial<TrainingListener> = {},
  signal?: AbortSignal,
) {
  const says = { logs: [] as object[], saved: [] as number[], notes: [] as string[] };
  const weights = {
    read: (): NamedWeights => [
      ["w", { shape: [], dtype: "float32", values: Float32Array.of(trainer.weight) }],
    ],
    put: (given: NamedWeights) => void (trainer.weight = given[0]![1].values[0]!),
  };
  const result = await train(
    {
      trainer,
      stage: 0,
      before: 0,
      epochs: trainer.losses.length,
      batches: 1,
      validates: true,
      rate: { rate: 0.5, scheduled: false },
      weights,
      ...asked,
    },
    {
      batches: () => undefined,
      epochEnd: (epoch, log, save) => {
        says.logs.push(log);
        if (save) says.saved.push(epoch);
        return Promise.resolve();
      },
      note: (code) => says.notes.push(code),
      ...listener,
    },
    signal,
  );
  return { ...result, ...says };
}

describe("a loss that is no number", () => {
  it("fails the fit, with the learning rate that it had", async () => {
    const trainer = new Scripted(1, NaN);
    await expect(run(trainer, { callbacks: [] })).rejects.toThrow(
      "The loss became NaN in epoch 2: the weights have run away. Lower learn_rate (it is 0.5), or bring the inputs to a small range (step_rescale, step_normalize).",
    );
    expect(trainer).toMatchObject({ disposed: true, living: 0 });
  });
  it("ends it where terminateOnNaN is, with the last finished epoch", async () => {
    const trainer = new Scripted(1, 0.5, Infinity, 0.1);
    const ended = await run(trainer, { callbacks: [callbacks.terminateOnNaN()] });
    expect(ended).toMatchObject({
      epochs: 2,
      epochOfWeights: 2,
      stopped: "early",
      notes: ["terminate-on-nan"],
    });
    expect(trainer).toMatchObject({ weight: 2, living: 0 });
  });
  it("fails it even so in the first epoch: there is nothing to keep", async () => {
    await expect(run(new Scripted(NaN), { callbacks: [callbacks.terminateOnNaN()] })).rejects.toThrow(
      /in epoch 1/,
    );
  });
});

describe("callbacks", () => {
  it("change the learning rate of the epochs behind them, as a factor of the first", async () => {
    const trainer = new Scripted(1, 1, 1, 1);
    const { logs } = await run(trainer, {
      callbacks: [callbacks.reduceLROnPlateau({ factor: 0.5, patience: 1, cooldown: 1 })],
    });
    expect(trainer.factors).toEqual([1, 1, 0.5, 0.25]);
    expect(logs[2]).toEqual({ loss: 1, val_loss: 0.5, learning_rate: 0.25 });
  });
  it("keep the best epoch's model while the training goes on from the last weights", async () => {
    const trainer = new Scripted(3, 1, 2, 4);
    const ended = await run(trainer, { callbacks: [callbacks.modelCheckpoint({ saveBestOnly: true })] });
    expect(ended).toMatchObject({ saved: [1, 2], epochs: 4, epochOfWeights: 2, stopped: "finished" });
    expect(trainer).toMatchObject({ weight: 2, living: 0 });
  });
  it("a fit that is cancelled has its last finished epoch, with modelCheckpoint the best one", async () => {
    for (const [callback, epoch] of [
      [callbacks.earlyStopping({ patience: 9, restoreBestWeights: true }), 3],
      [callbacks.modelCheckpoint({ saveBestOnly: true }), 2],
    ] as const) {
      const stop = new AbortController();
      const trainer = new Scripted(3, 1, 2, 4);
      const listener = { epochEnd: (at: number) => Promise.resolve(at === 3 ? stop.abort() : undefined) };
      const ended = await run(trainer, { callbacks: [callback] }, listener, stop.signal);
      expect(ended).toMatchObject({ epochs: 3, epochOfWeights: epoch, stopped: "cancelled" });
      expect(trainer.weight).toBe(epoch);
    }
  });
});

describe("what is reached", () => {
  it("has the best weights also where another epoch is the last, and leaves the training as it was", async () => {
    const trainer = new Scripted(3, 1, 2, 4);
    const seen: object[] = [];
    await run(
      trainer,
      { callbacks: [callbacks.modelCheckpoint({ saveBestOnly: true })] },
      {
        reached: async ({ epoch, last, state }) => {
          if (epoch < 3) return;
          const { weights, best, ended } = await state();
          seen.push({
            epoch,
            last,
            ended,
            weight: weights[0]![1].values[0],
            best: [best!.epoch, best!.weights[0]![1].values[0]],
          });
          expect(trainer.weight).toBe(epoch);
        },
      },
    );
    expect(seen).toEqual([
      { epoch: 3, last: false, ended: false, weight: 3, best: [2, 2] },
      { epoch: 4, last: true, ended: false, weight: 4, best: [2, 2] },
    ]);
    expect(trainer.living).toBe(0);
  });
});
