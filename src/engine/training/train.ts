import type { CallbackDescription } from "../../kspec/description.ts";
import { UserError } from "../../protocol/index.ts";
import { Callbacks, type FirstRate } from "./callbacks/index.ts";
import type { TrainingState } from "./checkpoint.ts";
import type { NamedWeights } from "./head-weights.ts";
import { NotFinite, type Kept, type Log, type Trainer } from "./trainer.ts";

export interface Training {
  readonly trainer: Trainer;
  /** Which of the fit's stages it is, from 0. */
  readonly stage: number;
  /** Epochs of the stages before. */
  readonly before: number;
  /** The last epoch, counted from the first stage's first. */
  readonly epochs: number;
  /** Batches of an epoch. */
  readonly batches: number;
  readonly validates: boolean;
  readonly callbacks: readonly CallbackDescription[];
  /** The optimizer's learning rate, before callbacks change it. */
  readonly rate: FirstRate;
  /** The layers' weights, which checkpoints hold. */
  readonly weights: { read(): NamedWeights; put(weights: NamedWeights): void };
  /** Where it goes on: the layers have the state's weights already. */
  readonly resume?: TrainingState | undefined;
}

export interface TrainingListener {
  batches(done: number, total: number): void;
  /**
   * Awaited; the layers of TensorFlow.js have the epoch's weights once `settle` is done.
   *
   * @param save Whether the epoch's model takes the place of the one that is kept.
   */
  epochEnd(epoch: number, logs: Log, save: boolean): Promise<void>;
  /** Awaited, after each epoch and at the end, when what is reached may be kept to go on from it. */
  reached?(reached: Reached): Promise<void>;
  note(code: string, message: string): void;
}

/** A point of a training that can be gone on from. */
export interface Reached {
  /** Epochs that are finished. */
  readonly epoch: number;
  /** No epoch follows in this training. */
  readonly last: boolean;
  /** Brings all of it out of the engine, which takes its time. */
  state(): Promise<TrainingState>;
}

export interface Trained {
  /** Epochs that were finished, those of stages before and before a resumption included. */
  readonly epochs: number;
  /** The epoch whose weights the model has now. */
  readonly epochOfWeights: number;
  readonly stopped: "finished" | "early" | "cancelled";
}

/**
 * Trains a network as Keras's `fit` does: rows in a new order each epoch, a smaller last batch, losses averaged
 * over rows, metrics running over batches, validation in inference mode after each epoch, callbacks between epochs.
 *
 * When `signal` aborts, the weights of the last finished epoch are put back. Going on from a {@link Reached} state gives
 * what a training without a stop would have given.
 *
 * @throws UserError when the loss is no finite number, unless a callback says what then.
 */
export async function train(
  job: Training,
  listener: TrainingListener,
  signal?: AbortSignal,
): Promise<Trained> {
  const { trainer, epochs, weights, resume } = job;
  const callbacks = new Callbacks(job.callbacks, job.rate);
  if (resume !== undefined) {
    callbacks.resume(resume.callbacks);
    await trainer.resume(resume.optimizer);
  }
  let last = await trainer.keep();
  let best: Best | null = resume?.best ?? null;
  let finished = resume?.epoch ?? job.before;
  /** What callbacks know after that epoch; one that is thrown away must leave no trace in them. */
  let known = callbacks.state();
  let stopped: Trained["stopped"] = resume?.ended ? "early" : "finished";

  try {
    while (finished < epochs && stopped === "finished") {
      const epoch = finished + 1;
      const values = await epochOf(epoch);
      if (values === "cancelled" || values === "not finite") {
        await trainer.restore(last);
        stopped = values === "cancelled" ? "cancelled" : "early";
      } else {
        last.dispose();
        last = await trainer.keep();
        finished = epoch;
        const verdict = callbacks.after(epoch, values);
        known = callbacks.state();
        for (const { code, message } of verdict.notes) listener.note(code, message);
        if (verdict.stop) stopped = "early";
        if (verdict.best) {
          best?.kept?.dispose();
          best = { epoch, kept: await trainer.keep() };
        }
        await listener.epochEnd(epoch, verdict.log, verdict.save);
        if (signal?.aborted && stopped === "finished" && epoch < epochs) stopped = "cancelled";
      }
      if (finished > job.before)
        await listener.reached?.({
          epoch: finished,
          last: finished === epochs || stopped !== "finished",
          state,
        });
    }
    const restored = callbacks.endsWithBest(stopped === "cancelled") ? best : null;
    if (restored?.kept) await trainer.restore(restored.kept);
    await trainer.settle();
    if (restored?.weights && !restored.kept) weights.put(restored.weights);
    return { epochs: finished, epochOfWeights: restored?.epoch ?? finished, stopped };
  } finally {
    last.dispose();
    best?.kept?.dispose();
    await trainer.dispose();
  }

  async function epochOf(epoch: number): Promise<Log | "cancelled" | "not finite"> {
    const onBatch = (done: number) =>
      listener.batches((epoch - 1 - job.before) * job.batches + done, job.batches * (epochs - job.before));
    try {
      const logs = await trainer.trainEpoch(epoch, callbacks.before(epoch), onBatch, signal);
      if (logs === null) return "cancelled";
      if (!job.validates) return logs;
      const held = await trainer.validate(signal);
      if (held === null) return "cancelled";
      return {
        ...logs,
        ...Object.fromEntries(Object.entries(held).map(([key, value]) => [`val_${key}`, value])),
      };
    } catch (error) {
      if (!(error instanceof NotFinite)) throw error;
      // Without a finished epoch there is nothing to keep.
      if (!callbacks.endsAtNaN || finished === job.before) {
        await trainer.restore(last);
        if (finished > job.before) await listener.reached?.({ epoch: finished, last: true, state });
        throw notFinite(error.loss, epoch, job.rate.rate);
      }
      listener.note(
        "terminate-on-nan",
        `${becameNoNumber(error.loss, epoch)}: terminateOnNaN ends the fit, and epoch ${finished} is the last one.`,
      );
      return "not finite";
    }
  }

  /** Of the last finished epoch, which the trainer has at the moment. */
  async function state(): Promise<TrainingState> {
    await trainer.settle();
    const now = weights.read();
    if (best !== null && best.weights === undefined) {
      if (best.epoch === finished) best = { ...best, weights: now };
      else {
        await trainer.restore(best.kept!);
        await trainer.settle();
        best = { ...best, weights: weights.read() };
        await trainer.restore(last);
        await trainer.settle();
      }
    }
    return {
      stage: job.stage,
      before: job.before,
      epoch: finished,
      ended: stopped === "early",
      weights: now,
      best: best === null ? null : { epoch: best.epoch, weights: best.weights! },
      optimizer: await trainer.optimizerState(),
      callbacks: known,
    };
  }
}

/** The best epoch so far: with the engine, or as values, or both. */
interface Best {
  readonly epoch: number;
  readonly kept?: Kept;
  readonly weights?: NamedWeights;
}

function notFinite(loss: number, epoch: number, rate: number): UserError {
  return new UserError(
    "loss-not-finite",
    `${becameNoNumber(loss, epoch)}: the weights have run away. ` +
      `Lower learn_rate (it is ${Number(rate.toPrecision(6))}), or bring the inputs to a small range (step_rescale, step_normalize).`,
  );
}

function becameNoNumber(loss: number, epoch: number): string {
  return `The loss became ${Number.isNaN(loss) ? "NaN" : "infinite"} in epoch ${epoch}`;
}
