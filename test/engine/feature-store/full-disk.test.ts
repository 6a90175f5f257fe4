import type { FileHandle } from "node:fs/promises";
import fs from "node:fs";
import { afterEach, expect, it, vi } from "vitest";
import { openFeatureStore } from "../../../src/engine/feature-store/index.ts";
import { filesOf, keep, KEY, look, numbers, temporaryFolder } from "./shelf-tools.ts";

/** What the disk still takes. Below, every write of a file goes by it. */
const disk = vi.hoisted(() => ({ left: Infinity }));
vi.mock(import("node:fs/promises"), async (original) => {
  const real = await original();
  const open = async (...args: Parameters<typeof real.open>): Promise<FileHandle> => {
    const file = await real.open(...args);
    const write = file.write.bind(file) as (...args: unknown[]) => Promise<{ bytesWritten: number }>;
    file.write = (async (bytes: Uint8Array, offset: number, length: number, position: number) => {
      if (disk.left <= 0)
        throw Object.assign(new Error("ENOSPC: no space left on device, write"), { code: "ENOSPC" });
      const { bytesWritten } = await write(bytes, offset, Math.min(length, disk.left), position);
      disk.left -= bytesWritten;
      return { bytesWritten };
    }) as FileHandle["write"];
    return file;
  };
  return { ...real, open };
});
afterEach(() => {
  disk.left = Infinity;
});

const LENGTH = 100;

it.each([0, 10, 416, 4_000, 4_100])(
  "a disk with room for %i bytes more: a message, and what was kept stays",
  async (room) => {
    const folder = temporaryFolder();
    const shelf = await openFeatureStore({ folder }).open(KEY, LENGTH, "a base");
    await keep(shelf, numbers(0, 10), LENGTH);
    disk.left = room;
    await expect(keep(shelf, numbers(10, 20), LENGTH)).rejects.toMatchObject({
      code: "disk-full",
      message: expect.stringMatching(/disk is full.*Free some space.*kspec\.cache\.folder/),
    });
    expect(await look(shelf, numbers(0, 10), LENGTH)).toEqual(numbers(0, 10));

    disk.left = Infinity;
    await keep(shelf, numbers(10, 20), LENGTH);
    await shelf.close();
    const later = await openFeatureStore({ folder }).open(KEY, LENGTH, "a base");
    expect(await look(later, numbers(0, 20), LENGTH)).toEqual(numbers(0, 20));
    expect(later.damaged).toBe(0);
    // The pack that the disk had no room for was mended and gone on with.
    expect(filesOf(folder, ".data").map((file) => fs.statSync(file).size)).toEqual([20 * LENGTH * 4]);
  },
);
