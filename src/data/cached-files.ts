import { readdir, rm, stat } from "node:fs/promises";
import path from "node:path";
import { cacheFolder } from "./cache-folder.ts";

/** What the cache folder holds beside features, in folders of its own. */
export const CACHED_FILES = {
  /** A fit that runs may still read them, so they are cleared by name alone. */
  weights: {
    what: "weights of bases, as models are saved with them",
    madeAgain: true,
    clearedWithAll: false,
  },
  onnx: { what: "what .onnx bases gave when they were tried", madeAgain: true, clearedWithAll: true },
  digests: { what: "what large image files were found to be", madeAgain: true, clearedWithAll: true },
  unpacked: { what: "files taken from archives of data sets", madeAgain: true, clearedWithAll: true },
  code: { what: "KSpec's own code, compiled", madeAgain: true, clearedWithAll: false },
  mirrors: { what: "downloads from mirrors", madeAgain: false, clearedWithAll: false },
} as const;

export type CachedFiles = keyof typeof CACHED_FILES;

export function isCachedFiles(name: string): name is CachedFiles {
  return Object.hasOwn(CACHED_FILES, name);
}

/** Bytes of such a folder and when one of its files was last used or made, in milliseconds; null when there is nothing. */
export async function sizeOfCached(name: CachedFiles): Promise<{ bytes: number; lastUsed: number } | null> {
  const size = await sizeOf(path.join(cacheFolder(), name));
  return size.bytes === 0 ? null : size;
}

/** @returns bytes that were freed. */
export async function clearCached(name: CachedFiles): Promise<number> {
  const folder = path.join(cacheFolder(), name);
  const { bytes } = await sizeOf(folder);
  await rm(folder, { recursive: true, force: true });
  return bytes;
}

/** Removes what is made again when it is needed and was not used for a month. What cannot be removed stays. */
export async function dropUnused(now = Date.now()): Promise<void> {
  for (const [name, { madeAgain }] of Object.entries(CACHED_FILES)) {
    if (!madeAgain) continue;
    const folder = path.join(cacheFolder(), name);
    for (const entry of await readdir(folder).catch(() => [])) {
      const place = path.join(folder, entry);
      // A list beside a large file is as old as its making; it goes when the file has gone.
      const file = entry.endsWith(".bin.json") ? place.slice(0, -".json".length) : place;
      const { lastUsed } = await sizeOf(file);
      if (now - lastUsed > UNUSED_MS)
        await rm(place, { recursive: true, force: true }).catch(() => undefined);
    }
  }
}

async function sizeOf(place: string): Promise<{ bytes: number; lastUsed: number }> {
  const found = await stat(place).catch(() => undefined);
  if (found === undefined) return { bytes: 0, lastUsed: 0 };
  if (!found.isDirectory()) return { bytes: found.size, lastUsed: found.mtimeMs };
  const inside = await Promise.all(
    (await readdir(place).catch(() => [])).map((entry) => sizeOf(path.join(place, entry))),
  );
  return {
    bytes: inside.reduce((sum, { bytes }) => sum + bytes, 0),
    lastUsed: Math.max(found.mtimeMs, ...inside.map(({ lastUsed }) => lastUsed)),
  };
}

const UNUSED_MS = 30 * 24 * 3_600_000;
