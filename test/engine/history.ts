import type { Trainer } from "../../src/engine/training/trainer.ts";
import { train, type Training } from "../../src/engine/training/train.ts";

/** Trains and gives what each epoch's log says: key → values. */
export async function historyOf(
  trainer: Trainer,
  training: Pick<Training, "epochs"> & Partial<Training>,
): Promise<Record<string, number[]>> {
  const history: Record<string, number[]> = {};
  await train(
    { trainer, batches: 1, validates: false, callbacks: [], learnRate: 0.01, ...training },
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
