import type { ModelCheckpointOptions } from "../../../kspec/description.ts";
import type { Log } from "../trainer.ts";
import type { EpochCallback, Json, Verdict } from "./epoch-callback.ts";
import { Monitor } from "./monitor.ts";

/** Keras 3's ModelCheckpoint with `save_best_only`: says which epochs are the best so far. Without that option every epoch is kept. */
export class ModelCheckpoint implements EpochCallback {
  readonly name = "modelCheckpoint";
  readonly keepsBest = true;
  readonly monitor: string;
  readonly #monitor: Monitor;

  constructor(options: ModelCheckpointOptions) {
    this.#monitor = new Monitor(options, 0);
    this.#monitor.best = options.initialValueThreshold;
    this.monitor = this.#monitor.name;
  }

  see(_epoch: number, log: Log): Verdict {
    const current = this.#monitor.of(log);
    if (current === undefined) return { best: true, blind: "the run keeps its last epoch" };
    return { best: this.#monitor.improves(current) };
  }

  state(): Json {
    return { best: this.#monitor.best };
  }

  resume(state: Json): void {
    this.#monitor.best = (state as { best?: number }).best;
  }
}
