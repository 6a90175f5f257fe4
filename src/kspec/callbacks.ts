import type {
  CallbackDescription,
  EarlyStoppingOptions,
  LearningRateFunction,
  ModelCheckpointOptions,
  MonitorOptions,
  ReduceLROnPlateauOptions,
} from "./description.ts";
import { readOptions, type KnownOptions } from "./known-options.ts";
import { named } from "./layer.ts";
import { SpecError } from "./spec-error.ts";

/** What watches the epochs of a fit: `callbacks.earlyStopping({ patience: 3 })`. */
export type Callback = CallbackDescription;

export interface Callbacks {
  /**
   * Stops the fit when a value of the epoch log no longer improves.
   *
   * ```ts
   * callbacks.earlyStopping({ monitor: "val_loss", patience: 5, restoreBestWeights: true })
   * ```
   */
  earlyStopping(options?: EarlyStoppingOptions): Callback;
  /**
   * Lowers the learning rate when a value of the epoch log no longer improves.
   *
   * ```ts
   * callbacks.reduceLROnPlateau({ factor: 0.2, patience: 3, minLr: 1e-4 })
   * ```
   */
  reduceLROnPlateau(options?: ReduceLROnPlateauOptions): Callback;
  /**
   * Sets the learning rate of each epoch. The function gets the epoch, counted from 0 as in Keras, and the rate so far.
   *
   * ```ts
   * callbacks.learningRateScheduler((epoch, rate) => (epoch < 10 ? rate : rate * 0.95))
   * ```
   */
  learningRateScheduler(schedule: LearningRateFunction): Callback;
  /**
   * With `saveBestOnly` the run keeps the weights of its best epoch, and is evaluated with them; training goes on
   * from the last ones. Without it nothing changes, since a run keeps its epochs anyway.
   *
   * ```ts
   * callbacks.modelCheckpoint({ monitor: "val_accuracy", saveBestOnly: true })
   * ```
   */
  modelCheckpoint(options?: ModelCheckpointOptions): Callback;
  /** Where the loss becomes NaN or infinite, the fit stops and keeps its last finished epoch; without it the fit fails. */
  terminateOnNaN(): Callback;
}

const monitor: KnownOptions<MonitorOptions> = { monitor: "optional", mode: "optional" };
const earlyStopping: KnownOptions<EarlyStoppingOptions> = {
  ...monitor,
  minDelta: "optional",
  patience: "optional",
  restoreBestWeights: "optional",
  baseline: "optional",
  startFromEpoch: "optional",
};
const reduceLROnPlateau: KnownOptions<ReduceLROnPlateauOptions> = {
  ...monitor,
  factor: "optional",
  patience: "optional",
  minDelta: "optional",
  cooldown: "optional",
  minLr: "optional",
};
const modelCheckpoint: KnownOptions<ModelCheckpointOptions> = {
  ...monitor,
  saveBestOnly: "optional",
  initialValueThreshold: "optional",
  saveFreq: "optional",
};

/** Callbacks, for `fit_callbacks`. */
export const callbacks: Callbacks = Object.freeze({
  earlyStopping: (options?: EarlyStoppingOptions) =>
    described("earlyStopping", monitored("earlyStopping", earlyStopping, options)),
  reduceLROnPlateau: (options?: ReduceLROnPlateauOptions) => {
    const { factor = 0.1 } = options ?? {};
    const read = monitored("reduceLROnPlateau", reduceLROnPlateau, options);
    // Keras refuses 1 and more; what is not above 0 would end the learning.
    if (!(factor > 0 && factor < 1))
      throw new SpecError(
        "bad-option",
        `callbacks.reduceLROnPlateau(): factor must be between 0 and 1, and it is ${named(factor)}.`,
      );
    return described("reduceLROnPlateau", read);
  },
  learningRateScheduler: (schedule: LearningRateFunction) => {
    if (typeof schedule !== "function")
      throw new SpecError(
        "no-function",
        `callbacks.learningRateScheduler() takes a function, (epoch, rate) => …, and got ${named(schedule)}.`,
      );
    return described("learningRateScheduler", Object.freeze({ schedule }));
  },
  modelCheckpoint: (options?: ModelCheckpointOptions) => {
    const read = monitored("modelCheckpoint", modelCheckpoint, options);
    if ((read.saveFreq ?? "epoch") !== "epoch")
      throw new SpecError(
        "bad-option",
        `callbacks.modelCheckpoint(): saveFreq can only be "epoch", and it is ${named(read.saveFreq)}.`,
      );
    return described("modelCheckpoint", read);
  },
  terminateOnNaN: () => described("terminateOnNaN", Object.freeze({})),
});

function described<Name extends Callback["name"]>(
  name: Name,
  options: Extract<Callback, { name: Name }>["options"],
): Callback {
  return Object.freeze({ kind: "callback", name, options }) as Callback;
}

function monitored<Options extends MonitorOptions>(
  name: string,
  known: KnownOptions<Options>,
  given: Options | undefined,
): Options {
  const options = readOptions(`callbacks.${name}`, known, given) as Options;
  const { mode = "auto" } = options;
  if (!["auto", "min", "max"].includes(mode))
    throw new SpecError(
      "bad-option",
      `callbacks.${name}(): mode must be "auto", "min" or "max", and it is ${named(mode)}.`,
    );
  return options;
}
