import type { EarlyStoppingOptions } from "../kspec/description.ts";

/** What an epoch's log makes of a fit that may stop early. */
export interface Verdict {
  readonly stop: boolean;
  /** Weights of this epoch are to be kept: they are the best so far. */
  readonly keep: boolean;
}

/**
 * Keras 3's EarlyStopping: an epoch improves when it beats the best by more than `minDelta`; `patience`
 * epochs without improvement stop the fit, never the first epoch. A `baseline` must be beaten for the patience to start anew.
 */
export class EarlyStopping {
  readonly monitor: string;
  readonly restoresBest: boolean;
  /** From 1; 0 before the first epoch. */
  bestEpoch = 0;
  readonly #options: EarlyStoppingOptions;
  readonly #larger: boolean;
  #best: number | undefined;
  #wait = 0;

  constructor(options: EarlyStoppingOptions) {
    this.#options = options;
    this.monitor = options.monitor ?? "val_loss";
    this.restoresBest = options.restoreBestWeights ?? false;
    const mode = options.mode ?? "auto";
    this.#larger = mode === "max" || (mode === "auto" && /acc|auc|precision|recall|f1/.test(this.monitor));
  }

  /**
   * @param epoch From 1.
   * @returns null when the log has no value of the monitored name.
   */
  see(epoch: number, logs: Readonly<Record<string, number>>): Verdict | null {
    const current = logs[this.monitor];
    if (current === undefined) return null;
    this.#wait++;
    if (this.#improves(current, this.#best)) {
      this.#best = current;
      this.bestEpoch = epoch;
      const { baseline } = this.#options;
      if (baseline === undefined || this.#improves(current, baseline)) this.#wait = 0;
      return { stop: false, keep: true };
    }
    return { stop: this.#wait >= (this.#options.patience ?? 0) && epoch > 1, keep: false };
  }

  #improves(value: number, reference: number | undefined): boolean {
    if (reference === undefined) return true;
    const delta = Math.abs(this.#options.minDelta ?? 0);
    return this.#larger ? value - delta > reference : value + delta < reference;
  }
}
