import type { Phase, ProblemFound, Progress, RunEvent } from "../protocol/index.ts";
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
  readonly #said: ReadonlySet<string>;
  #phase: { readonly name: Phase; readonly throttle: Throttle } | null = null;
  /** Of what is counted at the moment: a phase may fetch two files and then read images. */
  #count: {
    readonly unit: Progress["unit"];
    readonly total: number | null;
    done: number;
    readonly pace: Pace;
  } | null = null;

  /** @param said What a run that goes on has said before: its problems are not told again. */
  constructor(
    run: RunWriter,
    listen: (event: RunEvent) => void,
    onFailure: () => void,
    said: readonly RunEvent[] = [],
  ) {
    this.#said = new Set(said.filter((event) => event.type === "problem").map(problemKey));
    this.#run = run;
    this.#listen = listen;
    this.#onFailure = onFailure;
  }

  say(event: UnstampedEvent): RunEvent {
    const stamped = this.#run.stamp(event);
    if (this.#closed) return stamped;
    if (event.type === "problem" && this.#said.has(problemKey(event))) return stamped;
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
    this.#phase = { name, throttle: new Throttle() };
    this.#count = null;
    this.say({ type: "phase_started", phase: name });
  }

  /**
   * Tells progress of a phase, with speed and time left, not more often than people can read.
   *
   * @param cached how many of `done` were found in the feature cache.
   */
  progress(phase: Phase, done: number, total: number | null, unit: Progress["unit"], cached?: number): void {
    this.phase(phase);
    const now = performance.now();
    const told = this.#paceOf(done, total, unit).tell(done, total, now, cached);
    if (!this.#phase!.throttle.lets(now, done === total)) return;
    this.say({
      type: "progress",
      phase,
      done,
      total,
      unit,
      ...told,
      ...(cached === undefined ? {} : { cached }),
    });
  }

  /** Another unit or total, or a count that starts over, is of something else, which has a speed of its own. */
  #paceOf(done: number, total: number | null, unit: Progress["unit"]): Pace {
    const now = this.#count;
    if (now === null || now.unit !== unit || now.total !== total || done < now.done)
      this.#count = { unit, total, done, pace: new Pace() };
    else now.done = done;
    return this.#count!.pace;
  }

  note(severity: "error" | "warning" | "information", code: string, message: string): void {
    this.say({ type: "problem", severity, code, message });
  }
}

function problemKey({ code, message }: Pick<ProblemFound, "code" | "message">): string {
  return `${code} ${message}`;
}
