import { closeSync, fstatSync, open, read, type BigIntStats } from "node:fs";
import { promisify } from "node:util";
import { UserError } from "../protocol/index.ts";
import { brokenImage, decodeImage, readImageHeader, type ImageHeader } from "./decode-image.ts";
import { plainPng } from "./decode-png.ts";
import { fingerprint } from "./fingerprint.ts";
import { lookOf, type KnownFiles } from "./known-files.ts";
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
  readonly #onDigest: OnDigest | undefined;

  /**
   * @param digest Where it is known already.
   * @param onDigest Told once, where it was not.
   */
  constructor(
    id: string,
    file: string,
    { height, width, channels }: ImageHeader,
    digest?: string,
    onDigest?: OnDigest,
  ) {
    this.id = id;
    this.file = file;
    this.height = height;
    this.width = width;
    this.channels = channels;
    this.#digest = digest;
    this.#onDigest = onDigest;
  }

  async read(): Promise<Uint8Array> {
    const { bytes } = await readWhole(this.file);
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
    if (this.#digest === undefined) {
      const { bytes, status } = await readWhole(this.file);
      this.#digest = fingerprint(bytes);
      this.#onDigest?.(this.#digest, status);
    }
    return this.#digest;
  }
}

type OnDigest = (digest: string, status: BigIntStats) => void;

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
 * @param known What was found out about large files before; what is found out now is added.
 * @throws BrokenImage where it is no image, or cannot be read.
 */
export async function openImage(file: string, id = file, known?: KnownFiles): Promise<OpenedImage> {
  const told = await withFile(file, (descriptor, status) => whatTells(descriptor, status, file, known));
  if ("whole" in told) {
    const header = plainPng(told.whole) ?? (await readImageHeader(file, told.whole));
    const digest = fingerprint(told.whole);
    return { image: new FileImage(id, file, header, digest), print: digest };
  }
  if ("digest" in told) return { image: new FileImage(id, file, told, told.digest), print: told.print };
  const header = await readImageHeader(file);
  const { print, look } = told;
  const learn: OnDigest = (digest, status) => {
    if (lookOf(status) === look) known?.learn(file, status, { ...header, print, digest });
  };
  return { image: new FileImage(id, file, header, undefined, known && learn), print };
}

async function whatTells(
  descriptor: number,
  status: BigIntStats,
  file: string,
  known: KnownFiles | undefined,
) {
  const size = Number(status.size);
  if (size <= SMALL) return { whole: await readAt(descriptor, 0, size) };
  const look = lookOf(status);
  const facts = known?.find(file, look);
  if (facts) return facts;
  const head = await readAt(descriptor, 0, END);
  const tail = await readAt(descriptor, size - END, END);
  return { print: fingerprint(String(size), head, tail), look };
}

/** The bytes, and the file's status once they were read. */
function readWhole(file: string): Promise<{ bytes: Uint8Array; status: BigIntStats }> {
  return withFile(file, async (descriptor, { size }) => {
    const bytes = await readAt(descriptor, 0, Number(size));
    return { bytes, status: fstatSync(descriptor, { bigint: true }) };
  });
}

// Opening and reading wait for the disk. Node's own promises of files take twice the processor's time, which counts where files are small.
const openFile = promisify(open);
const readFile = promisify(read);

async function withFile<Result>(
  file: string,
  use: (descriptor: number, status: BigIntStats) => Promise<Result>,
): Promise<Result> {
  try {
    const descriptor = await openFile(file, "r");
    try {
      return await use(descriptor, fstatSync(descriptor, { bigint: true }));
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
