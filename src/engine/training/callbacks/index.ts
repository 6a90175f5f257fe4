import type { CallbackDescription } from "../../../kspec/description.ts";
import { UserError } from "../../../protocol/index.ts";
import type { Log } from "../trainer.ts";
import { EarlyStopping } from "./early-stopping.ts";
import type { EpochCallback, Json } from "./epoch-callback.ts";
import { LearningRateScheduler } from "./learning-rate-scheduler.ts";
import { ModelCheckpoint } from "./model-checkpoint.ts";
import { ReduceLROnPlateau } from "./reduce-lr-on-plateau.ts";

export type { Json } from "./epoch-callback.ts";

/** How each callback of a spec acts; null: not between epochs. */
const CALLBACKS: {
  readonly [Name in CallbackDescription["name"]]: (
    options: Extract<CallbackDescription, { name: Name }>["options"],
  ) => EpochCallback | null;
} = {
  earlyStopping: (options) => new EarlyStopping(options),
  reduceLROnPlateau: (options) => new ReduceLROnPlateau(options),
  learningRateScheduler: (options) => new LearningRateScheduler(options),
  // A run keeps its epochs anyway, each in the place of the one before.
  modelCheckpoint: (options) => (options.saveBestOnly ? new ModelCheckpoint(options) : null),
  // The loop asks for it where a loss is no number.
  terminateOnNaN: () => null,
};

/** What an epoch came to. */
export interface EpochVerdict {
  /** With what callbacks add: Keras's `learning_rate` where one of them can change it. */
  readonly log: Log;
  readonly stop: boolean;
  /** Its weights are those the fit is to end with, unless a better epoch comes. */
  readonly best: boolean;
  /** The run's model is to be replaced by this epoch's. */
  readonly save: boolean;
  readonly notes: readonly { readonly code: string; readonly message: string }[];
}

/** The learning rate that a fit begins with. */
export interface FirstRate {
  readonly rate: number;
  /** It follows a schedule of the optimizer's own. */
  readonly scheduled: boolean;
}

/** All callbacks of a fit. */
export class Callbacks {
  /** Whether a loss that is no number ends the fit, and does not fail it. */
  readonly endsAtNaN: boolean;
  readonly #all: readonly EpochCallback[];
  /** Whose best epoch it is; the run's own model before all. */
  readonly #keeper: EpochCallback | undefined;
  readonly #setsRate: boolean;
  readonly #first: number;
  #rate: number;
  #anyBest = false;

  /** @throws UserError when callbacks and a schedule would both set the learning rate. */
  constructor(descriptions: readonly CallbackDescription[], { rate, scheduled }: FirstRate) {
    this.#first = this.#rate = rate;
    this.#all = descriptions.flatMap((one) => {
      const make = CALLBACKS[one.name] as (options: object) => EpochCallback | null;
      return make(one.options) ?? [];
    });
    const setter = this.#all.find(({ setsRate }) => setsRate);
    if (setter !== undefined && scheduled)
      throw new UserError(
        "learning-rate-scheduled",
        `${setter.name} sets the learning rate, and so does the optimizer's schedule. Take one of them away.`,
      );
    this.#setsRate = setter !== undefined;
    this.#keeper =
      this.#all.find(({ name }) => name === "modelCheckpoint") ??
      this.#all.find(({ keepsBest }) => keepsBest);
    this.endsAtNaN = descriptions.some(({ name }) => name === "terminateOnNaN");
  }

  /**
   * Before an epoch (from 1).
   *
   * @returns what they make of the learning rate: its factor, 1 at first.
   */
  before(epoch: number): number {
    for (const callback of this.#all) this.#set(callback.before?.(epoch, this.#rate));
    return this.#rate / this.#first;
  }

  /** After an epoch, with its log, `val_` values included. */
  after(epoch: number, values: Log): EpochVerdict {
    const rate = this.#rate;
    const log = this.#setsRate ? { ...values, learning_rate: rate } : values;
    const notes: EpochVerdict["notes"][number][] = [];
    let stop = false;
    let best = false;
    for (const callback of this.#all) {
      const verdict = callback.see(epoch, log, rate);
      stop ||= verdict.stop === true;
      if (callback === this.#keeper) best = verdict.best === true;
      this.#set(verdict.rate);
      // The log has the same names after every epoch.
      if (verdict.blind !== undefined && epoch === 1) notes.push(blindNote(callback, values, verdict.blind));
    }
    this.#anyBest ||= best;
    const save = best || this.#keeper?.name !== "modelCheckpoint" || !this.#anyBest;
    return { log, stop, best, save, notes };
  }

  /** In single precision, as Keras keeps it. */
  #set(rate: number | undefined): void {
    if (rate !== undefined) this.#rate = Math.fround(rate);
  }

  /** Whether the fit ends with its best epoch, where there is one, and not with the last. One that is cancelled has the last, unless the run's model is the best anyway. */
  endsWithBest(cancelled: boolean): boolean {
    return this.#keeper !== undefined && (!cancelled || this.#keeper.name === "modelCheckpoint");
  }

  /** For a checkpoint. */
  state(): Json {
    return {
      rate: this.#rate,
      anyBest: this.#anyBest,
      callbacks: this.#all.map((callback) => callback.state()),
    };
  }

  /** Goes on from the {@link state} of the same callbacks. */
  resume(state: Json): void {
    const { rate, anyBest, callbacks } = state as { rate: number; anyBest: boolean; callbacks: Json[] };
    this.#rate = rate;
    this.#anyBest = anyBest;
    for (const [i, callback] of this.#all.entries()) callback.resume(callbacks[i]!);
  }
}

function blindNote({ name, monitor }: EpochCallback, log: Log, consequence: string) {
  const remedy = monitor!.startsWith("val_") ? " Set fit_validation_split, or monitor one of these." : "";
  return {
    code: `${KEBAB[name]}-monitor`,
    message: `${name} watches "${monitor}", which the epoch log does not have (${Object.keys(log).join(", ")}), so ${consequence}.${remedy}`,
  };
}

const KEBAB: Readonly<Record<CallbackDescription["name"], string>> = {
  earlyStopping: "early-stopping",
  reduceLROnPlateau: "reduce-lr-on-plateau",
  learningRateScheduler: "learning-rate-scheduler",
  modelCheckpoint: "model-checkpoint",
  terminateOnNaN: "terminate-on-nan",
};
