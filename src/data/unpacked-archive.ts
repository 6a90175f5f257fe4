import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { cacheFolder } from "./cache-folder.ts";
import type { DataContext } from "./context.ts";
import { readArchive } from "./formats/archive.ts";
import { makeFolder } from "./make-folder.ts";
import { writeWhole } from "./write-whole.ts";

/** What KSpec keeps of an archive: the hash of each file that was taken from it. */
type About = Readonly<Record<string, { readonly sha256: string }>>;

/**
 * Files of a `.tar.gz` by the last part of their names, as `readArchive` gives them. They are kept in `unpacked/` of KSpec's cache: CIFAR's
 * archives take a second or two to unpack, each time, for the sake of one file. What is kept is checked by its hash when it is read;
 * where nothing can be kept, the archive is read anew each time.
 *
 * @param hash of the archive, which was checked; without one nothing is kept
 * @throws Error where the archive is damaged or a file is not in it.
 */
export async function readUnpacked(
  archive: string,
  hash: string | undefined,
  names: readonly string[],
  { env = process.env, signal }: Pick<DataContext, "env" | "signal">,
): Promise<Map<string, Uint8Array>> {
  const folder = hash && path.join(cacheFolder(env), "unpacked", hash.slice(0, 32));
  const kept = folder ? await readKept(folder, names) : undefined;
  if (kept) return kept;
  const files = await readArchive(archive, names, signal);
  // Only a matter of time: a full disk or a folder that cannot be written is no failure.
  if (folder) await keep(folder, files).catch(() => undefined);
  return files;
}

/** Undefined: they are not all there as they were. */
async function readKept(
  folder: string,
  names: readonly string[],
): Promise<Map<string, Uint8Array> | undefined> {
  const about = await readAbout(folder);
  if (names.some((name) => about[name] === undefined)) return undefined;
  const files = new Map<string, Uint8Array>();
  for (const name of names) {
    const bytes = await readFile(path.join(folder, name)).catch(() => undefined);
    if (!bytes || sha256(bytes) !== about[name]!.sha256) return undefined;
    files.set(name, bytes);
  }
  return files;
}

async function readAbout(folder: string): Promise<About> {
  try {
    return JSON.parse(await readFile(path.join(folder, ABOUT), "utf8")) as About;
  } catch {
    return {};
  }
}

async function keep(folder: string, files: ReadonlyMap<string, Uint8Array>): Promise<void> {
  await makeFolder(folder);
  for (const [name, bytes] of files) await writeWhole(path.join(folder, name), bytes);
  const about = Object.fromEntries([...files].map(([name, bytes]) => [name, { sha256: sha256(bytes) }]));
  await writeWhole(path.join(folder, ABOUT), JSON.stringify({ ...(await readAbout(folder)), ...about }));
}

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

const ABOUT = "about.json";
