import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { crc32, deflateSync } from "node:zlib";
import sharp from "sharp";
import { describe, expect, test } from "vitest";
import { plainPng } from "../../src/data/decode-png.ts";
import { assets, hasAssets } from "./assets.ts";

function chunk(kind: string, content: Uint8Array): Buffer {
  const body = Buffer.concat([Buffer.from(kind, "latin1"), content]);
  const whole = Buffer.alloc(body.length + 8);
  whole.writeUInt32BE(content.length, 0);
  body.copy(whole, 4);
  whole.writeUInt32BE(crc32(body), body.length + 4);
  return whole;
}

interface Made {
  readonly width?: number;
  readonly height?: number;
  /** PNG's number: 0 grey, 2 RGB, 4 grey with transparency, 6 RGB with transparency. */
  readonly colour?: number;
  readonly depth?: number;
  /** Of each row, in turns. */
  readonly filters?: readonly number[];
  /** Parts that the pixels' data are cut into. */
  readonly parts?: number;
  readonly extra?: readonly Buffer[];
  readonly missingRows?: number;
}

/** A PNG of any pixels: what its bytes mean, sharp says. */
function png({
  width = 5,
  height = 6,
  colour = 2,
  depth = 8,
  filters = [0],
  parts = 1,
  extra = [],
  missingRows = 0,
}: Made = {}): Buffer {
  const samples = { 0: 1, 2: 3, 4: 2, 6: 4 }[colour]! * (depth / 8);
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([depth, colour], 8);
  const rows = Buffer.alloc((height - missingRows) * (width * samples + 1));
  for (let at = 0; at < rows.length; at++) rows[at] = (at * at * 31 + at * 7) % 256;
  for (let row = 0; row < height - missingRows; row++)
    rows[row * (width * samples + 1)] = filters[row % filters.length]!;
  const data = deflateSync(rows);
  const cut = Math.ceil(data.length / parts);
  return Buffer.concat([
    Buffer.from("\x89PNG\r\n\x1a\n", "latin1"),
    chunk("IHDR", header),
    ...extra,
    ...Array.from({ length: parts }, (_, at) => chunk("IDAT", data.subarray(at * cut, (at + 1) * cut))),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

async function withSharp(bytes: Uint8Array, channels: 1 | 3): Promise<Buffer> {
  return sharp(bytes)
    .autoOrient()
    .removeAlpha()
    .toColourspace(channels === 1 ? "b-w" : "srgb")
    .raw({ depth: "uchar" })
    .toBuffer();
}

describe("plainPng reads what sharp reads", () => {
  test.each([
    ["rows as they are", { filters: [0] }],
    ["rows from the left", { filters: [1] }],
    ["rows from above", { filters: [2] }],
    ["rows from the mean", { filters: [3] }],
    ["rows by Paeth's predictor", { filters: [4] }],
    ["each row its own way", { filters: [4, 3, 2, 1, 0] }],
    ["grey", { colour: 0, filters: [1, 4, 3] }],
    ["grey with transparency", { colour: 4, filters: [4, 1, 2] }],
    ["RGB with transparency", { colour: 6, filters: [3, 4, 1] }],
    ["data in parts", { parts: 3 }],
    ["one pixel", { width: 1, height: 1, filters: [4] }],
    ["128 × 128", { width: 128, height: 128, filters: [4, 1] }],
    ["harmless chunks", { extra: [chunk("sRGB", Buffer.of(0)), chunk("pHYs", Buffer.alloc(9))] }],
    ["another gamma", { extra: [chunk("gAMA", Buffer.of(0, 1, 0x86, 0xa0))] }],
  ] as const)("%s", async (_name, made: Made) => {
    const bytes = png(made);
    const plain = plainPng(bytes)!;
    expect([plain.height, plain.width]).toEqual([made.height ?? 6, made.width ?? 5]);
    expect(plain.channels).toBe([0, 4].includes(made.colour ?? 2) ? 1 : 3);
    expect(Buffer.from(plain.pixels()!).equals(await withSharp(bytes, plain.channels))).toBe(true);
  });

  test.runIf(hasAssets)("every photograph of the assets", async () => {
    const root = path.join(assets, "cifar10/test");
    const files = readdirSync(root, { recursive: true, encoding: "utf8" }).filter((name) =>
      name.endsWith(".png"),
    );
    expect(files.length).toBe(500);
    for (const name of files) {
      const bytes = readFileSync(path.join(root, name));
      expect(Buffer.from(plainPng(bytes)!.pixels()!).equals(await withSharp(bytes, 3)), name).toBe(true);
    }
  });
});

describe("plainPng leaves to sharp", () => {
  test.each([
    ["what is no PNG", Buffer.from("GIF89a, and more of it")],
    ["nothing", Buffer.alloc(0)],
    ["16 bits", png({ depth: 16 })],
    ["large images", png({ width: 129, height: 128 })],
    ["EXIF, which may turn it", png({ extra: [chunk("eXIf", Buffer.alloc(8))] })],
    ["a transparent colour", png({ extra: [chunk("tRNS", Buffer.alloc(6))] })],
    ["a colour profile", png({ extra: [chunk("iCCP", Buffer.from("x\0\0"))] })],
    ["text, which can hold EXIF", png({ extra: [chunk("tEXt", Buffer.from("a\0b"))] })],
  ])("%s", (_name, bytes) => expect(plainPng(bytes)).toBeUndefined());

  test("palettes and interlaced rows", async () => {
    const rgb = sharp({ create: { width: 4, height: 4, channels: 3, background: "teal" } });
    expect(plainPng(await rgb.clone().png().toBuffer())).toBeDefined();
    expect(plainPng(await rgb.clone().png({ palette: true }).toBuffer())).toBeUndefined();
    expect(plainPng(await rgb.clone().png({ progressive: true }).toBuffer())).toBeUndefined();
  });

  test("every file that is cut short", () => {
    const bytes = png({ filters: [1] });
    for (let length = 0; length < bytes.length; length++)
      expect(plainPng(bytes.subarray(0, length))?.pixels()).toBeUndefined();
  });

  test("every file with a wrong byte, but for those after its end", () => {
    const bytes = png({ filters: [1] });
    for (let at = 0; at < bytes.length; at++) {
      const damaged = Buffer.from(bytes);
      damaged[at]! ^= 1;
      expect(plainPng(damaged)?.pixels(), String(at)).toBeUndefined();
    }
  });

  test("rows that are missing, and rows written in no known way", () => {
    expect(plainPng(png({ missingRows: 1 }))!.pixels()).toBeUndefined();
    expect(plainPng(png({ filters: [5] }))!.pixels()).toBeUndefined();
  });
});
