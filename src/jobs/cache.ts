import {
  clearShelves,
  featuresFolder,
  knownLimit,
  limitInEnvironment,
  listShelves,
  verifyStore,
} from "../engine/feature-store/index.ts";
import {
  CACHED_FILES,
  clearCached,
  isCachedFiles,
  sizeOfCached,
  type CachedFiles,
} from "../data/cached-files.ts";
import { UserError } from "../protocol/index.ts";

/** A frozen base whose features are kept, as `kspec cache --json` prints it. */
export interface CacheRow {
  readonly type: "base";
  readonly key: string;
  /** What the features are of; null where it cannot be told. */
  readonly about: string | null;
  readonly entries: number;
  readonly bytes: number;
  /** ISO 8601 in UTC; null where nothing is left of it but what is known about it. */
  readonly last_used: string | null;
}

/** What lies in the cache beside features. It does not count to the limit. */
export interface CachedFilesRow {
  readonly type: "files";
  /** The folder's name: `weights`, `unpacked`, … */
  readonly key: CachedFiles;
  readonly about: string;
  readonly bytes: number;
  readonly last_used: string;
}

/** Of the features. */
export interface CacheTotal {
  readonly type: "total";
  readonly folder: string;
  readonly bases: number;
  readonly entries: number;
  readonly bytes: number;
  /** null: chosen when features are first kept. */
  readonly limit: number | null;
}

/** What the cache has, the last used features first. @throws UserError when KSPEC_CACHE_LIMIT is no size. */
export async function listCache(): Promise<{
  readonly rows: readonly CacheRow[];
  readonly files: readonly CachedFilesRow[];
  readonly total: CacheTotal;
}> {
  const folder = featuresFolder();
  // A shelf whose features have gone still knows what was found out about its base.
  const shelves = (await listShelves(folder)).filter(({ bytes }) => bytes > 0);
  const rows = shelves.map(({ key, about, entries, bytes, lastUsed }): CacheRow => ({
    type: "base",
    key,
    about,
    entries,
    bytes,
    last_used: lastUsed === null ? null : new Date(lastUsed).toISOString(),
  }));
  const sum = (what: "entries" | "bytes") => rows.reduce((so_far, row) => so_far + row[what], 0);
  const limit = limitInEnvironment() ?? (await knownLimit(folder)) ?? null;
  return {
    rows,
    files: await listFiles(),
    total: {
      type: "total",
      folder,
      bases: rows.length,
      entries: sum("entries"),
      bytes: sum("bytes"),
      limit,
    },
  };
}

async function listFiles(): Promise<CachedFilesRow[]> {
  const rows: CachedFilesRow[] = [];
  for (const key of Object.keys(CACHED_FILES) as CachedFiles[]) {
    const size = await sizeOfCached(key);
    if (size === null) continue;
    const { bytes, lastUsed } = size;
    const last_used = new Date(lastUsed).toISOString();
    rows.push({ type: "files", key, about: CACHED_FILES[key].what, bytes, last_used });
  }
  return rows;
}

export interface VerifiedRow {
  readonly key: string;
  readonly about: string | null;
  readonly entries: number;
  /** Entries that were removed. */
  readonly damaged: number;
  /** Bytes of useless files that were removed. */
  readonly freed: number;
}

/** Reads all of the feature cache, and removes what is damaged. */
export async function verifyCache(
  onBytes: (done: number, total: number) => void,
  signal?: AbortSignal,
): Promise<readonly VerifiedRow[]> {
  return verifyStore(featuresFolder(), onBytes, signal);
}

export interface ClearedRow {
  readonly key: string;
  readonly about: string | null;
  readonly freed: number;
  /** A fit that is running writes features of this base: they are kept. */
  readonly in_use: boolean;
}

/**
 * Removes features, and other files of the cache.
 *
 * @param keys Keys of bases or their beginnings, or names of folders as {@link listCache} has them; none: all of
 *   it but weights, which a running fit may need, compiled code and downloads.
 * @throws UserError `no-such-key` when one names nothing, or several bases.
 */
export async function clearCache(keys: readonly string[]): Promise<readonly ClearedRow[]> {
  const folder = featuresFolder();
  const all = (await listShelves(folder)).map(({ key }) => key);
  const names = Object.keys(CACHED_FILES) as CachedFiles[];
  const bases = keys.filter((key) => !isCachedFiles(key)).map((key) => keyNamed(key, all));
  const files =
    keys.length === 0
      ? names.filter((name) => CACHED_FILES[name].clearedWithAll)
      : keys.filter(isCachedFiles);
  const rows: ClearedRow[] = (await clearShelves(folder, keys.length === 0 ? all : [...new Set(bases)])).map(
    ({ inUse, ...row }) => ({ ...row, in_use: inUse }),
  );
  for (const key of new Set(files)) {
    const freed = await clearCached(key);
    if (freed > 0) rows.push({ key, about: CACHED_FILES[key].what, freed, in_use: false });
  }
  return rows;
}

function keyNamed(name: string, all: readonly string[]): string {
  const matching = all.filter((key) => key.startsWith(name.toLowerCase()));
  if (matching.length === 1 && name !== "") return matching[0]!;
  throw new UserError(
    "no-such-key",
    matching.length === 0
      ? `The feature cache has nothing under the key "${name}". "kspec cache" lists the keys.`
      : `${matching.length} keys of the feature cache begin with "${name}". Give more of it.`,
  );
}
