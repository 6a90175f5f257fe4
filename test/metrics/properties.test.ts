import fc from "fast-check";
import { describe, expect, it } from "vitest";
import * as y from "../../src/metrics/functions.ts";
import { METRICS } from "../../src/metrics/index.ts";

const functions = y as unknown as Record<string, y.MetricFunction>;
const LEVELS = ["a", "b", "c"];

/** Rows of a classification: what is true, how probable each class is, and how often the row counts. */
const nominal = fc.array(
  fc
    .tuple(
      fc.constantFrom(...LEVELS),
      fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 3, maxLength: 3 }),
      fc.integer({ min: 1, max: 3 }),
    )
    .map(([truth, parts, w]) => {
      const sum = parts.reduce((a, b) => a + b, 0);
      return { truth, w, ".pred_a": parts[0]! / sum, ".pred_b": parts[1]! / sum, ".pred_c": parts[2]! / sum };
    }),
  { minLength: 1, maxLength: 30 },
);
const numeric = fc.array(
  fc.record({
    truth: fc.integer({ min: 0, max: 20 }),
    ".pred": fc.integer({ min: 1, max: 200 }).map((tenths) => tenths / 10),
    w: fc.integer({ min: 1, max: 3 }),
  }),
  { minLength: 1, maxLength: 30 },
);

const value = (name: string, rows: y.TableRow[], request = {}) =>
  functions[name]!(rows, {
    truth: "truth",
    ...(METRICS.find((one) => one.name === name)!.mode === "classification" ? { levels: LEVELS } : {}),
    ...request,
  })[0]![".estimate"];
function same(a: number | null, b: number | null): void {
  if (a === null || b === null) expect(a).toBe(b);
  else expect(a).toBeCloseTo(b, 9);
}

/** Their variances are unbiased, or they look at the order of rows or of values: a row that counts twice is not two rows to them. */
const NOT_BY_REPETITION = new Set(["ccc", "rpd", "rpiq", "mase"]);

describe.each(
  METRICS.map(({ name, mode }) => [name, mode === "classification" ? nominal : numeric] as const),
)("%s", (name, rows) => {
  it.skipIf(name === "mase")("does not depend on the order of rows", () =>
    fc.assert(
      fc.property(rows, (some: y.TableRow[]) => {
        same(value(name, some), value(name, some.toReversed()));
      }),
      { numRuns: 60 },
    ),
  );
  it.skipIf(NOT_BY_REPETITION.has(name))("counts a row of weight 2 as two rows", () =>
    fc.assert(
      fc.property(rows, (some: y.TableRow[]) => {
        const repeated = some.flatMap((row) => Array.from({ length: row["w"] as number }, () => row));
        // Hand and Till's mean takes no weights.
        const request = name === "roc_auc" ? { estimator: "macro" } : {};
        const weighted = value(name, some, { ...request, case_weights: "w" });
        const wanted = value(name, repeated, request);
        // A correlation needs two rows, however often one counts.
        if (some.length > 1) same(weighted, wanted);
      }),
      { numRuns: 60 },
    ),
  );
  it("is a finite number, or null with a note", () =>
    fc.assert(
      fc.property(rows, (some: y.TableRow[]) => {
        const notes: string[] = [];
        const got = value(name, some, { note: ({ message }: { message: string }) => notes.push(message) });
        if (got === null) expect(notes.length).toBeGreaterThan(0);
        else expect(Number.isFinite(got)).toBe(true);
      }),
      { numRuns: 60 },
    ));
});

it("micro-averaged recall, precision and f_meas are accuracy", () =>
  fc.assert(
    fc.property(nominal, (rows) => {
      const accuracy = value("accuracy", rows)!;
      for (const name of ["recall", "precision", "f_meas"])
        expect(value(name, rows, { estimator: "micro" })).toBeCloseTo(accuracy, 12);
    }),
  ));

it("the area of roc_curve is roc_auc, and gain_capture twice what is above chance", () =>
  fc.assert(
    fc.property(nominal, (rows) => {
      const two = rows.map((row) => ({ truth: row.truth === "a" ? "a" : "b", p: row[".pred_a"] }));
      fc.pre(new Set(two.map(({ truth }) => truth)).size === 2);
      const columns = { truth: "truth", levels: ["a", "b"], probabilities: "p" };
      const points = y.roc_curve(two, columns) as { specificity: number; sensitivity: number }[];
      let area = 0;
      for (let i = 1; i < points.length; i++)
        area +=
          ((points[i]!.sensitivity + points[i - 1]!.sensitivity) / 2) *
          (points[i]!.specificity - points[i - 1]!.specificity);
      const auc = y.roc_auc(two, columns)[0]![".estimate"]!;
      expect(area).toBeCloseTo(auc, 12);
      expect(y.gain_capture(two, columns)[0]![".estimate"]).toBeCloseTo(2 * auc - 1, 10);
    }),
  ));
