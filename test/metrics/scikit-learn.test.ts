import fs from "node:fs";
import path from "node:path";
import { describe, expect, it, test } from "vitest";
import * as yardstick from "../../src/metrics/functions.ts";
import { METRICS } from "../../src/metrics/index.ts";
import { parityFixtures } from "../parity-fixtures.ts";

// Random data; the numbers are scikit-learn's, and where it has none those of numpy from the published formula (scripts/parity/metrics.py).

interface Fixture {
  readonly classes: Record<
    string,
    { readonly truth: number[]; readonly probabilities: number[][]; readonly weights: number[] }
  >;
  readonly numbers: Record<
    string,
    { readonly truth: number[]; readonly estimate: number[]; readonly weights: number[] }
  >;
  readonly cases: {
    readonly data: string;
    readonly weighted: boolean;
    readonly metric: string;
    readonly options: Record<string, unknown>;
    readonly value: number | null;
    readonly by: string;
  }[];
  readonly confusions: Record<string, { readonly counts: number[][]; readonly weighted: number[][] }>;
  readonly curves: Record<
    string,
    { readonly roc: Record<string, number[]>; readonly pr: Record<string, number[]> }
  >;
}
const fixture = JSON.parse(
  fs.readFileSync(path.join(parityFixtures, "metrics/random.json"), "utf8"),
) as Fixture;

const LETTERS = ["a", "b", "c", "d", "e"];

/** The table of one of the fixture's data, as a script would have it. */
function table(name: string) {
  const classes = fixture.classes[name];
  if (classes === undefined) {
    const { truth, estimate, weights } = fixture.numbers[name]!;
    const rows = truth.map((y, i) => ({ truth: y, ".pred": estimate[i]!, weight: weights[i]! }));
    return { rows, columns: { truth: "truth" } };
  }
  const levels = LETTERS.slice(0, classes.probabilities[0]!.length);
  const rows = classes.truth.map((code, i) => ({
    truth: levels[code]!,
    weight: classes.weights[i]!,
    ...Object.fromEntries(levels.map((level, j) => [`.pred_${level}`, classes.probabilities[i]![j]!])),
  }));
  return { rows, columns: { truth: "truth" } };
}

const names = [...Object.keys(fixture.classes), ...Object.keys(fixture.numbers)];
const functions = yardstick as unknown as Record<string, yardstick.MetricFunction>;

describe.each(names)("%s", (name) => {
  const { rows, columns } = table(name);
  const cases = fixture.cases.filter(({ data }) => data === name);
  it.each([...new Set(cases.map(({ metric }) => metric))])("%s", (metric) => {
    for (const { weighted, options, value, by } of cases.filter((one) => one.metric === metric)) {
      const request = { ...columns, ...options, ...(weighted ? { case_weights: "weight" } : {}) };
      const [row] = functions[metric]!(rows, request);
      const what = `${JSON.stringify(options)}${weighted ? " with weights" : ""}, by ${by}`;
      if (value === null) expect(row![".estimate"], what).toBeNull();
      else
        expect(Math.abs((row![".estimate"] ?? NaN) - value), what).toBeLessThan(
          1e-8 * Math.max(1, Math.abs(value)),
        );
    }
  });
});

test("every metric is compared", () => {
  const compared = new Set(fixture.cases.map(({ metric }) => metric));
  // Another name of spec.
  compared.add("specificity");
  expect(METRICS.map(({ name }) => name).filter((name) => !compared.has(name))).toEqual([]);
});

describe("confusion matrices", () => {
  it.each(Object.keys(fixture.confusions))("%s", (name) => {
    const { rows, columns } = table(name);
    const { counts, weighted } = fixture.confusions[name]!;
    expect(yardstick.conf_mat(rows, columns)[0]!.counts).toEqual(counts);
    const [sums] = yardstick.conf_mat(rows, { ...columns, case_weights: "weight" });
    for (const [i, row] of weighted.entries())
      for (const [j, value] of row.entries()) expect(sums!.counts[i]![j]).toBeCloseTo(value, 9);
  });
});

describe("curves", () => {
  it.each(Object.keys(fixture.curves))("%s", (name) => {
    const { rows, columns } = table(name);
    const { roc, pr } = fixture.curves[name]!;
    // scikit-learn goes from the highest threshold to the lowest, and does not add the point where everything is an event.
    const points = yardstick.roc_curve(rows, columns).reverse().slice(1, -1);
    for (const column of ["threshold", "sensitivity", "specificity"])
      close(
        points.map((point) => point[column === "threshold" ? ".threshold" : column] as number),
        roc[column]!,
      );
    const found = yardstick.pr_curve(rows, columns);
    for (const column of ["recall", "precision"])
      close(
        found.map((point) => point[column] as number),
        pr[column]!,
      );
  });
});

function close(got: readonly number[], wanted: readonly number[]): void {
  expect(got.length).toBe(wanted.length);
  for (const [i, value] of wanted.entries()) expect(got[i]).toBeCloseTo(value, 9);
}
