import { open, readFile } from "node:fs/promises";
import { UserError } from "../protocol/index.ts";
import { brokenImage, decodeImage, readImageHeader } from "./decode-image.ts";
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
    return decodeImage(this.file, this.channels, bytes);
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
  const { size, whole, head, tail } = await bytesToTell(file);
  const header = await readImageHeader(file, whole ?? file);
  const digest = whole && fingerprint(whole);
  return {
    image: new FileImage(id, file, header, digest),
    print: digest ?? fingerprint(String(size), head, tail),
  };
}

async function bytesToTell(file: string) {
  try {
    const handle = await open(file);
    try {
      const { size } = await handle.stat();
      const head = Buffer.alloc(size <= SMALL ? size : END);
      await handle.read(head, 0, head.length, 0);
      if (size <= SMALL) return { size, whole: head, head, tail: Buffer.alloc(0) };
      const tail = Buffer.alloc(END);
      await handle.read(tail, 0, END, size - END);
      return { size, whole: undefined, head, tail };
    } finally {
      await handle.close();
    }
  } catch (error) {
    throw await brokenImage(file, error);
  }
}

async function fileBytes(file: string): Promise<Uint8Array> {
  try {
    return await readFile(file);
  } catch (error) {
    throw await brokenImage(file, error);
  }
}
