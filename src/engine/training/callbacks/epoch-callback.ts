import type { CallbackDescription } from "../../../kspec/description.ts";
import type { Log } from "../trainer.ts";

/** What survives `JSON.stringify`, for a checkpoint. */
export type Json =
  null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json | undefined };

/** One of Keras's callbacks, as it acts between epochs. Epochs count from 1. */
export interface EpochCallback {
  readonly name: CallbackDescription["name"];
  /** The value of the log that it watches. */
  readonly monitor?: string;
  /** The fit is to end with the weights of the epoch that this one called the best. */
  readonly keepsBest?: boolean;
  /** It can change the learning rate. */
  readonly setsRate?: true;
  /** Before an epoch: the learning rate it is to have, by the one so far. Absent: it sets none. */
  before?(epoch: number, rate: number): number;
  /** After an epoch. `rate` is the learning rate that it had. */
  see(epoch: number, log: Log, rate: number): Verdict;
  /** What it knows, to go on from later. */
  state(): Json;
  resume(state: Json): void;
}

/** What a callback makes of an epoch. */
export interface Verdict {
  /** The fit ends here. */
  readonly stop?: boolean;
  /** The epoch is the best so far. */
  readonly best?: boolean;
  /** The learning rate from the next epoch on. */
  readonly rate?: number;
  /** The monitored value is not in the log, so that nothing can be said: what this callback does not do because of it. */
  readonly blind?: string;
}
