import fs from "node:fs";
import path from "node:path";
import fc from "fast-check";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { openFeatureStore } from "../../../src/engine/feature-store/index.ts";
import {
  digestOf,
  featuresOf,
  filesOf,
  keep,
  KEY,
  look,
  numbers,
  OTHER_KEY,
  temporaryFolder,
} from "./shelf-tools.ts";

const LENGTH = 5;

describe("a shelf of features", () => {
  it("gives back what was kept, in any order, also to a later process", async () => {
    const folder = temporaryFolder();
    const first = await openFeatureStore({ folder }).open(KEY, LENGTH, "a base");
    await keep(first, numbers(0, 20), LENGTH);
    expect(first.has(digestOf(7))).toBe(true);
    expect(await look(first, [19, 3, 3, 4, 99], LENGTH)).toEqual([19, 3, 3, 4]);
    await first.close();

    const later = await openFeatureStore({ folder }).open(KEY, LENGTH, "a base");
    expect(await look(later, numbers(0, 25), LENGTH)).toEqual(numbers(0, 20));
    expect(await look(later, numbers(0, 20).reverse(), LENGTH)).toHaveLength(20);
    expect(later.damaged).toBe(0);
    await later.close();
  });

  it("holds for every history of writing, reading and opening again", async () => {
    const step = fc.oneof(
      fc.record({ do: fc.constant("write" as const), images: fc.array(fc.nat(40), { maxLength: 12 }) }),
      fc.record({ do: fc.constant("read" as const), images: fc.array(fc.nat(40), { maxLength: 12 }) }),
      fc.record({ do: fc.constant("reopen" as const), images: fc.constant([]) }),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { maxLength: 15 }),
        fc.integer({ min: 1, max: 300 }),
        async (steps, length) => {
          const folder = fs.mkdtempSync("/tmp/kspec-history-");
          try {
            // So small a limit makes packs of a few entries; it is far above what is written.
            const store = openFeatureStore({ folder, limit: 2e6 });
            let shelf = await store.open(KEY, length, "a base");
            const kept = new Set<number>();
            for (const { do: what, images } of steps) {
              if (what === "write") {
                await keep(shelf, images, length);
                for (const image of images) kept.add(image);
              } else if (what === "read") {
                expect(await look(shelf, images, length)).toEqual(images.filter((image) => kept.has(image)));
              } else {
                await shelf.close();
                shelf = await store.open(KEY, length, "a base");
              }
            }
            await shelf.close();
          } finally {
            fs.rmSync(folder, { recursive: true });
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  it("keeps an image once, however often it is handed over", async () => {
    const folder = temporaryFolder();
    const shelf = await openFeatureStore({ folder }).open(KEY, LENGTH, "a base");
    await keep(shelf, [1, 1, 2], LENGTH);
    await keep(shelf, [2, 1, 3, 2], LENGTH);
    await shelf.close();
    expect(filesOf(folder, ".data").map((file) => fs.statSync(file).size)).toEqual([3 * LENGTH * 4]);
  });

  it("goes on with the pack of an earlier fit: many small fits leave one", async () => {
    const folder = temporaryFolder();
    for (const image of numbers(0, 6)) {
      const shelf = await openFeatureStore({ folder }).open(KEY, LENGTH, "a base");
      await keep(shelf, [image], LENGTH);
      await shelf.close();
    }
    expect(filesOf(folder, ".data")).toHaveLength(1);
    expect(filesOf(folder, ".writer")).toHaveLength(0);
    const shelf = await openFeatureStore({ folder }).open(KEY, LENGTH, "a base");
    expect(await look(shelf, numbers(0, 7), LENGTH)).toEqual(numbers(0, 6));
  });

  it("knows nothing of another base's features", async () => {
    const store = openFeatureStore({ folder: temporaryFolder() });
    const one = await store.open(KEY, LENGTH, "a base");
    const other = await store.open(OTHER_KEY, LENGTH, "another base");
    await keep(one, [1], LENGTH);
    expect(await look(other, [1], LENGTH)).toEqual([]);
    await one.close();
    await other.close();
  });

  it("finds what another shelf has kept since it was opened", async () => {
    const folder = temporaryFolder();
    const mine = await openFeatureStore({ folder }).open(KEY, LENGTH, "a base");
    const theirs = await openFeatureStore({ folder }).open(KEY, LENGTH, "a base");
    await keep(theirs, numbers(0, 3), LENGTH);
    await new Promise((resolve) => setTimeout(resolve, 250));
    expect(await look(mine, numbers(0, 3), LENGTH)).toEqual(numbers(0, 3));
    await mine.close();
    await theirs.close();
  });

  it("writes in the order it was asked, without being waited for", async () => {
    const folder = temporaryFolder();
    const shelf = await openFeatureStore({ folder }).open(KEY, LENGTH, "a base");
    const writes = numbers(0, 30).map((i) => keep(shelf, numbers(i * 4, i * 4 + 6), LENGTH));
    await Promise.all(writes);
    expect(await look(shelf, numbers(0, 122), LENGTH)).toEqual(numbers(0, 122));
    await shelf.close();
  });

  it("remembers facts", async () => {
    const folder = temporaryFolder();
    const shelf = await openFeatureStore({ folder }).open(KEY, LENGTH, "a base");
    expect(shelf.knows("1.30 agrees")).toBe(false);
    await shelf.learn("1.30 agrees");
    expect(shelf.knows("1.30 agrees")).toBe(true);
    await shelf.close();
    const later = await openFeatureStore({ folder }).open(KEY, LENGTH, "a base");
    expect(later.knows("1.30 agrees")).toBe(true);
    expect(later.knows("1.31 agrees")).toBe(false);
  });

  it("makes nothing on the disk before there is something to keep", async () => {
    const folder = path.join(temporaryFolder(), "features");
    const shelf = await openFeatureStore({ folder }).open(KEY, LENGTH, "a base");
    expect(await look(shelf, [1], LENGTH)).toEqual([]);
    await shelf.close();
    expect(fs.existsSync(folder)).toBe(false);
  });

  it("is not there where the user's limit is 0", () => {
    vi.stubEnv("KSPEC_CACHE_LIMIT", "0");
    onTestFinished(() => void vi.unstubAllEnvs());
    expect(openFeatureStore()).toBe(null);
  });

  it("that somebody removes while it is written to is begun again", async () => {
    const folder = path.join(temporaryFolder(), "features");
    const shelf = await openFeatureStore({ folder }).open(KEY, LENGTH, "a base");
    await keep(shelf, numbers(0, 10), LENGTH);
    fs.rmSync(folder, { recursive: true });
    await keep(shelf, numbers(10, 20), LENGTH);
    expect(await look(shelf, numbers(0, 20), LENGTH)).toEqual(numbers(10, 20));
    await shelf.close();
    const later = await openFeatureStore({ folder }).open(KEY, LENGTH, "a base");
    expect(await look(later, numbers(0, 20), LENGTH)).toEqual(numbers(10, 20));
    await later.close();
  });

  it("refuses values that are not so many entries", async () => {
    const shelf = await openFeatureStore({ folder: temporaryFolder() }).open(KEY, LENGTH, "a base");
    await expect(shelf.write([digestOf(1)], featuresOf([1], LENGTH + 1))).rejects.toThrow(
      /6 values are not 1 entries of 5/,
    );
  });
});
