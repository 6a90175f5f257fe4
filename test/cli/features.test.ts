import fs from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { unzipSync } from "fflate";
import { expect, it } from "vitest";
import { project, start } from "./kspec.ts";

const EXAMPLE = path.join(import.meta.dirname, "../../examples/digits_transfer.kspec.ts");

/** A project with a variant of the digits example, and `kspec` on it with a cache of its own. */
function digits(change: (text: string) => string = (text) => text) {
  const folder = project();
  fs.writeFileSync(path.join(folder, "digits.kspec.ts"), change(fs.readFileSync(EXAMPLE, "utf8")));
  const run = (...args: string[]) => start(args, folder, { KSPEC_CACHE: path.join(folder, "cache") });
  return { folder, run, file: (name: string) => path.join(folder, name) };
}

it("kspec features writes features, truth and names of all rows, and computes none twice", async () => {
  const { run, file } = digits((text) => text.replace("train: 500, test: 1000", "train: 60, test: 30"));
  const first = await run("features", "digits.kspec.ts", "--out", "f.npz", "--seed", "1").ended;
  expect(first).toMatchObject({ code: 0 });
  expect(first.stdout).toMatch(/^Features of 90 images: computed in .* s \(.* images\/s\)\n/);
  expect(first.stdout.replace(/^.*\n/, "")).toBe(
    "train_x  60 × 1024\ntrain_y  60\ntrain_ids  60\ntest_x  30 × 1024\ntest_y  30\ntest_ids  30\nlevels  5\nWritten to f.npz\n",
  );
  const arrays = readAll(file("f.npz"));
  expect(arrays["train_x"]!.header).toContain("'<f4'");
  expect(arrays["train_x"]!.values.length).toBe(60 * 1024 * 4);
  expect(texts(arrays["levels"]!)).toEqual(["5", "6", "7", "8", "9"]);
  expect(texts(arrays["train_ids"]!).slice(0, 2)).toEqual(["digits/5/0000", "digits/6/0000"]);
  const codes = new Int32Array(arrays["train_y"]!.values.slice().buffer);
  expect([...codes.subarray(0, 6)]).toEqual([0, 1, 2, 3, 4, 0]);

  // A fit takes from the cache what the export has put there, and the other way round.
  const fit = await run("fit", "digits.kspec.ts", "--seed", "1", "--json").ended;
  expect(fit.code).toBe(0);
  const progress = fit.stdout
    .split("\n")
    .filter((line) => line.includes('"phase":"features"') && line.includes('"progress"'))
    .map((line) => JSON.parse(line) as { done: number; cached: number });
  expect(progress.at(-1)).toMatchObject({ done: 90, cached: 90 });
  const again = await run("features", "digits.kspec.ts", "--out", "again.npz", "--json").ended;
  expect(JSON.parse(again.stdout)).toMatchObject({
    file: file("again.npz"),
    cost: { total: 90, cached: 90 },
  });
  expect(fs.readFileSync(file("again.npz")).length).toBe(fs.readFileSync(file("f.npz")).length);
  expect(readAll(file("again.npz"))).toEqual(arrays);
});

it("kspec features names tensors and outcomes where there are several", async () => {
  const folder = project();
  fs.writeFileSync(path.join(folder, "two.kspec.ts"), TWO);
  const lines = Array.from(
    { length: 40 },
    (_, i) => `${i / 40},${(i * 7) % 11},${i % 3 ? "cat" : "dog"},${i / 8}`,
  );
  fs.writeFileSync(path.join(folder, "d.csv"), ["u,v,kind,size", ...lines].join("\n"));
  const env = { KSPEC_CACHE: path.join(folder, "cache") };
  const { code } = await start(["features", "two.kspec.ts", "--out", "f.npz", "--seed", "1"], folder, env)
    .ended;
  expect(code).toBe(0);
  const arrays = readAll(path.join(folder, "f.npz"));
  const shapes = Object.fromEntries(
    Object.entries(arrays).map(([name, { header }]) => [name, /\(.*\)/.exec(header)![0]]),
  );
  expect(shapes).toEqual({
    train_x_one: "(30, 3)",
    train_x_two: "(30, 2)",
    train_y_kind: "(30,)",
    train_y_size: "(30,)",
    train_ids: "(30,)",
    test_x_one: "(10, 3)",
    test_x_two: "(10, 2)",
    test_y_kind: "(10,)",
    test_y_size: "(10,)",
    test_ids: "(10,)",
    levels_kind: "(2,)",
  });
  // Rows of a CSV file go by their lines, and the truth is that of the line.
  const [ids, sizes] = [
    texts(arrays["test_ids"]!),
    new Float32Array(arrays["test_y_size"]!.values.slice().buffer),
  ];
  for (const [row, id] of ids.entries()) expect(sizes[row]).toBe((Number(id) - 2) / 8);
});

it("kspec features of a model without a frozen base says what to do", async () => {
  const { folder, run } = digits((text) => text.replace("base.trainable = false;", ""));
  const { code, stderr } = await run("features", "digits.kspec.ts", "--out", "f.npz").ended;
  expect(code).toBe(1);
  expect(stderr).toContain("has no frozen base, so it has no features. Set base.trainable = false");
  expect(fs.readdirSync(folder)).not.toContain("f.npz");
});

it("kspec features of a spec with errors prints them, as kspec fit does", async () => {
  const { run } = digits((text) => text.replace('"digits_base"', '"digits_bas"'));
  const { code, stdout } = await run("features", "digits.kspec.ts", "--out", "f.npz").ended;
  expect(code).toBe(2);
  expect(stdout).toContain("digits_bas");
});

it.skipIf(process.platform === "win32")("Ctrl-C leaves no half file; what was computed is kept", async () => {
  const { folder, run } = digits((text) => text.replace("train: 500, test: 1000", "train: 4000, test: 500"));
  fs.writeFileSync(path.join(folder, "f.npz"), "an older one");
  const { child, ended } = run("features", "digits.kspec.ts", "--out", "f.npz");
  let over = false;
  void ended.then(() => (over = true));
  while (!over && !fs.readdirSync(folder).some((name) => name.endsWith(".part"))) await sleep(5);
  child.kill("SIGINT");
  const { code, stderr } = await ended;
  expect(stderr).toContain("Stopped. What was computed is in the feature cache; no file was written.");
  expect(code).toBe(1);
  expect(fs.readdirSync(folder).filter((name) => name.includes(".npz"))).toEqual(["f.npz"]);
  expect(fs.readFileSync(path.join(folder, "f.npz"), "utf8")).toBe("an older one");
});

it("killed half-way it goes on where it was", async () => {
  const { folder, run } = digits((text) => text.replace("train: 500, test: 1000", "train: 4000, test: 500"));
  const { child, ended } = run("features", "digits.kspec.ts", "--out", "f.npz");
  let over = false;
  void ended.then(() => (over = true));
  const store = path.join(folder, "cache", "features");
  const indexBytes = () =>
    (fs.existsSync(store) ? fs.readdirSync(store, { recursive: true, encoding: "utf8" }) : [])
      .filter((name) => name.endsWith(".index"))
      .reduce((sum, name) => sum + fs.statSync(path.join(store, name)).size, 0);
  while (!over && indexBytes() < 1_000) await sleep(5);
  child.kill("SIGKILL");
  await ended;
  expect(fs.existsSync(path.join(folder, "f.npz"))).toBe(false);
  const kept = (await run("cache", "--json").ended).stdout
    .split("\n")
    .map((line) => line && JSON.parse(line));
  const { entries } = kept.find((row) => row.type === "total") as { entries: number };
  expect(entries).toBeGreaterThan(0);
  expect(entries).toBeLessThan(4500);
  const { stdout } = await run("features", "digits.kspec.ts", "--out", "f.npz", "--json").ended;
  expect(JSON.parse(stdout)).toMatchObject({ cost: { total: 4500, cached: entries } });
});

/** Two frozen layers side by side, two outcomes. */
const TWO = `
import { create_keras_functional_spec, datasets, inp_spec, layers, recipe, workflow } from "kspec";
import type { Block, InputBlock, Tensor } from "kspec";

const input_block = ({ input_shape }: InputBlock) => layers.input({ shape: input_shape });
const one_block = ({ tensor }: Block) => {
  const dense = layers.dense({ units: 3, name: "one" });
  dense.trainable = false;
  return dense.apply(tensor);
};
const two_block = ({ tensor }: Block) => {
  const dense = layers.dense({ units: 2, name: "two" });
  dense.trainable = false;
  return dense.apply(tensor);
};
const head_block = ({ a, b }: { a: Tensor; b: Tensor }) =>
  layers.concatenate().apply([layers.dense({ units: 4 }).apply(a), b]);
const kind_block = ({ tensor, num_classes }: Block<{ num_classes: number }>) =>
  layers.dense({ units: num_classes, activation: "softmax" }).apply(tensor);
const size_block = ({ tensor }: Block) => layers.dense({ units: 1 }).apply(tensor);

export const two = create_keras_functional_spec({
  model_name: "two",
  layer_blocks: {
    input: input_block,
    first: inp_spec(one_block, "input"),
    second: inp_spec(two_block, "input"),
    head: inp_spec(head_block, { a: "first", b: "second" }),
    kind: inp_spec(kind_block, "head"),
    size: inp_spec(size_block, "head"),
  },
  mode: "classification",
});

export default workflow({
  data: datasets.csv("d.csv", { test: 0.25, seed: 1 }),
  recipe: recipe("kind + size ~ u + v"),
  model: two({}),
});
`;

interface StoredArray {
  readonly header: string;
  readonly values: Uint8Array;
}

function readAll(file: string): Record<string, StoredArray> {
  return Object.fromEntries(
    Object.entries(unzipSync(fs.readFileSync(file))).map(([name, bytes]) => {
      const start = 10 + Buffer.from(bytes).readUInt16LE(8);
      const header = Buffer.from(bytes).toString("latin1", 10, start);
      return [name.replace(/\.npy$/, ""), { header, values: bytes.slice(start) }];
    }),
  );
}

function texts({ header, values }: StoredArray): string[] {
  const longest = Number(/<U(\d+)/.exec(header)?.[1]);
  const characters = new Uint32Array(values.slice().buffer);
  return Array.from({ length: characters.length / longest }, (_, i) =>
    String.fromCodePoint(...characters.subarray(i * longest, (i + 1) * longest)).replace(/\0+$/, ""),
  );
}
