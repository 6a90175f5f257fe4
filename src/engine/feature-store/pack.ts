import { open, stat, utimes, type FileHandle } from "node:fs/promises";
import path from "node:path";
import { crc32 } from "node:zlib";

/**
 * A pack holds features of some entries in two files. `NAME.data` has nothing but the values, one record of `length`
 * float32 after the other. `NAME.index` has a header, then for each record its digest and a checksum. An index record is
 * written after its values, so that what an index names is there, however the writer ended.
 *
 * All numbers are little-endian, as on every platform that KSpec runs on: values are read straight into a Float32Array.
 */
export class Pack {
  /** What both files are called, without their endings. */
  readonly base: string;
  /** float32 values of one record; null until the header was read, and where it cannot be. */
  length: number | null = null;
  /** Its header is that of another version of KSpec. */
  foreign = false;
  /** Record → its checksum. */
  readonly #checksums: number[] = [];
  /** Bytes of the index that were read. */
  #read = 0;
  /** When it was last used, by this process or another, in milliseconds. */
  lastUsed = 0;
  /** Its files were removed: none of its records can be had. */
  gone = false;
  #reading: Promise<void> = Promise.resolve();

  constructor(folder: string, name: string) {
    this.base = path.join(folder, name);
  }

  get records(): number {
    return this.#checksums.length;
  }

  /** Reads what the index has got since the last time; a record that is only half there waits for the next time. */
  catchUp(onRecord: (digest: string, record: number) => void): Promise<void> {
    // One after the other: two at once would take the same records twice.
    return (this.#reading = this.#reading.then(() => this.#catchUp(onRecord)));
  }

  async #catchUp(onRecord: (digest: string, record: number) => void): Promise<void> {
    let index: FileHandle;
    try {
      index = await open(this.base + ".index", "r");
    } catch (error) {
      this.gone ||= isMissing(error);
      return;
    }
    try {
      const { size, mtimeMs } = await index.stat();
      this.lastUsed = mtimeMs;
      if (size <= this.#read) return;
      const fresh = Buffer.alloc(size - this.#read);
      const bytes = await readFully(index, fresh, this.#read);
      let at = 0;
      if (this.#read === 0) {
        if (bytes < HEADER_BYTES || fresh.toString("latin1", 0, 8) !== MAGIC) return;
        this.foreign = fresh.readUInt32LE(8) !== FORMAT;
        if (this.foreign) return;
        this.length = fresh.readUInt32LE(12);
        at = HEADER_BYTES;
      }
      for (; at + INDEX_RECORD_BYTES <= bytes && this.records < MOST_RECORDS; at += INDEX_RECORD_BYTES) {
        const digest = fresh.toString("hex", at, at + DIGEST_BYTES);
        this.#checksums.push(fresh.readUInt32LE(at + DIGEST_BYTES));
        if (digest !== FORGOTTEN) onRecord(digest, this.records - 1);
      }
      this.#read += at;
    } catch {
      // What cannot be read is not there.
    } finally {
      await index.close();
    }
  }

  /** Whether these are the values that were kept for this digest. */
  isIntact(record: number, digest: string, values: Uint8Array): boolean {
    return this.#checksums[record] === checksum(digest, values);
  }

  /** Strikes a record out, for all who open the pack later: its digest becomes zeros. */
  async forget(record: number): Promise<void> {
    try {
      const index = await open(this.base + ".index", "r+");
      try {
        await index.write(Buffer.alloc(DIGEST_BYTES), 0, DIGEST_BYTES, indexPosition(record));
      } finally {
        await index.close();
      }
    } catch {
      // Where nothing can be written the record stays, and is found damaged again.
    }
  }

  /** Notes that it was used, for who looks for what has not been; now and then, as minutes do not matter there. */
  async touch(now = Date.now()): Promise<void> {
    if (now - this.lastUsed < TOUCH_EVERY_MS) return;
    this.lastUsed = now;
    await utimes(this.base + ".index", now / 1000, now / 1000).catch(() => undefined);
  }
}

/** Bytes of both files, and when they were last used; null when there is no such pack. */
export async function sizeOfPack(base: string): Promise<{ bytes: number; lastUsed: number } | null> {
  const files = await Promise.all(
    [".data", ".index"].map((ending) => stat(base + ending).catch(() => undefined)),
  );
  const there = files.filter((file) => file !== undefined);
  if (there.length === 0) return null;
  return {
    bytes: there.reduce((sum, { size }) => sum + size, 0),
    lastUsed: Math.max(...there.map(({ mtimeMs }) => mtimeMs)),
  };
}

export function checksum(digest: string, values: Uint8Array): number {
  return crc32(values, crc32(digest));
}

/** Node has it since 20.15; without it nothing can be kept, as nobody could tell whether it is whole. */
export const hasChecksums = typeof crc32 === "function";

export function header(length: number): Buffer {
  const bytes = Buffer.alloc(HEADER_BYTES);
  bytes.write(MAGIC, "latin1");
  bytes.writeUInt32LE(FORMAT, 8);
  bytes.writeUInt32LE(length, 12);
  return bytes;
}

export function indexRecord(digest: string, values: Uint8Array): Buffer {
  const bytes = Buffer.alloc(INDEX_RECORD_BYTES);
  bytes.write(digest, "hex");
  bytes.writeUInt32LE(checksum(digest, values), DIGEST_BYTES);
  return bytes;
}

export function indexPosition(record: number): number {
  return HEADER_BYTES + record * INDEX_RECORD_BYTES;
}

/** Fills `into` from `position`; comes back with how many bytes there were, fewer only at the end of the file. */
export async function readFully(file: FileHandle, into: Uint8Array, position: number): Promise<number> {
  let done = 0;
  while (done < into.length) {
    const { bytesRead } = await file.read(into, done, into.length - done, position + done);
    if (bytesRead === 0) break;
    done += bytesRead;
  }
  return done;
}

export function isMissing(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === "ENOENT";
}

export const DIGEST = /^[0-9a-f]{32}$/;
const DIGEST_BYTES = 16;
const FORGOTTEN = "0".repeat(32);
const MAGIC = "KSPECFTR";
/** Raised when files of the old form cannot be read any more; the old ones are then passed over and go by their age. */
const FORMAT = 1;
const HEADER_BYTES = 16;
const INDEX_RECORD_BYTES = DIGEST_BYTES + 4;
/** So that a shelf can number its records in one number each. */
export const MOST_RECORDS = 2 ** 20;
const TOUCH_EVERY_MS = 3_600_000;
