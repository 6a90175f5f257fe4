import type { Rows } from "../rows.ts";

/** A network that is being trained, on one of the two engines. Weights are what they are after the last step. */
export interface Trainer {
  /**
   * One pass over all rows.
   *
   * @param epoch From 1.
   * @param factor What callbacks have made of the learning rate: 1 at first.
   * @param onBatch Told how many of the epoch's batches are done.
   * @returns The epoch's log; null when `signal` aborted, and then the weights are somewhere within the epoch.
   * @throws NotFinite
   */
  trainEpoch(
    epoch: number,
    factor: number,
    onBatch: (done: number) => void,
    signal: AbortSignal | undefined,
  ): Promise<Log | null>;
  /** The log of the validation rows, in inference mode, without the `val_`; null when `signal` aborted. */
  validate(signal: AbortSignal | undefined): Promise<Log | null>;
  /** All that training changes as it is now, to come back to: weights, averages, what the optimizer carries. */
  keep(): Promise<Kept>;
  restore(kept: Kept): Promise<void>;
  /** Brings the layers of TensorFlow.js, which models are saved and used from, to the weights as they are now. */
  settle(): Promise<void>;
  /** What the optimizer carries, for a checkpoint: by weight and slot (`dense/kernel/first`). */
  optimizerState(): Promise<OptimizerState>;
  /** Goes on from a checkpoint, whose weights the layers have already. */
  resume(state: OptimizerState): Promise<void>;
  dispose(): Promise<void>;
}

export type Log = Readonly<Record<string, number>>;

/** Something to come back to; it lies with the engine until it is let go. */
export interface Kept {
  dispose(): void;
}

export interface OptimizerState {
  /** Steps so far. */
  readonly steps: number;
  /** Weight and slot → values in Keras's order of axes. */
  readonly slots: ReadonlyMap<string, Rows>;
}

/** The loss became NaN or infinite. */
export class NotFinite extends Error {
  readonly loss: number;
  constructor(loss: number) {
    super(`The loss is ${loss}.`);
    this.loss = loss;
  }
}
