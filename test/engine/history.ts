import type { Trainer } from "../../src/engine/training/trainer.ts";
import { train, type Training } from "../../src/engine/training/train.ts";

const RATE = { rate: 0.01, scheduled: false };
/** Nobody asks for a checkpoint here. */
const NO_WEIGHTS = { read: () => [], put: () => undefined };

/** Trains and gives what each epoch's log says: key → values. */
export async function historyOf(
  trainer: Trainer,
  training: Pick<Training, "epochs"> & Partial<Training>,
): Promise<Record<string, number[]>> {
  const history: Record<string, number[]> = {};
  await train(
    {
      trainer,
      stage: 0,
      before: 0,
      batches: 1,
      validates: false,
      callbacks: [],
      rate: RATE,
      weights: NO_WEIGHTS,
      ...training,
    },
    {
      batches: () => undefined,
      note: () => undefined,
      epochEnd: (_, logs) => {
        for (const [key, value] of Object.entries(logs)) (history[key] ??= []).push(value);
        return Promise.resolve();
      },
    },
  );
  return history;
}
