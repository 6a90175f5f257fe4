/** The feature cache: features of frozen bases on disk, computed once and shared by all that a user fits. */
import path from "node:path";
import { cacheFolder } from "../../data/cache-folder.ts";
import { dropUnused } from "../../data/cached-files.ts";
import type { FeatureStore } from "./contract.ts";
import { DiskStore } from "./disk-store.ts";
import { limitInEnvironment } from "./limit.ts";
import { hasChecksums } from "./pack.ts";

export interface FeatureStoreOptions {
  readonly folder: string;
  /** Bytes that it may take. Default: `KSPEC_CACHE_LIMIT`, else 20 GB or a tenth of the free space, whichever is smaller. */
  readonly limit?: number;
}

/**
 * The user's store of features, or one in another folder. Nothing is made on disk before something is kept, and a folder that cannot be
 * used fails nobody: its shelves are empty, and `write` says why.
 *
 * @returns null where the user wants nothing to be kept (`KSPEC_CACHE_LIMIT=0`), and on Node before 20.15.
 * @throws UserError `cache-limit` when KSPEC_CACHE_LIMIT is no size.
 */
export function openFeatureStore(): FeatureStore | null;
export function openFeatureStore(options: FeatureStoreOptions): FeatureStore;
export function openFeatureStore(options?: FeatureStoreOptions): FeatureStore | null {
  if (options !== undefined)
    // Whoever names a folder means that one, and not the rest of the user's cache.
    return new DiskStore(options.folder, options.limit ?? limitInEnvironment(), () => Promise.resolve());
  const limit = limitInEnvironment();
  return limit === 0 || !hasChecksums ? null : new DiskStore(featuresFolder(), limit, () => dropUnused());
}

export function featuresFolder(): string {
  return path.join(cacheFolder(), "features");
}

export type { FeatureStore, Shelf } from "./contract.ts";
export { clearShelves, listShelves, verifyStore, type ShelfRow } from "./inventory.ts";
export { knownLimit, limitInEnvironment } from "./limit.ts";
