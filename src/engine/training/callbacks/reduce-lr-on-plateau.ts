import type { ReduceLROnPlateauOptions } from "../../../kspec/description.ts";
import type { Log } from "../trainer.ts";
import type { EpochCallback, Json, Verdict } from "./epoch-callback.ts";
import { Monitor } from "./monitor.ts";

/**
 * Keras 3's ReduceLROnPlateau: after `patience` epochs without improvement the learning rate is multiplied with `factor`, but not
 * below `minLr`; then nothing is counted for `cooldown` epochs.
 */
export class ReduceLROnPlateau implements EpochCallback {
  readonly name = "reduceLROnPlateau";
  readonly setsRate = true;
  readonly monitor: string;
  readonly #options: ReduceLROnPlateauOptions;
  readonly #monitor: Monitor;
  #wait = 0;
  #cooldown = 0;

  constructor(options: ReduceLROnPlateauOptions) {
    this.#options = options;
    this.#monitor = new Monitor(options, options.minDelta ?? 1e-4);
    this.monitor = this.#monitor.name;
  }

  see(_epoch: number, log: Log, rate: number): Verdict {
    const { factor = 0.1, patience = 10, cooldown = 0, minLr = 0 } = this.#options;
    const current = this.#monitor.of(log);
    if (current === undefined) return { blind: "it never lowers the learning rate" };
    if (this.#cooldown > 0) {
      this.#cooldown--;
      this.#wait = 0;
    }
    if (this.#monitor.improves(current)) {
      this.#wait = 0;
      return {};
    }
    // A rate is single precision in Keras, so one that was lowered to `minLr` is not above it by a rounding.
    if (this.#cooldown > 0 || ++this.#wait < patience || Math.fround(rate) <= Math.fround(minLr)) return {};
    this.#cooldown = cooldown;
    this.#wait = 0;
    return { rate: Math.max(rate * factor, minLr) };
  }

  state(): Json {
    return { best: this.#monitor.best, wait: this.#wait, cooldown: this.#cooldown };
  }

  resume(state: Json): void {
    const { best, wait, cooldown } = state as { best?: number; wait: number; cooldown: number };
    this.#monitor.best = best;
    this.#wait = wait;
    this.#cooldown = cooldown;
  }
}
