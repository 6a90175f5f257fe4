import { open, readdir, rm, rmdir } from "node:fs/promises";
import path from "node:path";
import { UserError } from "../../protocol/index.ts";
import { readAbout } from "./about.ts";
import { packsOf, shelvesOf, type StoredPack } from "./make-room.ts";
import { ownerOf, removePack } from "./ownership.ts";
import { hasChecksums, Pack, readFully } from "./pack.ts";

/** What a shelf has, as `kspec cache` lists it. */
export interface ShelfRow {
  readonly key: string;
  /** What the features are of; null where that file is spoilt. */
  readonly about: string | null;
  readonly entries: number;
  /** float32 values of an entry; null where nothing says it. */
  readonly length: number | null;
  readonly bytes: number;
  /** Milliseconds; null where it has no packs. */
  readonly lastUsed: number | null;
}

/** The shelves of a store, the last used first. */
export async function listShelves(folder: string): Promise<ShelfRow[]> {
  const rows: ShelfRow[] = [];
  for (const shelf of await shelvesOf(folder)) {
    const [about, packs] = [await readAbout(shelf), await packsOf(shelf)];
    let entries = 0;
    for (const { base } of packs) entries += (await recordsOf(base)).records.length;
    rows.push({
      key: path.basename(shelf),
      about: about?.about ?? null,
      entries,
      length: about?.length ?? null,
      bytes: packs.reduce((sum, { bytes }) => sum + bytes, 0),
      lastUsed: packs.length === 0 ? null : Math.max(...packs.map(({ lastUsed }) => lastUsed)),
    });
  }
  return rows.sort((a, b) => (b.lastUsed ?? 0) - (a.lastUsed ?? 0));
}

export interface Verified {
  readonly key: string;
  readonly about: string | null;
  /** Entries that are whole. */
  readonly entries: number;
  /** Entries that were not what was kept. They are removed, and computed again when they are needed. */
  readonly damaged: number;
  /** Bytes of files that could be used for nothing, and were removed. */
  readonly freed: number;
}

/**
 * Reads all features of a store and compares them with their checksums. What is damaged is struck out, and packs of which
 * nothing is left are removed.
 *
 * @param onBytes told how much of all bytes is done.
 */
export async function verifyStore(
  folder: string,
  onBytes: (done: number, total: number) => void,
  signal?: AbortSignal,
): Promise<Verified[]> {
  if (!hasChecksums)
    throw new UserError(
      "old-node",
      `Features are verified by Node 20.15 or newer, and this is ${process.version}.`,
    );
  const shelves = await Promise.all(
    (await shelvesOf(folder)).map(async (shelf) => ({ shelf, packs: await packsOf(shelf) })),
  );
  const total = shelves.flatMap(({ packs }) => packs).reduce((sum, { bytes }) => sum + bytes, 0);
  let done = 0;
  const rows: Verified[] = [];
  for (const { shelf, packs } of shelves) {
    let [entries, damaged, freed] = [0, 0, 0];
    for (const pack of packs) {
      const result = await verifyPack(pack, signal, (bytes) => onBytes(Math.min(total, done + bytes), total));
      done += pack.bytes;
      onBytes(done, total);
      entries += result.entries;
      damaged += result.damaged;
      freed += result.freed;
    }
    const about = (await readAbout(shelf))?.about ?? null;
    rows.push({ key: path.basename(shelf), about, entries, damaged, freed });
  }
  return rows;
}

async function verifyPack(
  { base, bytes }: StoredPack,
  signal: AbortSignal | undefined,
  onBytes: (done: number) => void,
): Promise<{ entries: number; damaged: number; freed: number }> {
  // Whether it is being written is asked first: what was left half then, is left half for good.
  const abandoned = (await ownerOf(base)) !== "living";
  const { pack, records } = await recordsOf(base);
  let damaged = 0;
  const recordBytes = (pack.length ?? 0) * 4;
  const data = await open(base + ".data", "r").catch(() => undefined);
  try {
    // A block of many records at a time, or a single large one.
    const together = Math.max(1, Math.floor(BLOCK_BYTES / Math.max(1, recordBytes)));
    for (let from = 0; from < records.length; from += together) {
      signal?.throwIfAborted();
      const part = records.slice(from, from + together);
      const first = part[0]!.record;
      const block = new Uint8Array((part.at(-1)!.record - first + 1) * recordBytes);
      const there = data && (await readFully(data, block, first * recordBytes).catch(() => 0));
      for (const { digest, record } of part) {
        const at = (record - first) * recordBytes;
        const values = block.subarray(at, at + recordBytes);
        if (at + recordBytes <= (there ?? 0) && pack.isIntact(record, digest, values)) continue;
        damaged++;
        await pack.forget(record);
      }
      onBytes(first * recordBytes + block.length);
    }
  } finally {
    await data?.close();
  }
  const entries = records.length - damaged;
  // Another version of KSpec knows what is in its own packs.
  if (entries > 0 || pack.foreign || !abandoned) return { entries, damaged, freed: 0 };
  return { entries, damaged, freed: (await removePack(base).catch(() => false)) ? bytes : 0 };
}

export interface Cleared {
  readonly key: string;
  readonly about: string | null;
  readonly freed: number;
  /** Packs that a living process writes stay. */
  readonly inUse: boolean;
}

/** Removes shelves with all that is in them; files that KSpec did not put there stay. */
export async function clearShelves(folder: string, keys: readonly string[]): Promise<Cleared[]> {
  const rows: Cleared[] = [];
  for (const key of keys) {
    const shelf = path.join(folder, key);
    const about = (await readAbout(shelf))?.about ?? null;
    let freed = 0;
    let inUse = false;
    for (const { base, bytes } of await packsOf(shelf)) {
      if (await removePack(base)) freed += bytes;
      else inUse = true;
    }
    if (!inUse) await removeShelf(shelf);
    rows.push({ key, about, freed, inUse });
  }
  return rows;
}

async function removeShelf(shelf: string): Promise<void> {
  for (const file of await readdir(shelf).catch(() => []))
    if (OWN_FILE.test(file)) await rm(path.join(shelf, file), { force: true });
  await rmdir(shelf).catch(() => undefined);
}

/** Records that are not struck out, in their order. */
async function recordsOf(
  base: string,
): Promise<{ pack: Pack; records: { digest: string; record: number }[] }> {
  const pack = new Pack(path.dirname(base), path.basename(base));
  const records: { digest: string; record: number }[] = [];
  await pack.catchUp((digest, record) => records.push({ digest, record }));
  return { pack, records };
}

const OWN_FILE = /^(?:about\.json|[0-9a-f]{32}\.fact|[0-9a-f]{16}\.writer)(?:\.[0-9a-f]{8}\.part)?$/;
const BLOCK_BYTES = 2 ** 22;
