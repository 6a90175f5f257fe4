import fs from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";
import { openFeatureStore } from "../../src/engine/feature-store/index.ts";
import { filesOf, keep, KEY, numbers, OTHER_KEY } from "../engine/feature-store/shelf-tools.ts";
import { project, start } from "./kspec.ts";

/** A cache with ten entries of one base and three of another, and `kspec cache` on it. */
async function filledCache() {
  const folder = project();
  const store = openFeatureStore({ folder: path.join(folder, "features"), limit: 5e9 });
  for (const [key, about, count] of [
    [KEY, "digits_base for 28×28×1, 256 values", 10],
    [OTHER_KEY, "resnet50 for 32×32×3, 256 values", 3],
  ] as const) {
    const shelf = await store.open(key, 256, about);
    await keep(shelf, numbers(0, count), 256);
    await shelf.close();
  }
  const cache = (...args: string[]) =>
    start(["cache", ...args], folder, { KSPEC_CACHE: folder, KSPEC_CACHE_LIMIT: "5GB" }).ended;
  return { store: store.folder, cache };
}

it("kspec cache lists bases, entries, sizes and the limit", async () => {
  const { store, cache } = await filledCache();
  const { stdout, code } = await cache();
  expect(code).toBe(0);
  expect(stdout).toMatch(
    /^01234567 {2}digits_base for 28×28×1, 256 values {2}10 entries {2}10\.5 kB {2}used 20/m,
  );
  expect(stdout).toMatch(/^fedcba98 {2}resnet50 for 32×32×3, 256 values {6}3 entries {3}3\.1 kB {2}used 20/m);
  expect(stdout).toContain(`Features: 13.6 kB of at most 5.0 GB, in ${store}`);

  const json = (await cache("--json")).stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  expect(json.filter(({ type }) => type === "base")).toHaveLength(2);
  expect(json.find(({ key }) => key === KEY)).toMatchObject({ type: "base", entries: 10, bytes: 10_456 });
  expect(json.at(-1)).toEqual({
    type: "total",
    folder: store,
    bases: 2,
    entries: 13,
    bytes: 13_604,
    limit: 5e9,
  });
});

it("kspec cache verify reads everything, and removes what is damaged", async () => {
  const { store, cache } = await filledCache();
  expect((await cache("verify")).stdout).toBe("13 entries are whole.\n");
  const data = filesOf(store, ".data")[0]!;
  const bytes = fs.readFileSync(data);
  bytes[2_000]! ^= 1;
  fs.writeFileSync(data, bytes);
  fs.truncateSync(filesOf(store, ".data", OTHER_KEY)[0]!, 100);
  fs.writeFileSync(path.join(store, KEY, "00000000deadbeef.data"), "left by a process that was killed");

  const { stdout, code } = await cache("verify");
  expect(code).toBe(0);
  expect(stdout.split("\n").sort()).toEqual([
    "",
    "01234567  digits_base for 28×28×1, 256 values: 1 damaged entry removed, 33 bytes of useless files removed",
    "9 entries are whole.",
    "fedcba98  resnet50 for 32×32×3, 256 values: 3 damaged entries removed, 176 bytes of useless files removed",
  ]);
  expect((await cache("verify")).stdout).toBe("9 entries are whole.\n");
  const rows = (await cache("verify", "--json")).stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  expect(rows.find(({ key }) => key === KEY)).toEqual({
    key: KEY,
    about: "digits_base for 28×28×1, 256 values",
    entries: 9,
    damaged: 0,
    freed: 0,
  });
});

it("kspec cache clear removes one base's features by the beginning of its key, or all, and nothing else", async () => {
  const { store, cache } = await filledCache();
  fs.writeFileSync(path.join(store, OTHER_KEY, "notes.txt"), "mine");
  expect(await cache("clear", "0123")).toMatchObject({ code: 0, stdout: "10.5 kB freed.\n" });
  expect(fs.existsSync(path.join(store, KEY))).toBe(false);
  expect(await cache("clear", "0123")).toMatchObject({
    code: 2,
    stderr: 'kspec: The feature cache has nothing under the key "0123". "kspec cache" lists the keys.\n',
  });
  expect(await cache("clear")).toMatchObject({ code: 0, stdout: "3.1 kB freed.\n" });
  expect(fs.readdirSync(path.join(store, OTHER_KEY))).toEqual(["notes.txt"]);
});

it("kspec cache clear keeps what a running process writes, and says so", async () => {
  const { store, cache } = await filledCache();
  const shelf = await openFeatureStore({ folder: store }).open(KEY, 256, "digits_base");
  await keep(shelf, [100], 256);
  const { code, stderr } = await cache("clear", KEY);
  expect(code).toBe(1);
  expect(stderr).toContain("a running process writes there");
  await shelf.close();
  expect((await cache("clear", KEY)).code).toBe(0);
});

it("kspec cache lists what else lies there; clear leaves weights and downloads, which are removed by name", async () => {
  const { store, cache } = await filledCache();
  const folder = path.dirname(store);
  for (const [name, bytes] of [
    ["weights/a.bin", 2_000],
    ["unpacked/b/data_batch_1.bin", 3_000],
    ["mirrors/host/models/c.h5", 4_000],
  ] as const) {
    fs.mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    fs.writeFileSync(path.join(folder, name), Buffer.alloc(bytes));
  }
  const { stdout } = await cache();
  expect(stdout).toMatch(
    /^weights {3}weights of bases, as models are saved with them {2} +2\.0 kB {2}used 20/m,
  );
  expect(stdout).toMatch(/^mirrors {3}downloads from mirrors {2} +4\.0 kB {2}used 20/m);
  expect((await cache("clear")).stdout).toBe("16.6 kB freed.\n");
  expect(fs.readdirSync(folder).sort()).toEqual(expect.arrayContaining(["mirrors", "weights"]));
  expect(fs.existsSync(path.join(folder, "unpacked"))).toBe(false);
  expect((await cache("clear", "weights", "mirrors")).stdout).toBe("6.0 kB freed.\n");
  expect(fs.existsSync(path.join(folder, "mirrors"))).toBe(false);
});

it("kspec cache on a computer that has none says where it will be, and makes none", async () => {
  const folder = project();
  const { stdout, code } = await start(["cache"], folder, { KSPEC_CACHE: path.join(folder, "none") }).ended;
  expect(code).toBe(0);
  expect(stdout).toContain(
    `No features are kept yet. They will be in ${path.join(folder, "none", "features")}.\n`,
  );
  expect(fs.existsSync(path.join(folder, "none", "features"))).toBe(false);
});
