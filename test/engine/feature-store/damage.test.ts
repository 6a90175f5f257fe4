import fs from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { openFeatureStore } from "../../../src/engine/feature-store/index.ts";
import { filesOf, keep, KEY, look, numbers, temporaryFolder } from "./shelf-tools.ts";

const LENGTH = 100;
const RECORD = LENGTH * 4;
const IMAGES = numbers(0, 10);

async function filled() {
  const folder = temporaryFolder();
  const shelf = await openShelf(folder);
  await keep(shelf, IMAGES, LENGTH);
  await shelf.close();
  return { folder, data: filesOf(folder, ".data")[0]!, index: filesOf(folder, ".index")[0]! };
}
const openShelf = (folder: string) => openFeatureStore({ folder }).open(KEY, LENGTH, "a base");

describe("a damaged file", () => {
  it("with a flipped byte: that entry is computed again, once and for all", async () => {
    const { folder, data } = await filled();
    flip(data, 3 * RECORD + 17);
    const shelf = await openShelf(folder);
    expect(await look(shelf, IMAGES, LENGTH)).toEqual(IMAGES.filter((image) => image !== 3));
    expect(shelf.damaged).toBe(1);
    await keep(shelf, [3], LENGTH);
    expect(await look(shelf, IMAGES, LENGTH)).toEqual(IMAGES);
    await shelf.close();
    const later = await openShelf(folder);
    expect(await look(later, IMAGES, LENGTH)).toEqual(IMAGES);
    expect(later.damaged).toBe(0);
    await later.close();
  });

  it("with a flipped byte in its index gives no wrong features, wherever that byte is", async () => {
    const { folder, index } = await filled();
    for (let at = 0; at < fs.statSync(index).size; at += 3) {
      const before = fs.readFileSync(index);
      flip(index, at);
      const shelf = await openShelf(folder);
      const there = await look(shelf, IMAGES, LENGTH);
      expect(there.length).toBeGreaterThanOrEqual(at < 16 ? 0 : IMAGES.length - 1);
      await shelf.close();
      fs.writeFileSync(index, before);
    }
  });

  it.each([
    ["the data end within the sixth entry", ".data", 5 * RECORD + 1, 5],
    ["the data are empty", ".data", 0, 0],
    ["the index ends within the sixth entry", ".index", 16 + 5 * 20 + 7, 5],
    ["the index ends within its header", ".index", 9, 0],
    ["the index is empty", ".index", 0, 0],
  ])("%s: what is whole is used, the rest is computed again", async (_, ending, size, whole) => {
    const { folder } = await filled();
    fs.truncateSync(filesOf(folder, ending)[0]!, size);
    const shelf = await openShelf(folder);
    expect(await look(shelf, IMAGES, LENGTH)).toEqual(IMAGES.slice(0, whole));
    expect(shelf.damaged).toBe(ending === ".data" ? 10 - whole : 0);
    await keep(shelf, IMAGES, LENGTH);
    await shelf.close();
    const later = await openShelf(folder);
    expect(await look(later, IMAGES, LENGTH)).toEqual(IMAGES);
    expect(later.damaged).toBe(0);
    await later.close();
  });

  it.each([".data", ".index"])("%s is gone: its entries are not there", async (ending) => {
    const { folder } = await filled();
    const open = await openShelf(folder);
    fs.rmSync(filesOf(folder, ending)[0]!);
    const shelf = await openShelf(folder);
    for (const one of ending === ".data" ? [open, shelf] : [shelf])
      expect(await look(one, IMAGES, LENGTH)).toEqual([]);
    expect(shelf.damaged).toBe(0);
    await keep(shelf, IMAGES, LENGTH);
    expect(await look(shelf, IMAGES, LENGTH)).toEqual(IMAGES);
    await shelf.close();
    await open.close();
  });
});

describe("what is not of this store", () => {
  it("is passed over: foreign files, packs of another format or of another length", async () => {
    const { folder } = await filled();
    const shelfFolder = path.join(folder, KEY);
    fs.writeFileSync(path.join(folder, "notes.txt"), "mine");
    fs.mkdirSync(path.join(folder, "photos"));
    fs.mkdirSync(path.join(shelfFolder, "00000000deadbeef.index"));
    fs.writeFileSync(path.join(shelfFolder, "1111111111111111.index"), "what is this, and who put it here?");
    fs.writeFileSync(path.join(shelfFolder, "1111111111111111.data"), "?");
    const another = fs.readFileSync(
      filesOf(folder, ".index").find((file) => fs.statSync(file).size === 216)!,
    );
    another.writeUInt32LE(2, 8);
    fs.writeFileSync(path.join(shelfFolder, "2222222222222222.index"), another);
    another.writeUInt32LE(1, 8);
    another.writeUInt32LE(LENGTH + 1, 12);
    fs.writeFileSync(path.join(shelfFolder, "3333333333333333.index"), another);
    fs.writeFileSync(path.join(shelfFolder, "about.json"), "{");
    const shelf = await openShelf(folder);
    expect(await look(shelf, numbers(0, 12), LENGTH)).toEqual(IMAGES);
    await keep(shelf, [10, 11], LENGTH);
    expect(await look(shelf, numbers(0, 12), LENGTH)).toEqual(numbers(0, 12));
    await shelf.close();
    expect(fs.readFileSync(path.join(folder, "notes.txt"), "utf8")).toBe("mine");
  });

  it("as a file where the folder should be: nothing is kept, and the message says where and what to do", async () => {
    const folder = path.join(temporaryFolder(), "features");
    fs.writeFileSync(folder, "");
    const shelf = await openShelf(folder);
    expect(await look(shelf, IMAGES, LENGTH)).toEqual([]);
    await expect(keep(shelf, IMAGES, LENGTH)).rejects.toMatchObject({
      name: "UserError",
      code: "unwritable-folder",
      message: expect.stringContaining(folder),
    });
    await shelf.learn("something");
    await shelf.close();
  });
});

function flip(file: string, at: number): void {
  const bytes = fs.readFileSync(file);
  bytes[at]! ^= 0x10;
  fs.writeFileSync(file, bytes);
}
