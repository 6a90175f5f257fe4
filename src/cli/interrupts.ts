/**
 * Ctrl-C: once asks the work to stop and to keep what is finished, twice ends at once. While code of the
 * user's runs that may never come back, Ctrl-C is left to the system, which ends the process: a handler of ours
 * would have to wait for that code.
 */
export class Interrupts {
  readonly #stop = new AbortController();
  readonly #onFirst: () => void;
  readonly #handle = () => {
    if (this.#stop.signal.aborted) process.exit(130);
    this.#onFirst();
    this.#stop.abort();
  };

  constructor(onFirst: () => void) {
    this.#onFirst = onFirst;
    process.on("SIGTERM", this.#handle);
    this.leaveTo("us");
  }

  /** Aborted by the first Ctrl-C. */
  get signal(): AbortSignal {
    return this.#stop.signal;
  }

  /** As the first Ctrl-C does. */
  stop(): void {
    if (!this.#stop.signal.aborted) this.#handle();
  }

  leaveTo(who: "us" | "system"): void {
    process.off("SIGINT", this.#handle);
    if (who === "us") process.on("SIGINT", this.#handle);
  }
}
