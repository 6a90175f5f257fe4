import type { Phase, Progress, RunEvent } from "../protocol/index.ts";
import type { RunWriter, UnstampedEvent } from "../runs/index.ts";
import { Pace, Throttle } from "./pace.ts";

/**
 * Where a running fit says what happens: each event goes to the run's folder and to whoever
 * listens. When the folder cannot be written to any more, listeners still hear everything,
 * {@link RunLog.failure} says why, and `onFailure` is called once so that the fit can stop.
 */
export class RunLog {
  failure: unknown;
  #closed = false;
  readonly #run: RunWriter;
  readonly #listen: (event: RunEvent) => void;
  readonly #onFailure: () => void;
  #phase: { readonly name: Phase; readonly pace: Pace; readonly throttle: Throttle } | null = null;

  constructor(run: RunWriter, listen: (event: RunEvent) => void, onFailure: () => void) {
    this.#run = run;
    this.#listen = listen;
    this.#onFailure = onFailure;
  }

  say(event: UnstampedEvent): RunEvent {
    const stamped = this.#run.stamp(event);
    if (this.#closed) return stamped;
    if (this.failure === undefined) {
      try {
        this.#run.append(stamped);
      } catch (error) {
        this.failure = error;
        this.#onFailure();
      }
    }
    this.#listen(stamped);
    return stamped;
  }

  /** After `run_ended` nothing more is said, also by work that has not noticed yet. */
  close(): void {
    this.#closed = true;
  }

  phase(name: Phase): void {
    if (this.#phase?.name === name) return;
    this.#phase = { name, pace: new Pace(), throttle: new Throttle() };
    this.say({ type: "phase_started", phase: name });
  }

  /** Tells progress of a phase, with the time left, not more often than people can read. */
  progress(phase: Phase, done: number, total: number | null, unit: Progress["unit"]): void {
    this.phase(phase);
    const now = performance.now();
    const eta_s = this.#phase!.pace.left(done, total, now);
    if (this.#phase!.throttle.lets(now, done === total))
      this.say({ type: "progress", phase, done, total, unit, eta_s });
  }

  note(severity: "error" | "warning" | "information", code: string, message: string): void {
    this.say({ type: "problem", severity, code, message });
  }
}
