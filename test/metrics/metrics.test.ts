import { describe, expect, it } from "vitest";
import { computeMetrics, metricSet } from "../../src/metrics/index.ts";
import { areaUnderCurve } from "../../src/metrics/probability/roc-auc.ts";

// Expected values: scikit-learn 1.9 on the same numbers; the first class is the event, as in yardstick.

const three = {
  truth: [
    2, 0, 1, 0, 0, 0, 1, 1, 2, 1, 1, 2, 1, 2, 0, 0, 0, 1, 2, 0, 2, 1, 2, 2, 2, 2, 0, 1, 2, 1, 0, 2, 1, 1, 2,
    0, 2, 0, 1, 0,
  ],
  probabilities: [
    0.051, 0.069, 0.88, 0.692, 0.113, 0.195, 0.08, 0.909, 0.011, 0.768, 0.194, 0.038, 0.277, 0.076, 0.647,
    0.58, 0.039, 0.381, 0.382, 0.317, 0.301, 0.187, 0.466, 0.347, 0.011, 0.076, 0.913, 0.152, 0.65, 0.198,
    0.564, 0.138, 0.298, 0.13, 0.459, 0.411, 0.175, 0.774, 0.051, 0.574, 0.05, 0.376, 0.671, 0.06, 0.269,
    0.891, 0.014, 0.095, 0.275, 0.568, 0.157, 0.206, 0.66, 0.134, 0.048, 0.787, 0.165, 0.649, 0.285, 0.066,
    0.152, 0.422, 0.426, 0.424, 0.186, 0.39, 0.229, 0.246, 0.525, 0.292, 0.113, 0.595, 0.406, 0.088, 0.506,
    0.723, 0.2, 0.077, 0.371, 0.213, 0.416, 0.323, 0.543, 0.134, 0.363, 0.26, 0.377, 0.163, 0.431, 0.406,
    0.296, 0.289, 0.415, 0.11, 0.029, 0.861, 0.084, 0.839, 0.077, 0.031, 0.734, 0.235, 0.233, 0.331, 0.436,
    0.173, 0.092, 0.735, 0.261, 0.069, 0.67, 0.407, 0.125, 0.468, 0.366, 0.384, 0.25, 0.441, 0.138, 0.421,
  ],
};
const two = {
  truth: [
    0, 1, 1, 0, 0, 0, 0, 0, 0, 1, 0, 1, 0, 1, 1, 1, 1, 0, 0, 0, 0, 1, 0, 0, 1, 0, 1, 0, 0, 1, 0, 0, 1, 1, 1,
    0, 0, 1, 1, 1,
  ],
  first: [
    0.59, 0.62, 0.21, 0.64, 0.56, 0.31, 0.96, 0.61, 0.27, 0.71, 0.36, 0.47, 0.8, 0.24, 0.28, 0.26, 0.35, 0.25,
    0.32, 0.59, 0.82, 0.53, 0.9, 0.77, 0.27, 0.59, 0.07, 0.39, 0.37, 0.44, 0.76, 0.48, 0.25, 0.11, 0.35, 0.68,
    0.72, 0.22, 0.82, 0.67,
  ],
};
const numbers = {
  truth: [
    0.71, -0.58, 0.04, 1.45, 0.94, 2.45, 3.31, 5.1, 4.44, 0.67, 2.16, -0.16, -0.76, 6.73, -0.38, 6.97, -0.05,
    1.76, 4.27, 1.07, 2.18, 0.28, -0.43, 0.5, -0.95, 5.89, 0.5, 6.17, -7.06, 1.06, 2.69, 0.12, 4.28, 2.92,
    0.18, 2.31, 9.44, 1.76, 1.9, -0.32,
  ],
  estimate: [
    0.84, -1.87, -0.16, 3.91, 2.01, 3.09, 4.41, 6.98, 5.03, 2.74, 3.23, 0.01, 0.96, 4.37, -0.95, 7.24, -0.96,
    1.6, 3.63, 0.42, 4.89, 0.91, -0.48, 1.82, -1.19, 6.78, 0.85, 7.8, -8.48, 1.83, 2.81, -1.04, 5.35, 2.05,
    1.8, 2.82, 10.14, 1.84, 2.8, -2.19,
  ],
};
const CLASS_METRICS = [
  "accuracy",
  "bal_accuracy",
  "kap",
  "precision",
  "recall",
  "f_meas",
  "roc_auc",
  "mn_log_loss",
];

const nominal = (levels: string[], codes: number[]) => ({ kind: "nominal" as const, levels, codes });
const values = (rows: { ".metric": string; ".estimate": number | null }[]) =>
  Object.fromEntries(rows.map((row) => [row[".metric"], row[".estimate"]]));

it("three classes", () => {
  const rows = computeMetrics(CLASS_METRICS, "classification", nominal(["a", "b", "c"], three.truth), {
    units: 3,
    values: Float32Array.from(three.probabilities),
  });
  const expected: Record<string, number> = {
    accuracy: 0.675,
    bal_accuracy: 0.7555623388956721,
    kap: 0.511737089201878,
    precision: 0.673076923076923,
    recall: 0.6739926739926739,
    f_meas: 0.6729619805481875,
    roc_auc: 0.8301986475063398,
    mn_log_loss: 0.7888044576597787,
  };
  expect(Object.keys(values(rows))).toEqual(Object.keys(expected));
  for (const row of rows) expect(row[".estimate"], row[".metric"]).toBeCloseTo(expected[row[".metric"]]!, 6);
  expect(rows.map((row) => row[".estimator"])).toEqual([
    "multiclass",
    "macro",
    "multiclass",
    "macro",
    "macro",
    "macro",
    "hand_till",
    "multiclass",
  ]);
});

it("two classes", () => {
  const rows = computeMetrics(CLASS_METRICS, "classification", nominal(["yes", "no"], two.truth), {
    units: 2,
    values: Float32Array.from(two.first.flatMap((p) => [p, 1 - p])),
  });
  const expected: Record<string, number> = {
    accuracy: 0.675,
    bal_accuracy: 0.6792929292929293,
    kap: 0.3532338308457712,
    precision: 0.7368421052631579,
    recall: 0.6363636363636364,
    f_meas: 0.6829268292682927,
    roc_auc: 0.7563131313131313,
    mn_log_loss: 0.5914675782269325,
  };
  for (const row of rows) expect(row[".estimate"], row[".metric"]).toBeCloseTo(expected[row[".metric"]]!, 6);
  expect(new Set(rows.map((row) => row[".estimator"]))).toEqual(new Set(["binary"]));
});

it("regression, with the metrics that are reported when none are named", () => {
  const rows = computeMetrics(
    undefined,
    "regression",
    { kind: "numeric", values: numbers.truth },
    {
      units: 1,
      values: Float32Array.from(numbers.estimate),
    },
  );
  expect(rows.map((row) => [row[".metric"], row[".estimator"]])).toEqual([
    ["rmse", "standard"],
    ["rsq", "standard"],
    ["mae", "standard"],
  ]);
  expect(values(rows)["rmse"]).toBeCloseTo(1.1954476149125064, 6);
  expect(values(rows)["rsq"]).toBeCloseTo(0.8834484539748753, 6);
  expect(values(rows)["mae"]).toBeCloseTo(0.9715, 6);
});

describe("where a metric is not defined", () => {
  const estimates = { units: 3, values: Float32Array.from([0.9, 0.1, 0, 0.8, 0.2, 0, 0.6, 0.4, 0]) };
  it("a class that is never estimated has no precision, and the macro mean leaves it out", () => {
    const rows = computeMetrics(
      ["precision", "recall"],
      "classification",
      nominal(["a", "b", "c"], [0, 0, 1]),
      estimates,
    );
    expect(values(rows)).toEqual({ precision: 2 / 3, recall: 0.5 });
  });
  it("one class alone has no curve", () => {
    const rows = computeMetrics(
      ["roc_auc"],
      "classification",
      nominal(["a", "b", "c"], [0, 0, 0]),
      estimates,
    );
    expect(values(rows)).toEqual({ roc_auc: null });
  });
  it("rows whose truth is missing count nowhere", () => {
    const rows = computeMetrics(
      ["accuracy", "mn_log_loss"],
      "classification",
      nominal(["a", "b", "c"], [0, -1, 0]),
      estimates,
    );
    expect(values(rows)["accuracy"]).toBe(1);
    expect(values(rows)["mn_log_loss"]).toBeCloseTo(-(Math.log(0.9) + Math.log(0.6)) / 2, 6);
  });
  it("a constant estimate has no correlation", () => {
    const rows = computeMetrics(
      ["rsq"],
      "regression",
      { kind: "numeric", values: [1, 2] },
      {
        units: 1,
        values: Float32Array.from([3, 3]),
      },
    );
    expect(values(rows)).toEqual({ rsq: null });
  });
});

it("ties in the scores count half", () => {
  expect(areaUnderCurve([0.5, 0.9], [0.5, 0.1])).toBe((0.5 + 1 + 1 + 1) / 4);
});

it("a metric of the other mode, or none at all, is an error that names those there are", () => {
  expect(() => metricSet(["rmse"], "classification")).toThrow(
    "The metric rmse is for regression, and this is a classification. There are: accuracy, bal_accuracy",
  );
  expect(() => metricSet(["acuracy"], "classification")).toThrow('There is no metric "acuracy".');
});
