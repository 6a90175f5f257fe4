import type { FeatureStore, Shelf } from "../feature-store/contract.ts";
import type { Held, MemoryBudget } from "./memory-budget.ts";

/**
 * Features in this process's memory, for the trials of a bench where nothing may be kept on the disk: folds overlap, and would
 * compute the same images again and again. What does not fit is not kept.
 */
export class MemoryStore implements FeatureStore {
  /** It has none. */
  readonly folder = "";
  readonly #shelves = new Map<string, MemoryShelf>();
  readonly #budget: MemoryBudget;
  readonly #limit: number;

  /** @param limit Bytes of one shelf. */
  constructor(budget: MemoryBudget, limit: number) {
    this.#budget = budget;
    this.#limit = limit;
  }

  open(key: string, length: number): Promise<Shelf> {
    let shelf = this.#shelves.get(key);
    if (shelf === undefined) {
      shelf = new MemoryShelf(length, this.#limit, () => this.#shelves.delete(key));
      this.#shelves.set(key, shelf);
    }
    this.#budget.use(shelf);
    return Promise.resolve(shelf);
  }
}

class MemoryShelf implements Shelf, Held {
  readonly damaged = 0;
  readonly #features = new Map<string, Float32Array>();
  readonly #facts = new Set<string>();
  readonly #length: number;
  readonly #limit: number;
  readonly #forget: () => void;

  constructor(length: number, limit: number, forget: () => void) {
    this.#length = length;
    this.#limit = limit;
    this.#forget = forget;
  }

  get bytes(): number {
    return this.#features.size * this.#length * 4;
  }

  has(digest: string): boolean {
    return this.#features.has(digest);
  }

  read(digests: readonly string[], into: Float32Array): Promise<boolean[]> {
    return Promise.resolve(
      digests.map((digest, i) => {
        const found = this.#features.get(digest);
        if (found !== undefined) into.set(found, i * this.#length);
        return found !== undefined;
      }),
    );
  }

  write(digests: readonly string[], values: Float32Array): Promise<void> {
    for (const [i, digest] of digests.entries()) {
      if (this.bytes + 4 * this.#length > this.#limit) break;
      this.#features.set(digest, values.slice(i * this.#length, (i + 1) * this.#length));
    }
    return Promise.resolve();
  }

  knows(fact: string): boolean {
    return this.#facts.has(fact);
  }

  learn(fact: string): Promise<void> {
    this.#facts.add(fact);
    return Promise.resolve();
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  release(): void {
    this.#features.clear();
    this.#forget();
  }
}
