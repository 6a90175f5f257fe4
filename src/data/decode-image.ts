import { open } from "node:fs/promises";
import path from "node:path";
import { UserError } from "../protocol/index.ts";

/** What a file's header says, without its pixels; sizes are as the picture is shown, with EXIF's orientation applied. */
export interface ImageHeader {
  readonly height: number;
  readonly width: number;
  /** 1 for grey, else 3; transparency does not count. */
  readonly channels: 1 | 3;
}

/** Extensions that are read as images; what is in the file decides how. */
export const IMAGE_EXTENSIONS: ReadonlySet<string> = new Set([".png", ".jpg", ".jpeg", ".webp"]);

export function isImageFile(file: string): boolean {
  return IMAGE_EXTENSIONS.has(path.extname(file).toLowerCase());
}

/**
 * @param source The file's bytes, where they are read already.
 * @throws BrokenImage where the file is no PNG, JPEG or WebP image.
 */
export async function readImageHeader(
  file: string,
  source: Uint8Array | string = file,
): Promise<ImageHeader> {
  const sharp = await loadSharp();
  try {
    const { format, space, autoOrient } = await sharp(source, INPUT).metadata();
    if (!FORMATS.has(format))
      throw new WrongKind(`it is ${format.toUpperCase()}, and only PNG, JPEG and WebP are read`);
    return {
      height: autoOrient.height,
      width: autoOrient.width,
      channels: space === "b-w" || space === "grey16" ? 1 : 3,
    };
  } catch (error) {
    throw await brokenImage(file, error);
  }
}

/**
 * Pixels of one image, row by row, channels last, 0–255, as Keras's `load_img` gives them: EXIF's
 * orientation applied, transparency dropped, colour profiles not applied.
 *
 * @param source The file's bytes, where they are read already.
 * @throws BrokenImage where the file cannot be decoded to its end.
 */
export async function decodeImage(
  file: string,
  channels: 1 | 3,
  source: Uint8Array | string = file,
): Promise<Uint8Array> {
  const sharp = await loadSharp();
  try {
    const { data, info } = await sharp(source, INPUT)
      .autoOrient()
      .removeAlpha()
      .toColourspace(channels === 1 ? "b-w" : "srgb")
      .raw({ depth: "uchar" })
      .toBuffer({ resolveWithObject: true });
    if (info.channels !== channels)
      throw new WrongKind(`it has ${info.channels} channels where ${channels} were expected`);
    return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  } catch (error) {
    throw await brokenImage(file, error);
  }
}

/** One file that is no image, whatever its name says. */
export class BrokenImage extends UserError {
  readonly file: string;
  constructor(file: string, reason: string, options?: ErrorOptions) {
    super(
      "broken-image",
      `${file} cannot be read as an image: ${reason}. Replace or remove it, or pass over such files with { broken: "skip" }.`,
      options,
    );
    this.file = file;
  }
}

/** `failOn: "error"` refuses truncated files but not harmless oddities of metadata. */
const INPUT = { failOn: "error", ignoreIcc: true } as const;
const FORMATS: ReadonlySet<string> = new Set(["png", "jpeg", "webp"]);

/** sharp is native: it is loaded when the first image is, so that tables are read where it is missing. */
export async function loadSharp() {
  try {
    const { default: sharp } = await import("sharp");
    // Files stay replaceable on Windows while a worker is alive.
    sharp.cache(false);
    return sharp;
  } catch (error) {
    throw new UserError(
      "no-image-library",
      `Images cannot be read here: the library sharp does not load on ${process.platform} ${process.arch}. Install KSpec's package for this platform.`,
      { cause: error },
    );
  }
}

/**
 * libvips keeps one error text for all its threads, so the text of a failure may be another's or none. The reason is
 * therefore told from the file itself: whether it may be read, and whether it begins like an image.
 */
export async function brokenImage(file: string, error: unknown): Promise<UserError> {
  if (error instanceof UserError) return error;
  const words = error instanceof Error ? error.message : String(error);
  const reason =
    error instanceof WrongKind
      ? words
      : /exceeds pixel limit/i.test(words)
        ? "it is larger than 268 million pixels"
        : await whatIsWrong(file);
  return new BrokenImage(file, reason, { cause: error });
}

async function whatIsWrong(file: string): Promise<string> {
  const start = Buffer.alloc(12);
  let length: number;
  try {
    const handle = await open(file);
    try {
      length = (await handle.read(start, 0, 12, 0)).bytesRead;
    } finally {
      await handle.close();
    }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return code === "ENOENT" ? "it is not there" : `it may not be read (${code})`;
  }
  if (length === 0) return "it is empty";
  const text = start.toString("latin1");
  const beginsLikeImage =
    text.startsWith("\x89PNG") || text.startsWith("\xff\xd8\xff") || /^RIFF.{4}WEBP/s.test(text);
  return beginsLikeImage ? "it is damaged or cut short" : "what is in it is no image";
}

/** What was decoded is not what is read here; its message is the reason. */
class WrongKind extends Error {}
