import type { CallbackDescription } from "../../kspec/description.ts";
import { UserError } from "../../protocol/index.ts";
import { EarlyStopping } from "../early-stopping.ts";
import { NotFinite, type Kept, type Log, type Trainer } from "./trainer.ts";

export interface Training {
  readonly trainer: Trainer;
  readonly epochs: number;
  /** Batches of an epoch. */
  readonly batches: number;
  readonly validates: boolean;
  readonly callbacks: readonly CallbackDescription[];
  /** For the message when the loss is no number. */
  readonly learnRate: number;
}

export interface TrainingListener {
  batches(done: number, total: number): void;
  /** Awaited; the layers of TensorFlow.js have the epoch's weights once `settle` is done. */
  epochEnd(epoch: number, logs: Log): Promise<void>;
  note(code: string, message: string): void;
}

export interface Trained {
  /** Epochs that were finished. */
  readonly epochs: number;
  /** The epoch whose weights the model has now. */
  readonly epochOfWeights: number;
  readonly stopped: "finished" | "early" | "cancelled";
}

/**
 * Trains a network as Keras's `fit` does: rows in a new order each epoch, a smaller last batch, losses averaged
 * over rows, metrics running over batches, validation in inference mode after each epoch.
 *
 * When `signal` aborts, the weights of the last finished epoch are put back.
 *
 * @throws UserError when the loss is no finite number.
 */
export async function train(
  { trainer, epochs, batches, validates, callbacks, learnRate }: Training,
  listener: TrainingListener,
  signal?: AbortSignal,
): Promise<Trained> {
  const stoppers = callbacks.flatMap((one) =>
    one.name === "earlyStopping" ? [new EarlyStopping(one.options)] : [],
  );
  const restoring = stoppers.find((stopper) => stopper.restoresBest);
  let last = await trainer.keep();
  let best: Kept | null = restoring === undefined ? null : await trainer.keep();
  let finished = 0;
  let stopped: Trained["stopped"] = "finished";

  try {
    for (let epoch = 1; epoch <= epochs && stopped === "finished"; epoch++) {
      const logs = await epochOf(epoch);
      if (logs === null) {
        await trainer.restore(last);
        stopped = "cancelled";
        break;
      }
      last.dispose();
      last = await trainer.keep();
      finished = epoch;
      for (const stopper of stoppers) {
        const verdict = stopper.see(epoch, logs);
        if (verdict === null && epoch === 1)
          listener.note("early-stopping-monitor", missingMonitor(stopper, logs));
        if (verdict?.stop) stopped = "early";
        if (verdict?.keep && stopper === restoring) {
          best!.dispose();
          best = await trainer.keep();
        }
      }
      await listener.epochEnd(epoch, logs);
      if (signal?.aborted && stopped === "finished" && epoch < epochs) stopped = "cancelled";
    }
    const restores = best !== null && restoring!.bestEpoch > 0 && stopped !== "cancelled";
    if (restores) await trainer.restore(best!);
    await trainer.settle();
    return { epochs: finished, epochOfWeights: restores ? restoring!.bestEpoch : finished, stopped };
  } finally {
    last.dispose();
    best?.dispose();
    await trainer.dispose();
  }

  /** Null when it was cancelled. */
  async function epochOf(epoch: number): Promise<Log | null> {
    const onBatch = (done: number) => listener.batches((epoch - 1) * batches + done, batches * epochs);
    try {
      const logs = await trainer.trainEpoch(epoch, 1, onBatch, signal);
      if (logs === null || !validates) return logs;
      const held = await trainer.validate(signal);
      if (held === null) return null;
      return {
        ...logs,
        ...Object.fromEntries(Object.entries(held).map(([key, value]) => [`val_${key}`, value])),
      };
    } catch (error) {
      if (error instanceof NotFinite) throw notFinite(error.loss, epoch, learnRate);
      throw error;
    }
  }
}

function notFinite(loss: number, epoch: number, learnRate: number): UserError {
  return new UserError(
    "loss-not-finite",
    `The loss became ${Number.isNaN(loss) ? "NaN" : "infinite"} in epoch ${epoch}: the weights have run away. ` +
      `Lower learn_rate (it is ${learnRate}), or bring the inputs to a small range (step_rescale, step_normalize).`,
  );
}

function missingMonitor(stopper: EarlyStopping, logs: Log): string {
  const remedy = stopper.monitor.startsWith("val_")
    ? " Set fit_validation_split, or monitor one of these."
    : "";
  return `earlyStopping watches "${stopper.monitor}", which the epoch log does not have (${Object.keys(logs).join(", ")}), so it never stops the fit.${remedy}`;
}
