import { createHash } from "node:crypto";
import { open, readdir, readFile, type FileHandle } from "node:fs/promises";
import path from "node:path";
import pMap from "p-map";
import { makeFolder } from "../../data/make-folder.ts";
import { UserError } from "../../protocol/index.ts";
import { writeAbout } from "./about.ts";
import type { Shelf } from "./contract.ts";
import { packNames } from "./make-room.ts";
import { DIGEST, isMissing, MOST_RECORDS, Pack, readFully } from "./pack.ts";
import { PackWriter } from "./pack-writer.ts";

import { writeWhole } from "../../data/write-whole.ts";

/** What a shelf needs of its store. */
export interface ShelfOptions {
  readonly folder: string;
  readonly length: number;
  readonly about: string;
  /**
   * Asked before a pack is written to.
   *
   * @returns at how many bytes a pack is closed, and another begun.
   * @throws UserError when there is no room.
   */
  makeRoom(): Promise<number>;
  closed(): Promise<void>;
}

/**
 * A folder of packs. Each process appends to packs of its own, so that nobody waits for anybody; all read all packs, also what
 * others have appended meanwhile.
 */
export class DiskShelf implements Shelf {
  damaged = 0;
  /** Packs that were read or written since the shelf was opened. */
  readonly used = new Set<string>();
  readonly #options: ShelfOptions;
  readonly #packs: Pack[] = [];
  readonly #known = new Map<string, Pack>();
  /** Digest → pack and record, as `pack * MOST_RECORDS + record`. */
  readonly #places = new Map<string, number>();
  readonly #facts = new Set<string>();
  #writer: PackWriter | null = null;
  #packBytes = 0;
  #writing: Promise<void> = Promise.resolve();
  #lookAgainAt = 0;
  #closed = false;

  private constructor(options: ShelfOptions) {
    this.#options = options;
  }

  static async open(options: ShelfOptions): Promise<DiskShelf> {
    const shelf = new DiskShelf(options);
    await shelf.#lookForPacks();
    await shelf.#readFacts();
    return shelf;
  }

  has(digest: string): boolean {
    return this.#placeOf(digest) !== undefined;
  }

  async read(digests: readonly string[], into: Float32Array): Promise<boolean[]> {
    const { length } = this.#options;
    if (into.length < digests.length * length)
      throw new RangeError(`${digests.length} entries of ${length} values do not fit into ${into.length}.`);
    if (!digests.every((digest) => this.has(digest))) await this.#lookForPacksAgain();

    const found = digests.map(() => false);
    const wanted = new Map<Pack, Wanted[]>();
    for (const [at, digest] of digests.entries()) {
      const place = this.#placeOf(digest);
      if (place === undefined) continue;
      const list = wanted.get(place.pack);
      const entry = { digest, at, record: place.record };
      if (list === undefined) wanted.set(place.pack, [entry]);
      else list.push(entry);
    }
    const bytes = new Uint8Array(into.buffer, into.byteOffset, into.byteLength);
    for (const [pack, entries] of wanted) await this.#readFrom(pack, entries, bytes, found);
    return found;
  }

  async write(digests: readonly string[], values: Float32Array): Promise<void> {
    const { length } = this.#options;
    const wrong = digests.find((digest) => !DIGEST.test(digest));
    if (wrong !== undefined) throw new RangeError(`"${wrong}" is no digest of 32 hexadecimal digits.`);
    if (values.length !== digests.length * length)
      throw new RangeError(`${values.length} values are not ${digests.length} entries of ${length}.`);
    if (this.#closed) throw new Error("The shelf is closed.");
    const mine = this.#writing.then(() => this.#write(digests, values));
    this.#writing = mine.catch(() => undefined);
    return mine;
  }

  knows(fact: string): boolean {
    return this.#facts.has(fact);
  }

  async learn(fact: string): Promise<void> {
    if (this.#facts.has(fact)) return;
    this.#facts.add(fact);
    // What cannot be kept is established again the next time.
    await this.#makeFolder()
      .then((folder) => writeWhole(path.join(folder, factFile(fact)), fact))
      .catch(() => undefined);
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#writing;
    await this.#closeWriter();
    await this.#options.closed();
  }

  #placeOf(digest: string): { pack: Pack; record: number } | undefined {
    const place = this.#places.get(digest);
    if (place === undefined) return undefined;
    const pack = this.#packs[Math.floor(place / MOST_RECORDS)]!;
    return pack.gone ? undefined : { pack, record: place % MOST_RECORDS };
  }

  // Reading

  async #readFrom(pack: Pack, entries: Wanted[], into: Uint8Array, found: boolean[]): Promise<void> {
    let data: FileHandle;
    try {
      data = await open(pack.base + ".data", "r");
    } catch (error) {
      pack.gone ||= isMissing(error);
      return;
    }
    this.used.add(pack.base);
    const recordBytes = this.#options.length * 4;
    const damaged: Wanted[] = [];
    try {
      await pMap(
        readsFor(entries, recordBytes),
        async (part) => {
          const first = part[0]!;
          const bytes = (part.at(-1)!.record - first.record + 1) * recordBytes;
          // Entries that are asked for as they lie in the file go where they are wanted; others by a copy.
          const straight = part.every(
            ({ record, at }, i) => record === first.record + i && at === first.at + i,
          );
          const target = straight
            ? into.subarray(first.at * recordBytes, first.at * recordBytes + bytes)
            : new Uint8Array(bytes);
          const there = await readFully(data, target, first.record * recordBytes).catch(() => 0);
          for (const entry of part) {
            const from = (entry.record - first.record) * recordBytes;
            const values = target.subarray(from, from + recordBytes);
            if (from + recordBytes > there || !pack.isIntact(entry.record, entry.digest, values)) {
              damaged.push(entry);
              continue;
            }
            if (!straight) into.set(values, entry.at * recordBytes);
            found[entry.at] = true;
          }
        },
        { concurrency: 4 },
      );
    } finally {
      await data.close();
    }
    await pack.touch();
    for (const { digest, record } of damaged) {
      // Asked for twice in one go, it is still one.
      if (!this.#places.delete(digest)) continue;
      this.damaged++;
      await pack.forget(record);
    }
  }

  /** Others may have computed meanwhile what is not here. Looking must not become the main thing, so it takes a twentieth of the time at most. */
  async #lookForPacksAgain(): Promise<void> {
    if (performance.now() >= this.#lookAgainAt) await this.#lookForPacks();
  }

  async #lookForPacks(): Promise<void> {
    const started = performance.now();
    let names: readonly string[];
    try {
      names = await packNames(this.#options.folder);
    } catch {
      // What is known stays known.
      return;
    }
    for (const name of names) {
      let pack = this.#known.get(name);
      if (pack === undefined) pack = this.#add(new Pack(this.#options.folder, name));
      if (!pack.gone) await this.#catchUp(pack);
    }
    const there = new Set(names);
    for (const [name, pack] of this.#known) if (!there.has(name)) pack.gone = true;
    const now = performance.now();
    this.#lookAgainAt = now + Math.max(LOOK_EVERY_MS, 20 * (now - started));
  }

  #add(pack: Pack): Pack {
    this.#known.set(path.basename(pack.base), pack);
    this.#packs.push(pack);
    return pack;
  }

  async #catchUp(pack: Pack): Promise<void> {
    const number = this.#packs.indexOf(pack) * MOST_RECORDS;
    await pack.catchUp((digest, record) => {
      if (pack.length === this.#options.length) this.#places.set(digest, number + record);
    });
  }

  // Writing

  async #write(digests: readonly string[], values: Float32Array): Promise<void> {
    const { folder, length } = this.#options;
    const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    try {
      for (const [from, to] of runsOfNew(digests, (digest) => this.has(digest))) {
        if (this.#writer !== null && (this.#writer.bytes >= this.#packBytes || this.#writer.full))
          await this.#closeWriter();
        await this.#append(digests.slice(from, to), bytes.subarray(from * length * 4, to * length * 4));
      }
    } catch (error) {
      await this.#closeWriter().catch(() => undefined);
      throw writeError(error, folder);
    }
  }

  async #append(digests: readonly string[], values: Uint8Array): Promise<void> {
    // A second pack where somebody has removed the first one, with all the folder maybe, since it was begun.
    for (let chance = 0; chance < 2; chance++) {
      this.#writer ??= await this.#openWriter();
      await this.#writer.append(digests, values);
      await this.#catchUp(this.#writer.pack);
      if (!this.#writer.pack.gone) return;
      await this.#closeWriter();
    }
  }

  async #openWriter(): Promise<PackWriter> {
    this.#packBytes = await this.#options.makeRoom();
    const { length } = this.#options;
    const folder = await this.#makeFolder();
    for (const pack of this.#packs) {
      const bytes = pack.records * length * 4;
      if (pack.gone || pack.length !== length || bytes >= this.#packBytes / 2) continue;
      const writer = await PackWriter.resume(pack, length, () => this.#catchUp(pack));
      if (writer !== null) return this.#uses(writer);
    }
    const writer = await PackWriter.begin(folder, length);
    this.#add(writer.pack);
    return this.#uses(writer);
  }

  #uses(writer: PackWriter): PackWriter {
    this.used.add(writer.pack.base);
    return writer;
  }

  async #closeWriter(): Promise<void> {
    const writer = this.#writer;
    this.#writer = null;
    await writer?.close();
  }

  async #makeFolder(): Promise<string> {
    const { folder, length, about } = this.#options;
    await makeFolder(folder);
    await writeAbout(folder, { about, length });
    return folder;
  }

  async #readFacts(): Promise<void> {
    const { folder } = this.#options;
    const files = (await readdir(folder).catch(() => [])).filter((file) => file.endsWith(FACT));
    for (const file of files) {
      const fact = await readFile(path.join(folder, file), "utf8").catch(() => "");
      if (factFile(fact) === file) this.#facts.add(fact);
    }
  }
}

interface Wanted {
  readonly digest: string;
  readonly record: number;
  /** Where it goes. */
  readonly at: number;
}

/** Puts entries together that one read can fetch: neighbours in the file, and those with little between them. */
function readsFor(entries: Wanted[], recordBytes: number): Wanted[][] {
  const reads: Wanted[][] = [];
  let current: Wanted[] = [];
  for (const entry of entries.sort((a, b) => a.record - b.record)) {
    const gap = (entry.record - (current.at(-1)?.record ?? entry.record) - 1) * recordBytes;
    const span = (entry.record - (current[0]?.record ?? entry.record) + 1) * recordBytes;
    if (current.length > 0 && (gap > MOST_GAP_BYTES || span > MOST_READ_BYTES)) {
      reads.push(current);
      current = [];
    }
    current.push(entry);
  }
  if (current.length > 0) reads.push(current);
  return reads;
}

/** Ranges of entries that are not kept yet; of two that are the same, the first counts. */
function runsOfNew(digests: readonly string[], has: (digest: string) => boolean): [number, number][] {
  const runs: [number, number][] = [];
  const seen = new Set<string>();
  for (const [i, digest] of digests.entries()) {
    if (has(digest) || seen.has(digest)) continue;
    seen.add(digest);
    const last = runs.at(-1);
    if (last?.[1] === i) last[1]++;
    else runs.push([i, i + 1]);
  }
  return runs;
}

function writeError(error: unknown, folder: string): unknown {
  const { code } = error as NodeJS.ErrnoException;
  if (error instanceof UserError || code === undefined) return error;
  const remedy = "name another folder in the setting kspec.cache.folder or the variable KSPEC_CACHE";
  if (code === "ENOSPC" || code === "EDQUOT")
    return new UserError(
      "disk-full",
      `Features are kept in ${folder}, and that disk is full (${code}). Free some space there, for example by "kspec cache clear", or ${remedy}.`,
      { cause: error },
    );
  return new UserError(
    "unwritable-folder",
    `Features are kept in ${folder}, which cannot be written (${code}). Make it writable, or ${remedy}.`,
    { cause: error },
  );
}

function factFile(fact: string): string {
  return createHash("sha256").update(fact).digest("hex").slice(0, 32) + FACT;
}

const FACT = ".fact";
const LOOK_EVERY_MS = 200;
const MOST_GAP_BYTES = 32_768;
const MOST_READ_BYTES = 2 ** 20;
