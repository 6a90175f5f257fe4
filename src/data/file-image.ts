import { closeSync, fstatSync, open, read } from "node:fs";
import { promisify } from "node:util";
import { UserError } from "../protocol/index.ts";
import { brokenImage, decodeImage, readImageHeader } from "./decode-image.ts";
import { plainPng } from "./decode-png.ts";
import { fingerprint } from "./fingerprint.ts";
import type { Image } from "./table.ts";

/**
 * An image in a file. Folders have thousands, so one holds only what a table asks of it, and its bytes are never kept: what was
 * hashed is read again when its pixels are wanted, and refused where it is another file by then.
 */
export class FileImage implements Image {
  readonly id: string;
  readonly file: string;
  readonly height: number;
  readonly width: number;
  readonly channels: 1 | 3;
  #digest: string | undefined;

  constructor(
    id: string,
    file: string,
    { height, width, channels }: Pick<FileImage, "height" | "width" | "channels">,
    digest?: string,
  ) {
    this.id = id;
    this.file = file;
    this.height = height;
    this.width = width;
    this.channels = channels;
    this.#digest = digest;
  }

  async read(): Promise<Uint8Array> {
    const bytes = await fileBytes(this.file);
    // Features are kept under the digest: pixels of other bytes must never be taken for it.
    if (this.#digest !== undefined && this.#digest !== fingerprint(bytes))
      throw new UserError(
        "image-changed",
        `${this.file} is not what it was when it was listed. Run again when the files no longer change.`,
      );
    const plain = plainPng(bytes);
    const pixels = plain?.channels === this.channels ? plain.pixels() : undefined;
    return pixels ?? decodeImage(this.file, this.channels, bytes);
  }

  async digest(): Promise<string> {
    return (this.#digest ??= fingerprint(await fileBytes(this.file)));
  }
}

/** Files up to this size are read whole when they are listed: their header, their digest and what tells a changed one come from it. */
const SMALL = 128 * 1024;
const END = SMALL / 2;

export interface OpenedImage {
  readonly image: FileImage;
  /** Changes when the file does: of all of a small file, of both ends of a large one. */
  readonly print: string;
}

/**
 * Reads a file's header, without its pixels.
 *
 * @param id How messages call it.
 * @throws BrokenImage where it is no image, or cannot be read.
 */
export async function openImage(file: string, id = file): Promise<OpenedImage> {
  const told = await withFile(file, async (descriptor, size) =>
    size <= SMALL
      ? { whole: await readAt(descriptor, 0, size) }
      : {
          print: fingerprint(
            String(size),
            await readAt(descriptor, 0, END),
            await readAt(descriptor, size - END, END),
          ),
        },
  );
  if (told.whole === undefined)
    return { image: new FileImage(id, file, await readImageHeader(file)), print: told.print };
  const header = plainPng(told.whole) ?? (await readImageHeader(file, told.whole));
  const digest = fingerprint(told.whole);
  return { image: new FileImage(id, file, header, digest), print: digest };
}

function fileBytes(file: string): Promise<Uint8Array> {
  return withFile(file, (descriptor, size) => readAt(descriptor, 0, size));
}

// Opening and reading wait for the disk. Node's own promises of files take twice the processor's time, which counts where files are small.
const openFile = promisify(open);
const readFile = promisify(read);

async function withFile<Result>(
  file: string,
  use: (descriptor: number, size: number) => Promise<Result>,
): Promise<Result> {
  try {
    const descriptor = await openFile(file, "r");
    try {
      return await use(descriptor, fstatSync(descriptor).size);
    } finally {
      closeSync(descriptor);
    }
  } catch (error) {
    throw await brokenImage(file, error);
  }
}

/** Fewer bytes than asked for only where the file ends before. */
async function readAt(descriptor: number, position: number, length: number): Promise<Uint8Array> {
  const bytes = Buffer.allocUnsafe(length);
  let done = 0;
  while (done < length) {
    const { bytesRead } = await readFile(descriptor, bytes, done, length - done, position + done);
    if (bytesRead === 0) break;
    done += bytesRead;
  }
  return bytes.subarray(0, done);
}
