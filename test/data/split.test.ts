import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { datasets, initial_split, initial_time_split, testing, training, type Dataset } from "kspec";
import { loadDataset, type Dataset as Rows, type Table } from "../../src/data/index.ts";
import { parityFixtures } from "../parity-fixtures.ts";
import { failure, folder } from "./table-tools.ts";

/** A file of 103 rows: a number that counts up, a class, and who it belongs to. */
const lines = Array.from({ length: 103 }, (_, row) => `${row},${"abbccc"[row % 6]!},p${row % 17}`);
const specFolder = folder({ "rows.csv": ["number,class,person", ...lines].join("\n") });
const rows = datasets.csv("rows.csv");
const load = (dataset: Dataset): Promise<Rows> => loadDataset(dataset, { specFolder });

function column({ columns }: Table, name: string): (number | string)[] {
  const own = columns.get(name);
  if (own?.kind === "numeric") return [...own.values];
  if (own?.kind === "nominal") return Array.from(own.codes, (code) => own.levels[code]!);
  throw new Error(`no column ${name}`);
}
const sorted = (values: (number | string)[]) => (values as number[]).sort((a, b) => a - b);

const rsample = JSON.parse(readFileSync(path.join(parityFixtures, "resamples.json"), "utf8")) as {
  initial_split: number[];
  initial_split_strata: number;
  initial_time_split: {
    options: { prop?: number; lag?: number };
    analysis: number[];
    assessment: number[];
  }[];
};

describe("initial_split", () => {
  test("training and test rows are all rows, dealt once", async () => {
    const { train, test: held, name } = await load(initial_split(rows));
    expect(name).toBe("rows.csv");
    expect(sorted([...column(train, "number"), ...column(held!, "number")])).toEqual(
      lines.map((_, row) => row),
    );
  });

  test("sizes are rsample's", async () => {
    const size = async (options: object) => (await load(initial_split(rows, options))).train.rows;
    expect(await Promise.all([0.5, 0.75, 0.8].map((prop) => size({ prop })))).toEqual(rsample.initial_split);
    expect(await size({ prop: 0.8, strata: "class" })).toBe(rsample.initial_split_strata);
  });

  test("strata: each class in the same share, in random order", async () => {
    const { train } = await load(initial_split(rows, { prop: 0.8, strata: "class" }));
    const labels = column(train, "class");
    const count = (label: string) => labels.filter((other) => other === label).length;
    expect([count("a"), count("b"), count("c")]).toEqual([14, 27, 40]);
    expect(new Set(labels.slice(-20)).size).toBe(3);
  });

  test("a group is on one side", async () => {
    const { train, test: held } = await load(initial_split(rows, { group: "person" }));
    const learnt = new Set(column(train, "person"));
    expect(column(held!, "person").filter((person) => learnt.has(person))).toEqual([]);
    expect(Math.abs(train.rows - 0.75 * 103)).toBeLessThanOrEqual(7);
  });

  test("training() and testing() are the two sides as datasets", async () => {
    const split = initial_split(rows, { seed: 3 });
    const [both, train, held] = await Promise.all([split, training(split), testing(split)].map(load));
    expect(train!.train).toEqual(both!.train);
    expect(train!.test).toBeUndefined();
    expect(held!.train).toEqual(both!.test);
    expect(new Set([both, train, held].map((one) => one!.fingerprint)).size).toBe(3);
  });

  test("the same seed deals the same rows; it is 1 unless said", async () => {
    const numbers = async (options?: object) =>
      column((await load(initial_split(rows, options))).train, "number");
    expect(await numbers()).toEqual(await numbers({ seed: 1 }));
    expect(await numbers()).not.toEqual(await numbers({ seed: 2 }));
  });

  test("validation rows of the dataset stay what they are", async () => {
    const {
      validation,
      train,
      test: held,
    } = await load(initial_split(datasets.csv("rows.csv", { validation: 13 })));
    expect([validation!.rows, train.rows, held!.rows]).toEqual([13, 67, 23]);
  });
});

test.each(rsample.initial_time_split)("initial_time_split($options) is rsample's", async (one) => {
  const { train, test: held } = await load(initial_time_split(rows, one.options));
  expect(column(train, "number")).toEqual(one.analysis);
  expect(column(held!, "number")).toEqual(one.assessment);
});

describe("what cannot be is said", () => {
  const refused = async (dataset: Dataset) => (await failure(() => load(dataset))).message;
  test("test rows that are there already", async () => {
    expect(await refused(initial_split(datasets.csv("rows.csv", { test: 0.2 })))).toBe(
      "initial_split: rows.csv has test rows already. Leave its option test out, or use it without initial_split().",
    );
    expect(await refused(initial_split(datasets.digits()))).toMatch(
      /^initial_split: digits.* has test rows already\. Use it without initial_split\(\)\.$/,
    );
  });
  test("options", async () => {
    expect(await refused(initial_split(rows, { prop: 0 }))).toBe(
      "initial_split: prop is 0. Give a share between 0 and 1.",
    );
    expect(await refused(initial_split(rows, { strata: "clas" }))).toMatch(/Did you mean `class`\?/);
    expect(await refused(initial_split(rows, { strata: "class", group: "person" }))).toBe(
      "initial_split: rows are dealt by strata or by group, not both. Leave one of them out.",
    );
    expect(await refused(initial_time_split(rows, { prop: 0.1, lag: 11 }))).toBe(
      "initial_time_split: lag (11) is more than the 10 training rows. Make it smaller.",
    );
  });
  test("one row", async () => {
    const one = folder({ "one.csv": "number\n1" });
    const error = await failure(() =>
      loadDataset(initial_split(datasets.csv("one.csv")), { specFolder: one }),
    );
    expect(error.message).toBe(
      "initial_split: rows are learnt from and others predicted, so it takes two at least, and there is 1 row.",
    );
  });
});
