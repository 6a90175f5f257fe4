import path from "node:path";
import { UserError } from "../../protocol/index.ts";
import type { FeatureStore, Shelf } from "./contract.ts";
import { DiskShelf } from "./disk-shelf.ts";
import { limitOf } from "./limit.ts";
import { makeRoom } from "./make-room.ts";
import { DIGEST } from "./pack.ts";

/** Shelves side by side in one folder, and the limit that they have together. */
export class DiskStore implements FeatureStore {
  readonly folder: string;
  readonly #limit: number | undefined;
  readonly #shelves = new Set<DiskShelf>();

  readonly #afterUse: () => Promise<void>;

  /**
   * @param limit Bytes; absent: chosen at the first use.
   * @param afterUse Called when a shelf that was used is closed.
   */
  constructor(folder: string, limit: number | undefined, afterUse: () => Promise<void>) {
    this.folder = folder;
    this.#limit = limit;
    this.#afterUse = afterUse;
  }

  async open(key: string, length: number, about: string): Promise<Shelf> {
    if (!DIGEST.test(key)) throw new RangeError(`"${key}" is no key of 32 hexadecimal digits.`);
    if (!Number.isInteger(length) || length < 1 || length >= 2 ** 31)
      throw new RangeError(`An entry cannot have ${length} values.`);
    const shelf: DiskShelf = await DiskShelf.open({
      folder: path.join(this.folder, key),
      length,
      about,
      makeRoom: async () => {
        const limit = await limitOf(this.folder, this.#limit);
        await this.#makeRoom(limit);
        // Small against the limit, so that it can be kept to by removing whole packs.
        return Math.min(MOST_PACK_BYTES, limit / 16);
      },
      closed: async () => {
        this.#shelves.delete(shelf);
        if (shelf.used.size === 0) return;
        await makeRoom(this.folder, await limitOf(this.folder, this.#limit), this.#isUsed);
        await this.#afterUse();
      },
    });
    this.#shelves.add(shelf);
    return shelf;
  }

  /** Packs of the running fit are not removed to make room for it: it would lose at one end what it gains at the other. */
  async #makeRoom(limit: number): Promise<void> {
    const bytes = await makeRoom(this.folder, limit, this.#isUsed);
    if (bytes <= limit) return;
    throw new UserError(
      "cache-limit",
      `The feature cache has reached its limit of ${inGigabytes(limit)} with the features that are in use; further ones are not kept. Raise the setting kspec.cache.limit or the variable KSPEC_CACHE_LIMIT to keep them.`,
    );
  }

  readonly #isUsed = (base: string): boolean => [...this.#shelves].some(({ used }) => used.has(base));
}

function inGigabytes(bytes: number): string {
  return bytes >= 1e9 ? `${(bytes / 1e9).toFixed(1)} GB` : `${(bytes / 1e6).toFixed(1)} MB`;
}

const MOST_PACK_BYTES = 64e6;
