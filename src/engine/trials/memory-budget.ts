/** Something that takes memory and can be made again. */
export interface Held {
  /** By now: it may grow. */
  readonly bytes: number;
  release(): void;
}

/** Holds things between trials; where they become too much together, what was used longest ago goes. */
export class MemoryBudget {
  readonly #limit: number;
  /** Most recently used last. */
  readonly #held = new Set<Held>();

  /** @param limit Bytes. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Says that something is there, and in use. */
  use(held: Held): void {
    this.#held.delete(held);
    this.#held.add(held);
  }

  /** Between trials, when nothing is in use. */
  settle(): void {
    let bytes = 0;
    for (const held of this.#held) bytes += held.bytes;
    for (const held of this.#held) {
      if (bytes <= this.#limit) return;
      bytes -= held.bytes;
      this.#held.delete(held);
      held.release();
    }
  }

  releaseAll(): void {
    for (const held of this.#held) held.release();
    this.#held.clear();
  }
}
