import { crc32, inflateSync } from "node:zlib";

/** A PNG of the common kind: 8 bits a channel, grey or RGB with or without transparency, not interlaced, nothing that turns or recolours it. */
export interface PlainPng {
  readonly height: number;
  readonly width: number;
  /** 1 for grey, else 3; transparency does not count. */
  readonly channels: 1 | 3;
  /** Row by row, channels last, 0–255, without transparency; undefined where the file is damaged. */
  pixels(): Uint8Array | undefined;
}

/** Up to so many pixels; of larger images sharp's start costs little, and it decodes on threads of its own. */
const MOST_PIXELS = 128 * 128;

/**
 * Small images by the thousand are what features are computed of, and sharp takes half a millisecond of processor time to begin with
 * one, a third of what a ResNet50 takes for 32×32; this takes a tenth of that. It answers for plain files alone: whatever is
 * unusual or damaged gets undefined, and is sharp's to read or to refuse.
 */
export function plainPng(bytes: Uint8Array): PlainPng | undefined {
  // Node before 20.15 has no crc32.
  if (typeof crc32 !== "function") return undefined;
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (!file.subarray(0, 8).equals(SIGNATURE)) return undefined;
  let header: Header | undefined;
  const data: Buffer[] = [];
  let ended = false;
  for (let at = 8; at < file.length && !ended;) {
    if (at + 12 > file.length) return undefined;
    const length = file.readUInt32BE(at);
    const end = at + 8 + length;
    if (end + 4 > file.length || crc32(file.subarray(at + 4, end)) !== file.readUInt32BE(end))
      return undefined;
    const kind = file.toString("latin1", at + 4, at + 8);
    const content = file.subarray(at + 8, end);
    if (kind === "IHDR" && header === undefined && at === 8) header = readHeader(content);
    else if (kind === "IDAT") data.push(content);
    else if (kind === "IEND") ended = true;
    else if (!HARMLESS.has(kind)) return undefined;
    if (header === undefined) return undefined;
    at = end + 4;
  }
  if (header === undefined || !ended || data.length === 0) return undefined;
  const { height, width, channels } = header;
  return {
    height,
    width,
    channels,
    pixels: () => unpack(header, data.length === 1 ? data[0]! : Buffer.concat(data)),
  };
}

const SIGNATURE = Buffer.from("\x89PNG\r\n\x1a\n", "latin1");

/** Chunks that say nothing about pixels; of others, eXIf may turn the image, tRNS, PLTE and iCCP tell of colours, and texts can hold EXIF. */
const HARMLESS: ReadonlySet<string> = new Set(["sRGB", "gAMA", "cHRM", "pHYs", "tIME", "bKGD", "sBIT"]);

interface Header {
  readonly height: number;
  readonly width: number;
  readonly channels: 1 | 3;
  /** In the file: channels, and transparency where there is some. */
  readonly samples: number;
}

/** By colour type: grey, RGB, grey with transparency, RGB with transparency. */
const SAMPLES: ReadonlyMap<number, number> = new Map([
  [0, 1],
  [2, 3],
  [4, 2],
  [6, 4],
]);

function readHeader(content: Buffer): Header | undefined {
  if (content.length !== 13) return undefined;
  const [width, height] = [content.readUInt32BE(0), content.readUInt32BE(4)];
  const [depth, colour, compression, filter, interlace] = content.subarray(8);
  const samples = SAMPLES.get(colour!);
  const plain = depth === 8 && compression === 0 && filter === 0 && interlace === 0;
  if (!plain || samples === undefined || width === 0 || height === 0 || width * height > MOST_PIXELS)
    return undefined;
  return { height, width, channels: samples < 3 ? 1 : 3, samples };
}

function unpack({ height, width, channels, samples }: Header, data: Buffer): Uint8Array | undefined {
  const row = width * samples;
  const size = height * (row + 1);
  let rows: Buffer;
  try {
    // A buffer that holds all of it, and nothing is left over to be collected.
    rows = inflateSync(data, { maxOutputLength: size, chunkSize: Math.max(64, size + 1) });
  } catch {
    return undefined;
  }
  if (rows.length !== size || !undoFilters(rows, height, row, samples)) return undefined;
  const pixels = new Uint8Array(height * width * channels);
  for (let y = 0; y < height; y++) {
    const from = y * (row + 1) + 1;
    if (samples === channels) pixels.set(rows.subarray(from, from + row), y * row);
    else
      for (let x = 0; x < width; x++)
        for (let channel = 0; channel < channels; channel++)
          pixels[(y * width + x) * channels + channel] = rows[from + x * samples + channel]!;
  }
  return pixels;
}

/**
 * Each row begins with how its bytes were written: as they are, or as differences from the byte of the pixel to the left, above, from
 * the mean of both, or from one of three neighbours (PNG's Paeth predictor). Makes them bytes again, in place.
 */
function undoFilters(rows: Uint8Array, height: number, row: number, samples: number): boolean {
  for (let y = 0; y < height; y++) {
    const start = y * (row + 1) + 1;
    const end = start + row;
    const back = row + 1;
    const top = y === 0;
    switch (rows[start - 1]) {
      case 0:
        break;
      case 1:
        for (let at = start + samples; at < end; at++) rows[at] = rows[at]! + rows[at - samples]!;
        break;
      case 2:
        if (!top) for (let at = start; at < end; at++) rows[at] = rows[at]! + rows[at - back]!;
        break;
      case 3:
        for (let at = start; at < end; at++) {
          const left = at < start + samples ? 0 : rows[at - samples]!;
          const above = top ? 0 : rows[at - back]!;
          rows[at] = rows[at]! + ((left + above) >> 1);
        }
        break;
      case 4:
        for (let at = start; at < end; at++) {
          const first = at < start + samples;
          const left = first ? 0 : rows[at - samples]!;
          const above = top ? 0 : rows[at - back]!;
          const corner = top || first ? 0 : rows[at - back - samples]!;
          // Whichever neighbour is nearest to left + above − corner; of two as near, the first.
          const toLeft = Math.abs(above - corner);
          const toAbove = Math.abs(left - corner);
          const toCorner = Math.abs(left + above - 2 * corner);
          const nearest =
            toLeft <= toAbove && toLeft <= toCorner ? left : toAbove <= toCorner ? above : corner;
          rows[at] = rows[at]! + nearest;
        }
        break;
      default:
        return false;
    }
  }
  return true;
}
