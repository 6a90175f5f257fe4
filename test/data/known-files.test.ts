import { existsSync, readdirSync, readFileSync, utimesSync, writeFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import sharp from "sharp";
import { afterEach, expect, test, vi } from "vitest";
import { loadDataset, type Dataset } from "../../src/data/index.ts";
import { folder } from "./table-tools.ts";

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllEnvs();
});

/** Pixels that PNG cannot make shorter: more than the 128 kB up to which files are read when they are listed. */
async function photograph(seed: number): Promise<Buffer> {
  const pixels = Buffer.alloc(300 * 400 * 3);
  for (let at = 0, state = seed; at < pixels.length; at++) {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    pixels[at] = state >>> 24;
  }
  return sharp(pixels, { raw: { width: 400, height: 300, channels: 3 } })
    .png()
    .toBuffer();
}

/** Two photographs and a small picture, and a cache of their own. */
async function photographs() {
  const small = await sharp({ create: { width: 9, height: 9, channels: 3, background: "red" } })
    .png()
    .toBuffer();
  const specFolder = folder({
    "a/1.png": await photograph(1),
    "b/2.png": await photograph(2),
    "b/small.png": small,
  });
  const cache = folder();
  vi.stubEnv("KSPEC_CACHE", cache);
  const load = () =>
    loadDataset({ kind: "dataset", name: "image_folder", path: ".", options: {} }, { specFolder });
  return {
    first: path.join(specFolder, "a/1.png"),
    load,
    /** Lists the folder, asks for all digests, and waits until they are kept. */
    async digests() {
      const found = await digestsOf(await load());
      await sleep(1_200);
      return found;
    },
    kept: path.join(cache, "digests"),
    /** What is kept, by the ends of paths. */
    lines: () => {
      const [name] = existsSync(path.join(cache, "digests")) ? readdirSync(path.join(cache, "digests")) : [];
      return name === undefined
        ? []
        : readFileSync(path.join(cache, "digests", name), "utf8")
            .split("\n")
            .slice(0, -1);
    },
    write(lines: readonly string[]) {
      const [name] = readdirSync(path.join(cache, "digests"));
      writeFileSync(path.join(cache, "digests", name!), lines.map((line) => `${line}\n`).join(""));
    },
  };
}

async function digestsOf({ train }: Dataset): Promise<Map<string, string>> {
  const column = train.columns.get("image");
  const images = column?.kind === "image" ? column.images : [];
  return new Map(
    await Promise.all(images.map(async (image) => [path.basename(image.id), await image.digest()] as const)),
  );
}

/** As if the files had been written a while ago. */
const later = () => vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 10_000 });

const MADE_UP = "0123456789abcdef0123456789abcdef";

test("digests of large images are found out once, and taken from the cache for as long as nobody touches the file", async () => {
  const { first, load, digests, lines, write } = await photographs();
  later();
  const found = await digests();
  expect(lines().map((line) => (JSON.parse(line) as string[])[0])).toEqual([
    expect.stringMatching(/\.png$/),
    expect.stringMatching(/\.png$/),
  ]);
  expect(lines().some((line) => line.includes("small.png"))).toBe(false);
  // A made-up digest shows where it comes from.
  write(lines().map((line) => line.replace(/[0-9a-f]{32}"\]$/, `${MADE_UP}"]`)));
  const again = await digestsOf(await load());
  expect([...again].sort()).toEqual([
    ["1.png", MADE_UP],
    ["2.png", MADE_UP],
    ["small.png", found.get("small.png")],
  ]);
  utimesSync(first, new Date(), new Date());
  const touched = await digestsOf(await load());
  expect(touched.get("1.png")).toBe(found.get("1.png"));
  expect(touched.get("2.png")).toBe(MADE_UP);
});

test("a dataset that is known has the same fingerprint and sizes", async () => {
  const { load, digests } = await photographs();
  later();
  const before = await load();
  await digests();
  const after = await load();
  expect(after.fingerprint).toBe(before.fingerprint);
  const sizes = ({ train }: Dataset) => {
    const column = train.columns.get("image");
    return column?.kind === "image"
      ? column.images.map(({ id, height, width, channels }) => [id, height, width, channels])
      : [];
  };
  expect(sizes(after)).toEqual(sizes(before));
});

test("files that were written just now are not trusted to stay", async () => {
  const { digests, lines } = await photographs();
  await digests();
  expect(lines()).toEqual([]);
});

test("lines that were cut short or changed by hand are passed over", async () => {
  const { load, digests, lines, write } = await photographs();
  later();
  const found = await digests();
  const [one, two] = lines();
  write([one!.slice(0, -10), "", "{}", two!.replace(/,300,/, ",-300,"), '["x"]']);
  expect(await digestsOf(await load())).toEqual(found);
});

test("what was superseded is dropped once it is much", async () => {
  const { load, digests, lines, write } = await photographs();
  later();
  await digests();
  const all = lines();
  write(Array.from({ length: 600 }, () => all).flat());
  await load();
  expect(lines().sort()).toEqual([...all].sort());
});

test("a cache that cannot be written is no failure", async () => {
  const { load, digests, kept } = await photographs();
  writeFileSync(kept, "a file where the folder should be");
  later();
  const found = await digests();
  expect(await digestsOf(await load())).toEqual(found);
});
