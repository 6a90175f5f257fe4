import type { MonitorOptions } from "../../../kspec/description.ts";
import type { Log } from "../trainer.ts";

/** The value of the log that a callback watches, and the best of it so far (Keras 3's MonitorCallback). */
export class Monitor {
  readonly name: string;
  /** Undefined: none was seen yet. */
  best: number | undefined;
  readonly #larger: boolean;
  readonly #minDelta: number;

  /** @param minDelta A value must be better by more than this. */
  constructor({ monitor = "val_loss", mode = "auto" }: MonitorOptions, minDelta: number) {
    this.name = monitor;
    this.#minDelta = Math.abs(minDelta);
    this.#larger = mode === "max" || (mode === "auto" && growsWithQuality(monitor));
  }

  /** Undefined when the log has no such value. */
  of(log: Log): number | undefined {
    return log[this.name];
  }

  /** Whether a value is better than all before it; then it is the best. */
  improves(value: number): boolean {
    const improves = this.beats(value, this.best);
    if (improves) this.best = value;
    return improves;
  }

  /** Anything beats nothing. Compared in single precision, as Keras does: a gain of just `minDelta` is none, whatever its last digit. */
  beats(value: number, reference: number | undefined): boolean {
    if (reference === undefined) return true;
    return this.#larger
      ? Math.fround(value - this.#minDelta) > Math.fround(reference)
      : Math.fround(value + this.#minDelta) < Math.fround(reference);
  }
}

/** By its name, since the log has no more: Keras asks its metrics, which say the same. */
function growsWithQuality(monitor: string): boolean {
  return (
    !/loss$/.test(monitor) &&
    /acc|auc|precision|recall|sensitivity|specificity|f1|f_?beta|io_?u|r2|true_|cosine_sim|correlation/i.test(
      monitor,
    )
  );
}
