import { readdir } from "node:fs/promises";
import path from "node:path";
import pMap from "p-map";
import { removePack } from "./ownership.ts";
import { DIGEST, isMissing, sizeOfPack } from "./pack.ts";

export interface StoredPack {
  readonly base: string;
  readonly bytes: number;
  /** Milliseconds. */
  readonly lastUsed: number;
}

/**
 * Removes packs of a store, those first that have not been used for longest, until the rest is within the limit.
 *
 * @param keep Packs that stay in any case.
 * @returns bytes that the store takes now.
 */
export async function makeRoom(
  folder: string,
  limit: number,
  keep: (base: string) => boolean,
): Promise<number> {
  const packs = await allPacks(folder);
  let total = packs.reduce((sum, { bytes }) => sum + bytes, 0);
  for (const { base, bytes } of packs.sort((a, b) => a.lastUsed - b.lastUsed)) {
    if (total <= limit) break;
    if (!keep(base) && (await removePack(base).catch(() => false))) total -= bytes;
  }
  return total;
}

export async function allPacks(folder: string): Promise<StoredPack[]> {
  const shelves = await shelvesOf(folder);
  return (await pMap(shelves, packsOf, { concurrency: 8 })).flat();
}

/** Folders of shelves: what else lies in the store's folder is not KSpec's. */
export async function shelvesOf(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch(() => []);
  return names.filter((name) => DIGEST.test(name)).map((name) => path.join(folder, name));
}

export async function packsOf(shelf: string): Promise<StoredPack[]> {
  const found = await pMap(
    await packNames(shelf).catch(() => []),
    async (name) => {
      const base = path.join(shelf, name);
      const size = await sizeOfPack(base);
      return size === null ? [] : [{ base, ...size }];
    },
    { concurrency: 8 },
  );
  return found.flat();
}

/** Names of packs of which there is a file, whole or not; none where there is no such folder. */
export async function packNames(shelf: string): Promise<string[]> {
  const files = await readdir(shelf).catch((error: unknown) => {
    if (isMissing(error)) return [];
    throw error;
  });
  return [...new Set(files.flatMap((file) => /^([0-9a-f]{16})\.(?:index|data)$/.exec(file)?.[1] ?? []))];
}
