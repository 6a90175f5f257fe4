import { readInstalled } from "../../engine/tensorflow/installed.ts";
import { cacheFolder } from "../../data/cache-folder.ts";
import { dataFolder } from "../../data/data-folder.ts";
import { kerasHome } from "../../data/keras-files.ts";
import { isUserError } from "../../protocol/index.ts";
import { listCache } from "../cache.ts";

/** Where files are kept, and how large they are. */
export interface Caches {
  /** Features of frozen bases. */
  readonly features: {
    readonly folder: string;
    readonly bases: number;
    readonly entries: number;
    readonly bytes: number;
    /** null: chosen when features are first kept. */
    readonly limit: number | null;
  } | null;
  /** Why the feature cache cannot be used; null where it can. */
  readonly problem: string | null;
  /** What else lies in the cache's folder. */
  readonly folder: string;
  readonly files: readonly { readonly key: string; readonly about: string; readonly bytes: number }[];
  /** What the user has let KSpec install. */
  readonly installed: { readonly folder: string; readonly tensorflow: number };
  readonly keras: string;
}

export async function findCaches(): Promise<Caches> {
  const places = {
    folder: cacheFolder(),
    installed: { folder: dataFolder(), tensorflow: readInstalled()?.bytes ?? 0 },
    keras: kerasHome(),
  };
  try {
    const { files, total } = await listCache();
    const { folder, bases, entries, bytes, limit } = total;
    return {
      features: { folder, bases, entries, bytes, limit },
      problem: null,
      files: files.map(({ key, about, bytes }) => ({ key, about, bytes })),
      ...places,
    };
  } catch (error) {
    if (!isUserError(error)) throw error;
    return { features: null, problem: error.message, files: [], ...places };
  }
}
