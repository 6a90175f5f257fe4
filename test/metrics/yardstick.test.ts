import fs from "node:fs";
import path from "node:path";
import { parse } from "csv-parse/sync";
import { describe, expect, it } from "vitest";
import * as y from "../../src/metrics/functions.ts";
import { parityFixtures } from "../parity-fixtures.ts";

// Numbers that yardstick publishes: in its README, with three digits, and in its own tests (1.4), with up to fifteen. Its tables are the
// package modeldata's (scripts/parity/yardstick_data.R).

type Row = Record<string, string>;
const read = (name: string) =>
  parse(fs.readFileSync(path.join(parityFixtures, "metrics", `${name}.csv`)), { columns: true }) as Row[];
const two_class_example = read("two_class_example");
const hpc_cv = read("hpc_cv");
const solubility_test = read("solubility_test");

const two = { truth: "truth", estimate: "predicted", levels: ["Class1", "Class2"], probabilities: "Class1" };
const levels = ["VF", "F", "M", "L"];
const hpc = { truth: "obs", estimate: "pred", levels, probabilities: levels };
/** As yardstick's tests have it: ten probabilities are missing. */
const missing = hpc_cv.map((row, i) => (i < 10 ? { ...row, VF: "NA" } : row));
const value = ([row]: y.GroupedMetricRow[]) => row![".estimate"];

describe("two_class_example", () => {
  it("README", () => {
    const rows = y.metrics(two_class_example, { ...two, metrics: ["accuracy", "kap"] });
    expect(rows.map((row) => [row[".metric"], row[".estimator"], row[".estimate"]!.toPrecision(3)])).toEqual([
      ["accuracy", "binary", "0.838"],
      ["kap", "binary", "0.675"],
    ]);
  });
  it("roc_auc (of pROC), pr_auc and brier_class", () => {
    expect(value(y.roc_auc(two_class_example, two))).toBeCloseTo(0.939313857389967, 12);
    expect(value(y.pr_auc(two_class_example, two))).toBeCloseTo(0.9464467, 7);
    expect(value(y.brier_class(two_class_example, two))).toBeCloseTo(0.10561859, 8);
  });
});

describe("hpc_cv", () => {
  it("macro and micro precision", () => {
    const [macro] = y.precision(hpc_cv, hpc);
    expect([macro![".estimator"], macro![".estimate"]!.toPrecision(3)]).toEqual(["macro", "0.631"]);
    const [micro] = y.precision(hpc_cv, { ...hpc, estimator: "micro" });
    expect([micro![".estimator"], micro![".estimate"]!.toPrecision(3)]).toEqual(["micro", "0.709"]);
  });
  it("roc_auc by fold", () => {
    const rows = y.roc_auc(hpc_cv, { ...hpc, by: "Resample" });
    expect(rows.map((row) => `${row["Resample"] as string} ${row[".estimate"]!.toPrecision(3)}`)).toEqual([
      "Fold01 0.813",
      "Fold02 0.817",
      "Fold03 0.869",
      "Fold04 0.849",
      "Fold05 0.811",
      "Fold06 0.836",
      "Fold07 0.825",
      "Fold08 0.846",
      "Fold09 0.828",
      "Fold10 0.812",
    ]);
    expect(new Set(rows.map((row) => row[".estimator"]))).toEqual(new Set(["hand_till"]));
  });
  it("roc_auc of half of the folds (of HandTill2001), also where probabilities are missing", () => {
    const half = (rows: readonly Row[]) =>
      rows.filter(({ Resample }) => ["Fold06", "Fold07", "Fold08", "Fold09", "Fold10"].includes(Resample!));
    expect(value(y.roc_auc(half(hpc_cv), hpc))).toBeCloseTo(0.827387699597311, 12);
    const some = half(hpc_cv).map((row, i) => (i < 10 ? { ...row, VF: "NA" } : row));
    expect(value(y.roc_auc(some, hpc))).toBeCloseTo(0.82746116, 8);
  });
  it("average_precision and brier_class", () => {
    expect(value(y.average_precision(hpc_cv, hpc))).toBeCloseTo(0.623566079, 9);
    expect(value(y.brier_class(hpc_cv, hpc))).toBeCloseTo(0.21083946, 8);
  });
  it("rows with something missing are left out", () => {
    expect(value(y.average_precision(missing, hpc))).toBeCloseTo(0.62336573, 8);
    expect(value(y.brier_class(missing, hpc))).toBeCloseTo(0.21143119, 8);
    expect(value(y.gain_capture(missing, hpc))).toBeCloseTo(0.7376331, 7);
    expect(value(y.pr_auc(missing, hpc))).toBeCloseTo(0.62197342, 8);
  });
  it("and with na_rm = false they leave no value", () => {
    for (const metric of [y.average_precision, y.brier_class, y.gain_capture, y.pr_auc, y.roc_auc])
      expect(value(metric(missing, { ...hpc, na_rm: false }))).toBeNull();
    // The estimated classes are all there.
    expect(value(y.accuracy(missing, { ...hpc, na_rm: false }))).toBeCloseTo(0.709, 3);
  });
});

describe("small examples", () => {
  it("case weights: kap and mcc", () => {
    const rows = [
      { truth: "x", estimate: "x", w: 1 },
      { truth: "x", estimate: "y", w: 10 },
      { truth: "y", estimate: "x", w: 2 },
    ];
    const columns = { truth: "truth", estimate: "estimate", case_weights: "w" };
    expect(value(y.kap(rows, columns))).toBeCloseTo(-0.344827586, 9);
    expect(value(y.mcc(rows, columns))).toBeCloseTo(-0.778498944, 9);
  });
  it("Altman and Bland's scans of livers (British Medical Journal 308, 1994)", () => {
    const matrix = {
      levels: ["abnorm", "norm"],
      counts: [
        [231, 27],
        [32, 54],
      ],
    };
    const summary = Object.fromEntries(
      y.summary_conf_mat(matrix).map((row) => [row[".metric"], row[".estimate"]]),
    );
    expect(summary["mcc"]).toBeCloseTo(
      (231 * 54 - 32 * 27) / Math.sqrt((231 + 32) * (231 + 27) * (54 + 32) * (54 + 27)),
      12,
    );
    expect(summary["ppv"]).toBeCloseTo(231 / 263, 12);
    expect(summary["sens"]).toBeCloseTo(231 / 258, 12);
    expect(summary["spec"]).toBeCloseTo(54 / 86, 12);
    expect(Object.keys(summary)).toEqual([
      "accuracy",
      "kap",
      "sens",
      "spec",
      "ppv",
      "npv",
      "mcc",
      "j_index",
      "bal_accuracy",
      "detection_prevalence",
      "precision",
      "recall",
      "f_meas",
    ]);
  });
  it("iic, negative and with case weights", () => {
    const negative = [1, 2, 3].map((truth, i) => ({ truth, ".pred": [2, 1, 1][i]! }));
    expect(value(y.iic(negative, { truth: "truth" }))).toBeCloseTo(-0.577350269189626, 12);
    const weighted = [1, 2, 3, 4, 5].map((truth, i) => ({
      truth,
      ".pred": [1, 3, 1, 3, 2][i]!,
      w: [1, 2, 1, 2, 0][i]!,
    }));
    expect(value(y.iic(weighted, { truth: "truth", case_weights: "w" }))).toBeCloseTo(0.42640143271122, 12);
  });
  it("mn_log_loss of probabilities of 0 and 1", () => {
    const rows = ["A", "A", "A", "B", "B", "C"].map((obs, i) => ({
      obs,
      A: [1, 0.8, 0.51, 0.1, 0.2, 0.3][i]!,
      B: [0, 0.05, 0.29, 0.8, 0.6, 0.3][i]!,
      C: [0, 0.15, 0.2, 0.1, 0.2, 0.4][i]!,
    }));
    const expected = -[1, 0.8, 0.51, 0.8, 0.6, 0.4].reduce((sum, p) => sum + Math.log(p), 0) / 6;
    expect(value(y.mn_log_loss(rows, { truth: "obs", probabilities: ["A", "B", "C"] }))).toBeCloseTo(
      expected,
      12,
    );
  });
  it("a gain curve, and the share of the perfect one's area", () => {
    const rows = [0.9, 0.8, 0.7, 0.68, 0.4].map((p, i) => ({
      truth: ["Yes", "Yes", "No", "Yes", "No"][i]!,
      p,
    }));
    const columns = { truth: "truth", levels: ["Yes", "No"], probabilities: "p" };
    expect(y.gain_curve(rows, columns).map((point) => Math.round(point[".percent_found"] as number))).toEqual(
      [0, 33, 67, 67, 100, 100],
    );
    expect(value(y.gain_capture(rows, columns))).toBeCloseTo((0.4 + 0.2 + 0.2) / 2 / 0.6, 12);
    expect(y.lift_curve(rows, columns).map((point) => point[".lift"] as number)).toEqual([
      NaN,
      expect.closeTo(5 / 3, 9),
      expect.closeTo(5 / 3, 9),
      expect.closeTo(10 / 9, 9),
      1.25,
      1,
    ]);
  });
});

it("solubility_test has as many rows as yardstick's, and its rmse is the definition's", () => {
  expect(solubility_test).toHaveLength(316);
  const rows = y.metrics(solubility_test, { truth: "solubility", estimate: "prediction" });
  expect(rows.map((row) => row[".metric"])).toEqual(["rmse", "rsq", "mae"]);
  const squares = solubility_test.map(
    ({ solubility, prediction }) => (Number(solubility) - Number(prediction)) ** 2,
  );
  expect(rows[0]![".estimate"]).toBeCloseTo(Math.sqrt(squares.reduce((a, b) => a + b, 0) / 316), 12);
});
