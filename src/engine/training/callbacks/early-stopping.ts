import type { EarlyStoppingOptions } from "../../../kspec/description.ts";
import type { Log } from "../trainer.ts";
import type { EpochCallback, Json, Verdict } from "./epoch-callback.ts";
import { Monitor } from "./monitor.ts";

/**
 * Keras 3's EarlyStopping: an epoch improves when it beats the best by more than `minDelta`; `patience`
 * epochs without improvement stop the fit, never the first epoch. A `baseline` must be beaten for the patience to start anew.
 */
export class EarlyStopping implements EpochCallback {
  readonly name = "earlyStopping";
  readonly monitor: string;
  readonly keepsBest: boolean;
  readonly #options: EarlyStoppingOptions;
  readonly #monitor: Monitor;
  #wait = 0;

  constructor(options: EarlyStoppingOptions) {
    this.#options = options;
    this.#monitor = new Monitor(options, options.minDelta ?? 0);
    this.monitor = this.#monitor.name;
    this.keepsBest = options.restoreBestWeights ?? false;
  }

  see(epoch: number, log: Log): Verdict {
    const current = this.#monitor.of(log);
    if (current === undefined) return { blind: "it never stops the fit" };
    if (epoch <= (this.#options.startFromEpoch ?? 0)) return {};
    this.#wait++;
    if (this.#monitor.improves(current)) {
      const { baseline } = this.#options;
      if (baseline === undefined || this.#monitor.beats(current, baseline)) this.#wait = 0;
      return { best: true };
    }
    return { stop: this.#wait >= (this.#options.patience ?? 0) && epoch > 1 };
  }

  state(): Json {
    return { best: this.#monitor.best, wait: this.#wait };
  }

  resume(state: Json): void {
    const { best, wait } = state as { best?: number; wait: number };
    this.#monitor.best = best;
    this.#wait = wait;
  }
}
