import { randomBytes } from "node:crypto";
import { createWriteStream } from "node:fs";
import { open, rename, rm } from "node:fs/promises";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { ZipFile } from "yazl";
import { UserError } from "../../protocol/index.ts";

/** An array of a NumPy archive, in C order. */
export interface NpzArray {
  readonly name: string;
  /** NumPy's name of the type: `<f4`, `<i4`, or `<U12`, which is text of up to 12 characters. */
  readonly type: string;
  readonly shape: readonly number[];
  /** Its values in parts, little-endian; asked for when it is this array's turn. */
  parts(): AsyncIterable<Uint8Array> | Iterable<Uint8Array>;
}

/** An array of numbers that are in memory. */
export function numberArray(name: string, values: Float32Array | Int32Array): NpzArray {
  return {
    name,
    type: values instanceof Float32Array ? "<f4" : "<i4",
    shape: [values.length],
    parts: () => [new Uint8Array(values.buffer, values.byteOffset, values.byteLength)],
  };
}

/** An array of texts: NumPy's unicode strings, four bytes a character, as long as the longest. */
export function textArray(name: string, texts: readonly string[]): NpzArray {
  const characters = texts.map((text) => Array.from(text, (character) => character.codePointAt(0)!));
  const longest = characters.reduce((most, { length }) => Math.max(most, length), 1);
  return {
    name,
    type: `<U${longest}`,
    shape: [texts.length],
    *parts() {
      for (const text of characters) {
        const bytes = Buffer.alloc(longest * 4);
        for (const [i, character] of text.entries()) bytes.writeUInt32LE(character, i * 4);
        yield bytes;
      }
    },
  };
}

/**
 * Writes arrays as a NumPy archive (`.npz`, not compressed, like `numpy.savez`; Zip64 where it is needed), one after the other as
 * they come. The file has its name when it is complete; until then, and when it fails, what was there before stays.
 *
 * @throws UserError `cannot-write` naming the file.
 */
export async function writeNpz(
  file: string,
  arrays: readonly NpzArray[],
  signal?: AbortSignal,
): Promise<void> {
  const zip = new ZipFile();
  const part = `${file}.${randomBytes(4).toString("hex")}.part`;
  let failure: unknown;
  let current: Readable | undefined;
  const fail = (error: Error) => {
    failure ??= error;
    (zip.outputStream as Readable).destroy(error);
  };
  zip.on("error", fail);
  for (const array of arrays) {
    const head = npyHeader(array);
    const size = head.length + bytesOf(array);
    zip.addReadStreamLazy(`${array.name}.npy`, { compress: false, size }, (callback) => {
      current = Readable.from(allParts(head, array), { objectMode: false });
      // The archive does not listen for errors of what it reads.
      callback(null, current.on("error", fail));
    });
  }
  zip.end();
  try {
    await pipeline(
      zip.outputStream,
      createWriteStream(part, { flags: "wx" }),
      ...(signal ? [{ signal }] : []),
    );
    // On the disk before it has its name, so that a power cut leaves no half file of that name.
    const handle = await open(part, "r+");
    await handle.sync().finally(() => handle.close());
    await rename(part, file);
  } catch (error) {
    if (current !== undefined) await stopped(current);
    await rm(part, { force: true });
    signal?.throwIfAborted();
    const cause = failure ?? error;
    const { code, syscall } = cause as NodeJS.ErrnoException;
    if (cause instanceof UserError || syscall === undefined) throw cause;
    throw new UserError(
      "cannot-write",
      `${file} cannot be written (${code}). ${code === "ENOSPC" ? "The disk is full: free some space, or choose" : "Choose"} another file with --out.`,
      { cause },
    );
  }
}

/** Whoever makes the parts has come to an end: what they are made with can be let go of. */
async function stopped(parts: Readable): Promise<void> {
  if (parts.closed) return;
  const closed = new Promise((resolve) => parts.once("close", resolve));
  parts.destroy();
  await closed;
}

async function* allParts(head: Uint8Array, array: NpzArray): AsyncGenerator<Uint8Array> {
  yield head;
  yield* array.parts();
}

/** Version 1 of NumPy's format: the values begin at a multiple of 64 bytes. */
function npyHeader({ type, shape }: NpzArray): Buffer {
  const sizes = shape.map((size) => `${size},`).join(" ");
  const text = `{'descr': '${type}', 'fortran_order': False, 'shape': (${shape.length > 1 ? sizes.slice(0, -1) : sizes}), }`;
  const length = Math.ceil((10 + text.length + 1) / 64) * 64;
  const bytes = Buffer.from(
    "\x93NUMPY\x01\x00".padEnd(10, "\x00") + text.padEnd(length - 11) + "\n",
    "latin1",
  );
  bytes.writeUInt16LE(length - 10, 8);
  return bytes;
}

function bytesOf({ type, shape }: NpzArray): number {
  const each = type.startsWith("<U") ? 4 * Number(type.slice(2)) : 4;
  return shape.reduce((product, size) => product * size, each);
}
