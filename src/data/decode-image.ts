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

/** @throws BrokenImage where the file is no PNG, JPEG or WebP image. */
export async function readImageHeader(file: string): Promise<ImageHeader> {
  const sharp = await loadSharp();
  try {
    const { format, space, autoOrient } = await sharp(file, INPUT).metadata();
    if (!FORMATS.has(format))
      throw new Error(`it is ${format.toUpperCase()}, and only PNG, JPEG and WebP are read`);
    return {
      height: autoOrient.height,
      width: autoOrient.width,
      channels: space === "b-w" || space === "grey16" ? 1 : 3,
    };
  } catch (error) {
    throw brokenImage(file, error);
  }
}

/**
 * Pixels of one image, row by row, channels last, 0–255, as Keras's `load_img` gives them: EXIF's
 * orientation applied, transparency dropped, colour profiles not applied.
 *
 * @throws BrokenImage where the file cannot be decoded to its end.
 */
export async function decodeImage(file: string, channels: 1 | 3): Promise<Uint8Array> {
  const sharp = await loadSharp();
  try {
    const { data, info } = await sharp(file, INPUT)
      .autoOrient()
      .removeAlpha()
      .toColourspace(channels === 1 ? "b-w" : "srgb")
      .raw({ depth: "uchar" })
      .toBuffer({ resolveWithObject: true });
    if (info.channels !== channels)
      throw new Error(`it has ${info.channels} channels where ${channels} were expected`);
    return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  } catch (error) {
    throw brokenImage(file, error);
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
async function loadSharp() {
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

function brokenImage(file: string, error: unknown): UserError {
  if (error instanceof UserError) return error;
  const reason = error instanceof Error ? error.message : String(error);
  return new BrokenImage(file, plain(reason), { cause: error });
}

/** libvips's words, for people. */
function plain(reason: string): string {
  if (/unsupported image format/i.test(reason)) return "what is in it is no image";
  if (/missing|ENOENT/i.test(reason) && /input file/i.test(reason)) return "it is not there any more";
  if (/exceeds pixel limit/i.test(reason)) return "it is larger than 268 million pixels";
  if (/premature|truncated|end of|read error|unexpected|corrupt/i.test(reason))
    return "it is damaged or cut short";
  const first = reason.split("\n").find((line) => line.trim() !== "") ?? reason;
  return first.trim().replace(/\.$/, "");
}
