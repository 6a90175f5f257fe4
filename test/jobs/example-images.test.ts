import { describe, expect, it } from "vitest";
import { chooseExamples, thumbnail } from "../../src/jobs/example-images.ts";
import sharp from "sharp";

describe("which rows are shown", () => {
  it("has every kind of mistake before a second one of the same kind", () => {
    const truth = [0, 0, 0, 0, 1, 1, 2];
    const estimate = [1, 1, 1, 0, 1, 0, 2];
    expect(chooseExamples(truth, estimate, 4)).toEqual([0, 3, 4, 5]);
  });

  it("gives at most half of the places to mistakes, and keeps the order of rows", () => {
    const truth = Array.from({ length: 100 }, () => 0);
    const estimate = truth.map((_, row) => (row < 80 ? 1 : 0));
    const rows = chooseExamples(truth, estimate, 20);
    expect(rows.filter((row) => row < 80)).toHaveLength(10);
    expect(rows).toEqual([...rows].sort((a, b) => a - b));
    expect(new Set(rows).size).toBe(20);
  });

  it("is all rows where there are few", () => {
    expect(chooseExamples([0, 1], [0, 0])).toEqual([0, 1]);
  });
});

describe("pictures", () => {
  const image = (height: number, width: number, channels: number, at: (y: number, x: number) => number) => ({
    id: "x",
    height,
    width,
    channels,
    digest: () => Promise.resolve("0".repeat(32)),
    read: () =>
      Promise.resolve(
        Uint8Array.from({ length: height * width * channels }, (_, i) => {
          const pixel = Math.floor(i / channels);
          return at(Math.floor(pixel / width), pixel % width);
        }),
      ),
  });

  it("stay as they are where they are small", async () => {
    const png = await thumbnail(image(2, 3, 1, (y, x) => 100 * y + x));
    const { data, info } = await sharp(png).raw().toBuffer({ resolveWithObject: true });
    expect([info.width, info.height]).toEqual([3, 2]);
    expect([...data].filter((_, i) => i % info.channels === 0)).toEqual([0, 1, 2, 100, 101, 102]);
  });

  it("are made smaller by means where they are large, and keep their shape", async () => {
    const png = await thumbnail(
      image(8, 4, 3, (y) => (y < 4 ? 10 : 30)),
      4,
    );
    const { data, info } = await sharp(png).raw().toBuffer({ resolveWithObject: true });
    expect([info.width, info.height]).toEqual([2, 4]);
    expect(data[0]).toBe(10);
    expect(data.at(-1)).toBe(30);
  });
});
