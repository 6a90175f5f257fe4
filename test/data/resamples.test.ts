import { readFileSync } from "node:fs";
import path from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { makeResamples, type Table } from "../../src/data/index.ts";
import { randomStream } from "../../src/data/random.ts";
import { makeStrata } from "../../src/data/resamples/strata.ts";
import type { ResamplingMethod } from "../../src/kspec/tuning-description.ts";
import { parityFixtures } from "../parity-fixtures.ts";
import { failure, image, table } from "./table-tools.ts";

function deal(method: ResamplingMethod, options: Record<string, unknown>, rows: Table, seed = 1) {
  return makeResamples({ kind: "resamples", method, options }, rows, seed);
}
/** Rows that are numbered, of a class each, in that class's share. */
function classes(counts: Record<string, number>): Table {
  const labels = Object.entries(counts).flatMap(([label, count]) => Array<string>(count).fill(label));
  return table({ label: labels, number: labels.map((_, row) => row) });
}
const numbered = (rows: number) => table({ number: Array.from({ length: rows }, (_, row) => row) });
const sorted = (rows: Int32Array) => [...rows].sort((a, b) => a - b);
const upTo = (rows: number) => Array.from({ length: rows }, (_, row) => row);

// ---------------------------------------------------------------- against rsample

interface Fixture {
  readonly table: readonly Record<"number" | "few" | "class" | "group", number | string>[];
  readonly exact: readonly Exact[];
  readonly sizes: readonly Sizes[];
  readonly bootstraps: { readonly ids: string[]; readonly apparent: string[] };
  readonly strata: readonly { column: "number" | "few" | "class"; breaks: number; strata: number[] }[];
}
interface Case {
  readonly method: ResamplingMethod;
  readonly options: Record<string, unknown>;
  readonly ids: string[];
}
interface Exact extends Case {
  readonly analysis: number[][];
  readonly assessment: number[][];
}
interface Sizes extends Case {
  readonly analysis: number[];
  readonly assessment: number[];
  readonly classes: readonly Record<string, number>[];
}
const rsample = JSON.parse(readFileSync(path.join(parityFixtures, "resamples.json"), "utf8")) as Fixture;
const theirs = table(
  Object.fromEntries(
    (["number", "few", "class", "group"] as const).map((name) => [
      name,
      rsample.table.map((row) => row[name]),
    ]),
  ),
);
const words = ({ method, options }: Case) => `${method}(${JSON.stringify(options)})`;

describe("rsample 1.1.1", () => {
  test.each(rsample.exact.map((one) => [words(one), one] as const))("rows of %s", (_, one) => {
    const { folds } = deal(one.method, one.options, theirs);
    expect(folds.map(({ id }) => id)).toEqual(one.ids);
    expect(folds.map(({ analysis }) => [...analysis])).toEqual(one.analysis);
    expect(folds.map(({ assessment }) => [...assessment])).toEqual(one.assessment);
  });

  test.each(rsample.sizes.map((one) => [words(one), one] as const))("sizes of %s", (_, one) => {
    const { folds } = deal(one.method, one.options, theirs);
    const bySize = (sizes: number[]) => sizes.sort((a, b) => a - b);
    expect(folds.map(({ id }) => id)).toEqual(one.ids);
    // Which fold is the larger one may be chance, as which groups it has.
    expect(bySize(folds.map(({ analysis }) => analysis.length))).toEqual(bySize(one.analysis));
    expect(bySize(folds.map(({ assessment }) => assessment.length))).toEqual(bySize(one.assessment));
    if (one.options["strata"] === "class")
      expect(folds.map(({ assessment }) => countsOf(assessment))).toEqual(one.classes);
  });

  test("ids of bootstraps", () => {
    const ids = (options: object) => deal("bootstraps", { ...options }, theirs).folds.map(({ id }) => id);
    expect(ids({})).toEqual(rsample.bootstraps.ids);
    expect(ids({ times: 3, apparent: true })).toEqual(rsample.bootstraps.apparent);
  });

  test.each(rsample.strata)("strata of $column in $breaks bins", ({ column, breaks, strata }) => {
    const own = theirs.columns.get(column)!;
    if (own.kind !== "numeric" && own.kind !== "nominal") throw new Error("neither numbers nor classes");
    const made = makeStrata(own, { breaks, pool: 0.1 }, randomStream(1, "strata"));
    expect([...made.of]).toEqual(strata.map((stratum) => stratum - 1));
  });

  function countsOf(rows: Int32Array): Record<string, number> {
    const counts: Record<string, number> = { a: 0, b: 0, c: 0 };
    for (const row of rows) counts[rsample.table[row]!.class]!++;
    return counts;
  }
});

// ---------------------------------------------------------------- what always holds

describe("for any number of rows", () => {
  const rowsAndFolds = fc
    .integer({ min: 2, max: 60 })
    .chain((rows) =>
      fc.record({ rows: fc.constant(rows), v: fc.integer({ min: 2, max: rows }), seed: fc.nat() }),
    );

  test("vfold_cv is a partition, and folds are of one size within one", () => {
    fc.assert(
      fc.property(rowsAndFolds, ({ rows, v, seed }) => {
        const { folds } = deal("vfold_cv", { v }, numbered(rows), seed);
        expect(sorted(Int32Array.from(folds.flatMap(({ assessment }) => [...assessment])))).toEqual(
          upTo(rows),
        );
        for (const { analysis, assessment } of folds) {
          expect(sorted(Int32Array.of(...analysis, ...assessment))).toEqual(upTo(rows));
          expect(assessment.length - Math.floor(rows / v)).toBeOneOf([0, 1]);
        }
      }),
    );
  });

  test("each stratum is dealt out within one", () => {
    const counts = fc.record({
      a: fc.integer({ min: 8, max: 40 }),
      b: fc.integer({ min: 8, max: 40 }),
      c: fc.integer({ min: 12, max: 40 }),
    });
    fc.assert(
      fc.property(counts, fc.integer({ min: 2, max: 8 }), fc.nat(), (counts, v, seed) => {
        const rows = classes(counts);
        const { folds, notes } = deal("vfold_cv", { v, strata: "label" }, rows, seed);
        fc.pre(notes.length === 0);
        const label = rows.columns.get("label");
        if (label?.kind !== "nominal") throw new Error("no classes");
        for (const code of [0, 1, 2]) {
          const own = folds.map(
            ({ assessment }) => assessment.filter((row) => label.codes[row] === code).length,
          );
          expect(Math.max(...own) - Math.min(...own)).toBeLessThanOrEqual(1);
        }
      }),
    );
  });

  test("groups are whole", () => {
    const groups = fc.array(fc.integer({ min: 0, max: 12 }), { minLength: 20, maxLength: 60 });
    fc.assert(
      fc.property(groups, fc.constantFrom("groups", "observations"), fc.nat(), (of, balance, seed) => {
        const rows = table({ group: of });
        const count = new Set(of).size;
        fc.pre(count >= 3);
        const { folds } = deal("group_vfold_cv", { group: "group", v: 3, balance }, rows, seed);
        for (const { analysis, assessment } of folds) {
          const learnt = new Set([...analysis].map((row) => of[row]));
          expect([...assessment].filter((row) => learnt.has(of[row]))).toEqual([]);
          expect(analysis.length + assessment.length).toBe(of.length);
          expect(assessment.length).toBeGreaterThan(0);
        }
      }),
    );
  });

  test("bootstraps learn from as many rows as there are, and predict the others", () => {
    fc.assert(
      fc.property(fc.integer({ min: 30, max: 80 }), fc.nat(), (rows, seed) => {
        for (const { analysis, assessment } of deal("bootstraps", { times: 3 }, numbered(rows), seed).folds) {
          expect(analysis.length).toBe(rows);
          expect(sorted(Int32Array.of(...new Set(analysis), ...assessment))).toEqual(upTo(rows));
        }
      }),
    );
  });

  test("the same seed deals the same rows, another one others", () => {
    const dealt = (seed: number) => deal("mc_cv", { times: 2 }, numbered(40), seed).folds;
    expect(dealt(7)).toEqual(dealt(7));
    expect(dealt(7)).not.toEqual(dealt(8));
    expect(deal("mc_cv", { times: 2, seed: 7 }, numbered(40), 99).folds).toEqual(dealt(7));
  });

  test("repeats and resamples are drawn anew", () => {
    const { folds } = deal("vfold_cv", { v: 5, repeats: 2 }, numbered(50));
    expect(folds[0]!.id).toBe("Repeat1/Fold1");
    expect(folds[5]!.id).toBe("Repeat2/Fold1");
    expect(folds[0]!.assessment).not.toEqual(folds[5]!.assessment);
  });
});

test("group_vfold_cv can balance rows instead of groups", () => {
  // One group is as large as all the others together.
  const of = [...Array<number>(30).fill(0), ...upTo(30).map((row) => 1 + (row % 10))];
  const sizes = (balance: string) =>
    deal("group_vfold_cv", { group: "group", v: 2, balance }, table({ group: of }), 3).folds.map(
      ({ assessment }) => assessment.length,
    );
  expect(Math.abs(sizes("observations")[0]! - 30)).toBeLessThanOrEqual(3);
  expect(Math.abs(sizes("groups")[0]! - 30)).toBeGreaterThan(3);
});

test("drawn rows come in random order, so that the last ones are no class of their own", () => {
  const { folds } = deal("validation_split", { strata: "label" }, classes({ a: 40, b: 40 }));
  const last = folds[0]!.analysis.slice(-20);
  expect(last.filter((row) => row < 40).length).toBeGreaterThan(3);
  expect(last.filter((row) => row >= 40).length).toBeGreaterThan(3);
});

test("as many resamples as rows need not fit into memory together", () => {
  for (const [method, options] of [
    ["loo_cv", {}],
    ["sliding_window", { lookback: Infinity }],
    ["rolling_origin", {}],
  ] as const) {
    const { folds } = deal(method, options, numbered(50_000));
    expect(folds.length).toBeGreaterThan(49_000);
    expect(folds.at(-1)!.analysis.length).toBeGreaterThan(49_000);
  }
});

test("what people read", () => {
  const rows = classes({ a: 40, b: 40 });
  const label = (method: ResamplingMethod, options: Record<string, unknown>) =>
    deal(method, options, rows).label;
  expect(label("vfold_cv", { v: 5 })).toBe("5-fold cross-validation");
  expect(label("vfold_cv", { v: 5, repeats: 2, strata: "label" })).toBe(
    "5-fold cross-validation repeated 2 times, stratified by label",
  );
  expect(label("group_vfold_cv", { group: "label" })).toBe("2-fold cross-validation of groups by label");
  expect(label("mc_cv", { times: 4 })).toBe("Monte Carlo cross-validation (75 % learnt from, 4 times)");
  expect(label("bootstraps", {})).toBe("25 bootstrap samples");
  expect(label("loo_cv", {})).toBe("leave-one-out cross-validation");
  expect(label("validation_split", { prop: 0.8 })).toBe("a validation set of 20 %");
  expect(label("sliding_window", { lookback: 6 })).toBe("a sliding window of 7 rows");
  expect(label("rolling_origin", { assess: 3 })).toBe("a rolling origin, 3 ahead");
});

// ---------------------------------------------------------------- strata

describe("strata", () => {
  test("classes that are too rare are dealt out to the others, and a note says so", () => {
    const rows = classes({ a: 50, b: 45, rare: 5 });
    const { folds, notes } = deal("vfold_cv", { v: 5, strata: "label" }, rows);
    expect(notes).toEqual([
      "vfold_cv, strata `label`: `rare` has less than 10 % of the rows, which are dealt out to the other classes at random.",
    ]);
    expect(folds.flatMap(({ assessment }) => [...assessment]).length).toBe(100);
    expect(deal("vfold_cv", { v: 5, strata: "label", pool: 0.01 }, rows).notes).toEqual([]);
  });

  test("rows without a class are dealt out as well", () => {
    const rows = table({
      label: [...Array<string>(20).fill("a"), ...Array<string>(20).fill("b"), null, null],
    });
    const { folds } = deal("vfold_cv", { v: 2, strata: "label" }, rows);
    expect(folds.flatMap(({ assessment }) => [...assessment]).length).toBe(42);
  });

  test("too few rows for any bin", () => {
    expect(deal("vfold_cv", { v: 2, strata: "number" }, numbered(30)).notes).toEqual([
      "vfold_cv, strata `number`: a bin needs 20 rows, so nothing is stratified.",
    ]);
    expect(deal("vfold_cv", { v: 2, strata: "number" }, numbered(50)).notes).toEqual([
      "vfold_cv, strata `number`: a bin needs 20 rows, so there are 2 bins instead of 4.",
    ]);
  });
});

// ---------------------------------------------------------------- refusals

describe("what cannot be is said", () => {
  const rows = classes({ a: 6, b: 6 });
  const cases: readonly [ResamplingMethod, Record<string, unknown>, Table, string][] = [
    ["vfold_cv", {}, numbered(7), "vfold_cv: v asks for 10 folds, and there are 7 rows."],
    [
      "vfold_cv",
      { v: 2 },
      numbered(1),
      "vfold_cv: one row is learnt from and another predicted, so it takes two at least, and there is 1 row.",
    ],
    ["vfold_cv", { v: 1 }, rows, "vfold_cv: v is 1. Give a whole number from 2 on."],
    ["vfold_cv", { v: 2.5 }, rows, "vfold_cv: v is 2.5. Give a whole number from 2 on."],
    [
      "vfold_cv",
      { v: 12, repeats: 2 },
      rows,
      "vfold_cv: with as many folds as rows (12) every repeat is the same. Leave repeats out, or ask for fewer folds.",
    ],
    [
      "vfold_cv",
      { v: 8, strata: "label" },
      rows,
      "vfold_cv: v asks for 8 folds, and no stratum has as many rows. Ask for fewer folds, or leave strata out.",
    ],
    [
      "vfold_cv",
      { v: 2, strata: "lable" },
      rows,
      "vfold_cv: strata names the column `lable`, and the data have no such column. Did you mean `label`? The columns are `label` and `number`.",
    ],
    [
      "vfold_cv",
      { v: 2, strata: "image" },
      table({ image: [image("a", 1, 1), image("b", 1, 1)] }),
      "vfold_cv: strata names `image`, which holds images. Name a column of classes or numbers.",
    ],
    ["mc_cv", { prop: 1 }, rows, "mc_cv: prop is 1. Give a share between 0 and 1."],
    [
      "mc_cv",
      { prop: 0.01 },
      rows,
      "mc_cv: prop is 0.01, and of 12 rows that is none. Ask for a larger share.",
    ],
    [
      "group_vfold_cv",
      { group: "label", v: 3 },
      rows,
      "group_vfold_cv: v asks for 3 folds, and `label` has 2 groups. Ask for fewer folds.",
    ],
    [
      "group_vfold_cv",
      { group: "label" },
      classes({ a: 5 }),
      "group_vfold_cv: v asks for 2 folds, and `label` has 1 group. Name a column that has more.",
    ],
    [
      "group_vfold_cv",
      { group: "label" },
      table({ label: ["a", null, "b"] }),
      "group_vfold_cv: `label` is missing in row 2, so it is in no group. Fill it in, or leave the row out.",
    ],
    [
      "group_vfold_cv",
      { group: "label", balance: "rows" },
      rows,
      'group_vfold_cv: balance is rows. Give "groups" or "observations".',
    ],
    [
      "sliding_window",
      { lookback: 20 },
      rows,
      "sliding_window: no window with lookback 20, assess_stop 1 fits into 12 rows. Make them smaller.",
    ],
    [
      "sliding_window",
      { assess_start: 3, assess_stop: 2 },
      rows,
      "sliding_window: assess_start (3) is after assess_stop (2). Turn them round.",
    ],
    [
      "rolling_origin",
      { initial: 12 },
      rows,
      "rolling_origin: initial and assess together ask for 13 rows, and there are 12 rows.",
    ],
    [
      "rolling_origin",
      { initial: 4, lag: 5 },
      rows,
      "rolling_origin: lag (5) is more than the rows that are learnt from (initial, 4). Make it smaller.",
    ],
    [
      "loo_cv",
      {},
      numbered(1),
      "loo_cv: one row is learnt from and another predicted, so it takes two at least, and there is 1 row.",
    ],
    ["bootstraps", { times: 0 }, rows, "bootstraps: times is 0. Give a whole number from 1 on."],
  ];
  test.each(cases)("%s(%j)", async (method, options, rows, message) => {
    const error = await failure(() => deal(method, options, rows));
    expect(error.name).toBe("UserError");
    expect(error.message).toBe(message);
  });

  test("a bootstrap that leaves nothing to predict", async () => {
    const error = await failure(() => deal("bootstraps", { times: 200 }, numbered(2)));
    expect(error.message).toMatch(
      /^bootstraps: Bootstrap\d+ has drawn each of the 2 rows, and leaves none to predict/,
    );
  });
});
