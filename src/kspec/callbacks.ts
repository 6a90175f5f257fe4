import type { CallbackDescription, EarlyStoppingOptions } from "./description.ts";
import { readOptions, type KnownOptions } from "./known-options.ts";

/** What watches the epochs of a fit: `callbacks.earlyStopping({ patience: 3 })`. */
export interface Callback extends CallbackDescription {
  readonly kind: "callback";
}

export interface Callbacks {
  /**
   * Stops the fit when a value of the epoch log no longer improves.
   *
   * ```ts
   * callbacks.earlyStopping({ monitor: "val_loss", patience: 5, restoreBestWeights: true })
   * ```
   */
  earlyStopping(options?: EarlyStoppingOptions): Callback;
}

const earlyStopping: KnownOptions<EarlyStoppingOptions> = {
  monitor: "optional",
  minDelta: "optional",
  patience: "optional",
  mode: "optional",
  restoreBestWeights: "optional",
  baseline: "optional",
};

/** Callbacks, for `fit_callbacks`. */
export const callbacks: Callbacks = Object.freeze({
  earlyStopping: (options?: EarlyStoppingOptions) =>
    Object.freeze({
      kind: "callback",
      name: "earlyStopping",
      options: readOptions("callbacks.earlyStopping", earlyStopping, options),
    } as const),
});
