import { randomBytes } from "node:crypto";
import { open, stat, type FileHandle } from "node:fs/promises";
import { header, indexPosition, indexRecord, MOST_RECORDS, Pack } from "./pack.ts";
import { claim, release } from "./ownership.ts";

/** Appends to a pack, which is this process's alone until it is closed. */
export class PackWriter {
  readonly pack: Pack;
  readonly #data: FileHandle;
  readonly #index: FileHandle;
  readonly #recordBytes: number;
  #records: number;

  private constructor(pack: Pack, data: FileHandle, index: FileHandle, length: number) {
    this.pack = pack;
    this.#data = data;
    this.#index = index;
    this.#recordBytes = length * 4;
    this.#records = pack.records;
  }

  /** Begins a pack in a folder that is there. */
  static async begin(folder: string, length: number): Promise<PackWriter> {
    const pack = new Pack(folder, randomBytes(8).toString("hex"));
    await claim(pack.base);
    try {
      const [data, index] = await openBoth(pack.base, "wx");
      await writeFully(index, header(length), 0);
      return new PackWriter(pack, data, index, length);
    } catch (error) {
      await release(pack.base).catch(() => undefined);
      throw error;
    }
  }

  /**
   * Goes on with a pack that another writer closed, so that many small fits do not leave many small packs.
   *
   * @param catchUp reads what was added to the pack since it was looked at.
   * @returns null when somebody else has it, or it is not whole.
   */
  static async resume(pack: Pack, length: number, catchUp: () => Promise<void>): Promise<PackWriter | null> {
    if (!(await claim(pack.base))) return null;
    try {
      await catchUp();
      const [data, index] = await Promise.all([stat(pack.base + ".data"), stat(pack.base + ".index")]);
      if (data.size === pack.records * length * 4 && index.size === indexPosition(pack.records))
        return new PackWriter(pack, ...(await openBoth(pack.base, "r+")), length);
    } catch {
      // It went meanwhile, or is not ours to write.
    }
    await release(pack.base).catch(() => undefined);
    return null;
  }

  get bytes(): number {
    return this.#records * this.#recordBytes;
  }

  get full(): boolean {
    return this.#records >= MOST_RECORDS;
  }

  /** The values of these digests, one record each, with no gap between them. */
  async append(digests: readonly string[], values: Uint8Array): Promise<void> {
    await writeFully(this.#data, values, this.bytes);
    const entries = digests.map((digest, i) =>
      indexRecord(digest, values.subarray(i * this.#recordBytes, (i + 1) * this.#recordBytes)),
    );
    await writeFully(this.#index, Buffer.concat(entries), indexPosition(this.#records));
    this.#records += digests.length;
  }

  async close(): Promise<void> {
    // What a full disk let through of a record is taken back.
    await this.#data.truncate(this.bytes).catch(() => undefined);
    await this.#index.truncate(indexPosition(this.#records)).catch(() => undefined);
    await Promise.all([this.#data.close(), this.#index.close()]);
    await release(this.pack.base);
  }
}

async function openBoth(base: string, flags: "wx" | "r+"): Promise<[FileHandle, FileHandle]> {
  const data = await open(base + ".data", flags);
  try {
    return [data, await open(base + ".index", flags)];
  } catch (error) {
    await data.close();
    throw error;
  }
}

/** A system may write less than it was given and say so. */
async function writeFully(file: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  let done = 0;
  while (done < bytes.length) {
    const { bytesWritten } = await file.write(bytes, done, bytes.length - done, position + done);
    done += bytesWritten;
  }
}
