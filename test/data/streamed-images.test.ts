import { renameSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import sharp from "sharp";
import { describe, expect, test } from "vitest";
import {
  bakeTable,
  loadDataset,
  prepRecipe,
  streamedRows,
  type StreamedColumn,
  type Table,
} from "../../src/data/index.ts";
import { labelledImages } from "../../src/data/datasets/labelled-images.ts";
import { recipe, type Recipe } from "../../src/kspec/index.ts";
import { failure, folder, image, table } from "./table-tools.ts";

/** A picture of noise as a file's bytes; of one channel for grey. */
function noise(seed: number, { height = 4, width = 5, channels = 3 as 1 | 3 } = {}): Promise<Buffer> {
  const pixels = Buffer.alloc(height * width * channels);
  // Numbers that PNG cannot make shorter (Numerical Recipes' generator).
  for (let at = 0, state = seed; at < pixels.length; at++) {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    pixels[at] = state >>> 24;
  }
  const made = sharp(pixels, { raw: { width, height, channels } });
  return (channels === 1 ? made.toColourspace("b-w") : made).png().toBuffer();
}

const load = async (specFolder: string): Promise<Table> =>
  (await loadDataset({ kind: "dataset", name: "image_folder", path: ".", options: {} }, { specFolder }))
    .train;

const images = recipe("label ~ image");

function columnOf(rows: Table, description: Recipe = images): StreamedColumn {
  return bakeTable(prepRecipe(description, rows), rows, { outcomes: true }).inputs.get(
    "image",
  ) as StreamedColumn;
}

/** The digest of each image by the end of its path. */
async function digestsOf(rows: Table, description: Recipe = images): Promise<Map<string, string>> {
  const column = rows.columns.get("image");
  const names = column?.kind === "image" ? column.images.map(({ id }) => path.basename(id)) : [];
  const digests = await columnOf(rows, description).digests(0, rows.rows);
  return new Map(names.map((name, row) => [name, digests[row]!]));
}

describe("digests of images", () => {
  test("are the same in another folder, class and subset", async () => {
    const [one, two, three] = await Promise.all([noise(1), noise(2), noise(3)]);
    const first = await digestsOf(await load(folder({ "a/1.png": one, "a/2.png": two, "b/3.png": three })));
    const second = await digestsOf(await load(folder({ "x/y/three.png": three, "z/one.png": one })));
    expect(second.get("three.png")).toBe(first.get("3.png"));
    expect(second.get("one.png")).toBe(first.get("1.png"));
    expect(new Set(first.values()).size).toBe(3);
    for (const digest of first.values()) expect(digest).toMatch(/^[0-9a-f]{32}$/);
  });

  test("differ with each step, its options and the order of steps", async () => {
    const rows = await load(folder({ "a/1.png": await noise(1), "b/2.png": await noise(2) }));
    const size = { height: 8, width: 8 };
    const half = { scale: 1 / 2 };
    const descriptions = [
      images,
      images.step_resize("image", size),
      images.step_resize("image", { height: 8, width: 9 }),
      images.step_rescale("image", half),
      images.step_rescale("image", { scale: 1 / 2, offset: 1e-9 }),
      images.step_resize("image", size).step_rescale("image", half),
      images.step_rescale("image", half).step_resize("image", size),
    ];
    const digests = await Promise.all(
      descriptions.map(async (description) => (await digestsOf(rows, description)).get("1.png")),
    );
    expect(new Set(digests).size).toBe(descriptions.length);
    // The defaults written out are the same recipe.
    const written = images.step_rescale("image", { scale: 1 / 2, offset: 0 });
    expect((await digestsOf(rows, written)).get("1.png")).toBe(digests[3]);
  });

  test("tell a grey image read in grey from the same in colour", async () => {
    const grey = await noise(1, { channels: 1 });
    const alone = await digestsOf(await load(folder({ "a/grey.png": grey, "b/2.png": grey })));
    const beside = await digestsOf(await load(folder({ "a/grey.png": grey, "b/2.png": await noise(2) })));
    expect(alone.get("grey.png")).not.toBe(beside.get("grey.png"));
  });

  test("of large files are of all their bytes", async () => {
    const large = await noise(3, { height: 300, width: 400 });
    expect(large.length).toBeGreaterThan(3 * 64 * 1024);
    const other = Buffer.from(large);
    // Neither end tells them apart.
    other[other.length / 2]! ^= 1;
    const digests = await digestsOf(await load(folder({ "a/1.png": large, "b/2.png": other })));
    expect(digests.get("1.png")).not.toBe(digests.get("2.png"));
  });

  test("of packed images are of their pixels, wherever these lie", async () => {
    const packed = { id: "x", height: 1, width: 2, channels: 1 as const, labels: [0, 1] };
    const [first, second] = await columnOf(
      labelledImages({ ...packed, pixels: Uint8Array.of(1, 2, 3, 4) }, ["a", "b"]),
    ).digests(0, 2);
    const turned = await columnOf(
      labelledImages({ ...packed, id: "y", pixels: Uint8Array.of(3, 4, 1, 2) }, ["a", "b"]),
    ).digests(0, 2);
    expect(turned).toEqual([second, first]);
    const high = { ...packed, height: 2, width: 1 };
    const upright = labelledImages({ ...high, pixels: Uint8Array.of(1, 2, 3, 4) }, ["a", "b"]);
    expect((await columnOf(upright).digests(0, 1))[0]).not.toBe(first);
  });

  test("decode nothing", async () => {
    const never = { ...image("1", 2, 2), read: () => Promise.reject(new Error("It was decoded.")) };
    const column = columnOf(table({ label: ["a", "b"], image: [never, image("2", 2, 2)] }));
    expect((await column.digests(0, 2)).length).toBe(2);
    await expect(column.read(0, 2)).rejects.toThrow("It was decoded.");
  });
});

describe("reading images", () => {
  test("any part of them, and the rows of a slice", async () => {
    const rows = table({
      label: ["a", "b", "a", "b"],
      image: [1, 2, 3, 4].map((value) => image(String(value), 1, 1, 1, [value])),
    });
    const column = columnOf(rows);
    const read = async (of: StreamedColumn, from: number, to: number) => Array.from(await of.read(from, to));
    expect(await read(column, 1, 3)).toEqual([2, 3]);
    expect(await read(column, 2, 2)).toEqual([]);
    const slice = streamedRows(column, 1, 4);
    expect(await read(slice, 1, 3)).toEqual([3, 4]);
    expect(await slice.digests(0, 2)).toEqual((await column.digests(0, 4)).slice(1, 3));
    expect(await read(streamedRows(slice, 1, 2), 0, 1)).toEqual([3]);
    // A slice ends where it ends.
    expect(await read(streamedRows(column, 0, 2), 0, 4)).toEqual([1, 2]);
  });

  test("at most eight at once, and large ones alone", async () => {
    const bytes = new Uint8Array(60_000_000);
    let now = 0;
    let most = 0;
    const slow = (pixels: number) => ({
      ...image("", 1, 1),
      height: pixels,
      width: 1,
      read: async () => {
        most = Math.max(most, ++now);
        await new Promise((resolve) => setTimeout(resolve, 2));
        now--;
        return bytes.subarray(0, pixels);
      },
    });
    const peak = async (pixels: number) => {
      most = 0;
      const many = Array.from({ length: 12 }, () => slow(pixels));
      const rows = table({ label: many.map((_, at) => (at % 2 ? "a" : "b")), image: many });
      await columnOf(rows, images.step_resize("image", { height: 1, width: 1 })).read(0, 12);
      return most;
    };
    expect(await peak(16)).toBe(8);
    expect(await peak(60_000_000)).toBe(2);
  });

  test("keeps each image's place, however long each takes", async () => {
    const many = Array.from({ length: 30 }, (_, at) => ({
      ...image("", 1, 1),
      read: async () => {
        await new Promise((resolve) => setTimeout(resolve, (at * 7) % 5));
        return Uint8Array.of(at);
      },
    }));
    const column = columnOf(table({ label: many.map((_, at) => (at % 2 ? "a" : "b")), image: many }));
    expect(Array.from(await column.read(0, 30))).toEqual(Array.from({ length: 30 }, (_, at) => at));
  });
});

describe("files that change while they are in use", () => {
  async function two() {
    const specFolder = folder({ "a/1.png": await noise(1), "b/2.png": await noise(2) });
    return { specFolder, file: path.join(specFolder, "a/1.png"), column: columnOf(await load(specFolder)) };
  }

  test("are refused, because features are kept under what they were", async () => {
    const { file, column } = await two();
    await column.read(0, 2);
    writeFileSync(file, await noise(9));
    expect((await failure(() => column.read(0, 2))).message).toBe(
      `${file} is not what it was when it was listed. Run again when the files no longer change.`,
    );
  });

  test("or are gone", async () => {
    const { file, column } = await two();
    rmSync(file);
    expect((await failure(() => column.read(0, 2))).message).toContain(
      `${file} cannot be read as an image: it is not there.`,
    );
  });

  test("but may be replaced by the same", async () => {
    const { specFolder, file, column } = await two();
    const before = await column.read(0, 2);
    renameSync(file, path.join(specFolder, "old.png"));
    writeFileSync(file, await noise(1));
    expect(await column.read(0, 2)).toEqual(before);
  });

  test("large ones too", async () => {
    const specFolder = folder({
      "a/1.png": await noise(1, { height: 300, width: 400 }),
      "b/2.png": await noise(2, { height: 300, width: 400 }),
    });
    const column = columnOf(await load(specFolder));
    await column.digests(0, 2);
    writeFileSync(path.join(specFolder, "b/2.png"), await noise(3, { height: 300, width: 400 }));
    expect((await failure(() => column.read(0, 2))).message).toContain("2.png is not what it was");
  });
});
