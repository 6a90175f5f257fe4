import fs from "node:fs";
import path from "node:path";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { openFeatureStore } from "../../../src/engine/feature-store/index.ts";
import { parseLimit } from "../../../src/engine/feature-store/limit.ts";
import { makeRoom } from "../../../src/engine/feature-store/make-room.ts";
import { filesOf, keep, KEY, look, numbers, OTHER_KEY, temporaryFolder } from "./shelf-tools.ts";

/** Records of 10 kB; with a limit of 1.6 MB a pack is closed at 100 kB, which is ten records. */
const LENGTH = 2_500;
const LIMIT = 1.6e6;

/** One fit that keeps these images. */
async function fit(folder: string, images: readonly number[], limit: number | null = LIMIT, key = KEY) {
  const store = openFeatureStore(limit === null ? { folder } : { folder, limit });
  const shelf = await store.open(key, LENGTH, "a base");
  await keepInChunks(shelf, images);
  await shelf.close();
}
async function keepInChunks(shelf: Parameters<typeof keep>[0], images: readonly number[]) {
  for (let from = 0; from < images.length; from += 10)
    await keep(shelf, images.slice(from, from + 10), LENGTH);
}
async function there(folder: string, images: readonly number[], key = KEY) {
  const shelf = await openFeatureStore({ folder, limit: LIMIT }).open(key, LENGTH, "a base");
  const found = await look(shelf, images, LENGTH);
  await shelf.close();
  return found;
}
function bytesIn(folder: string): number {
  return [KEY, OTHER_KEY]
    .filter((key) => fs.existsSync(path.join(folder, key)))
    .flatMap((key) => [...filesOf(folder, ".data", key), ...filesOf(folder, ".index", key)])
    .reduce((sum, file) => sum + fs.statSync(file).size, 0);
}
/** As if nothing had been used for some days. */
function age(folder: string, days: number, key = KEY): void {
  const then = Date.now() / 1000 - days * 86_400;
  for (const ending of [".data", ".index"])
    for (const file of filesOf(folder, ending, key)) fs.utimesSync(file, then, then);
}

describe("the limit of the store", () => {
  it("is kept by removing what has not been used for longest, of whichever base", async () => {
    const folder = temporaryFolder();
    await fit(folder, numbers(0, 60), LIMIT, OTHER_KEY);
    age(folder, 9, OTHER_KEY);
    await fit(folder, numbers(0, 60));
    age(folder, 5);
    // Used again today: only its use counts, not when it was made.
    expect(await there(folder, numbers(0, 10))).toHaveLength(10);
    await fit(folder, numbers(1_000, 1_120));
    expect(bytesIn(folder)).toBeLessThanOrEqual(LIMIT);
    expect(await there(folder, numbers(0, 60), OTHER_KEY)).toEqual([]);
    expect(await there(folder, numbers(1_000, 1_120))).toHaveLength(120);
    const old = await there(folder, numbers(0, 60));
    expect(old).toEqual(expect.arrayContaining(numbers(0, 10)));
    expect(old.length).toBeLessThan(60);
  });

  it("does not take from a fit what it has just kept: it says that there is no more room", async () => {
    const folder = temporaryFolder();
    const shelf = await openFeatureStore({ folder, limit: LIMIT }).open(KEY, LENGTH, "a base");
    await expect(keepInChunks(shelf, numbers(0, 400))).rejects.toMatchObject({
      code: "cache-limit",
      message: expect.stringContaining("kspec.cache.limit"),
    });
    expect((await look(shelf, numbers(0, 400), LENGTH)).length).toBeGreaterThan(150);
    await shelf.close();
    expect(bytesIn(folder)).toBeLessThanOrEqual(LIMIT);
  });

  it("never costs a living process the pack that it writes; one of a dead process goes like any other", async () => {
    const folder = temporaryFolder();
    const writing = await openFeatureStore({ folder, limit: LIMIT }).open(KEY, LENGTH, "a base");
    await keep(writing, [1], LENGTH);
    const [writer] = filesOf(folder, ".writer");
    await makeRoom(folder, 1, () => false);
    expect(await there(folder, [1])).toEqual([1]);
    expect(await look(writing, [1], LENGTH)).toEqual([1]);

    fs.writeFileSync(writer!, fs.readFileSync(writer!, "utf8").replace(/\d+$/, "999999999"));
    await makeRoom(folder, 1, () => false);
    expect(await there(folder, [1])).toEqual([]);
    expect(await look(writing, [1], LENGTH)).toEqual([]);
    await writing.close();
  });

  it("is 20 GB or a tenth of the free space, and stays so when the disk fills", async () => {
    const folder = path.join(temporaryFolder(), "features");
    await fit(folder, [1], null);
    const { bytes } = JSON.parse(fs.readFileSync(path.join(folder, "limit.json"), "utf8")) as {
      bytes: number;
    };
    const disk = fs.statfsSync(folder);
    expect(bytes).toBeLessThanOrEqual(20e9);
    expect(bytes).toBeLessThanOrEqual(disk.bavail * disk.bsize * 0.11);
    fs.writeFileSync(path.join(folder, "limit.json"), JSON.stringify({ bytes: 1 }));
    await fit(folder, [2], null);
    expect(bytesIn(folder)).toBe(0);
  });
});

describe("a limit in words", () => {
  it.each([
    ["5GB", 5e9],
    ["500 MB", 5e8],
    ["1.5 tb", 1.5e12],
    ["20 GiB", 20 * 2 ** 30],
    ["64k", 64_000],
    ["1000000", 1e6],
    ["0", 0],
  ])("%s", (text, bytes) => expect(parseLimit(text)).toBe(bytes));

  it.each(["much", "-5GB", "5 apples", "GB", "5,5GB", "5i"])("refuses %s, and says what would do", (text) => {
    expect(() => parseLimit(text)).toThrow(/is no size\. Write one such as "5GB"/);
  });

  it("comes from KSPEC_CACHE_LIMIT", () => {
    vi.stubEnv("KSPEC_CACHE_LIMIT", "plenty");
    onTestFinished(() => void vi.unstubAllEnvs());
    expect(() => openFeatureStore()).toThrow(/plenty/);
  });
});
