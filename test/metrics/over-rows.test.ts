import { describe, expect, it } from "vitest";
import * as y from "../../src/metrics/functions.ts";

/** Rows as they stand in a run's predictions.csv. */
const predictions = [
  { truth: "cat", ".pred_class": "cat", ".pred_cat": "0.9", ".pred_dog": "0.1", fold: "Fold2" },
  { truth: "dog", ".pred_class": "cat", ".pred_cat": "0.6", ".pred_dog": "0.4", fold: "Fold1" },
  { truth: "dog", ".pred_class": "dog", ".pred_cat": "0.2", ".pred_dog": "0.8", fold: "Fold1" },
  { truth: "cat", ".pred_class": "cat", ".pred_cat": "0.7", ".pred_dog": "0.3", fold: "Fold1" },
  { truth: "dog", ".pred_class": "dog", ".pred_cat": "0.3", ".pred_dog": "0.7", fold: "Fold2" },
];

it("a run's predictions need only the name of their truth", () => {
  expect(y.metrics(predictions, { truth: "truth", metrics: ["accuracy", "roc_auc"] })).toEqual([
    { ".metric": "accuracy", ".estimator": "binary", ".estimate": 0.8 },
    { ".metric": "roc_auc", ".estimator": "binary", ".estimate": 1 },
  ]);
});

it("groups come in their order, with their values in front", () => {
  expect(y.accuracy(predictions, { truth: "truth", by: "fold" })).toEqual([
    { fold: "Fold1", ".metric": "accuracy", ".estimator": "binary", ".estimate": 2 / 3 },
    { fold: "Fold2", ".metric": "accuracy", ".estimator": "binary", ".estimate": 1 },
  ]);
  const rows = [10, 9, 10].map((repeat, i) => ({ repeat, part: "b", truth: i, ".pred": i + 1 }));
  expect(y.mae(rows, { truth: "truth", by: ["part", "repeat"] }).map((row) => row["repeat"])).toEqual([
    9, 10,
  ]);
});

it("the second class can be the event", () => {
  const columns = { truth: "truth", estimate: ".pred_class" };
  expect(y.sens(predictions, columns)[0]![".estimate"]).toBe(1);
  expect(y.sens(predictions, { ...columns, event_level: "second" })[0]![".estimate"]).toBe(2 / 3);
  // One column of probabilities is the event's.
  const second = {
    truth: "truth",
    probabilities: ".pred_dog",
    levels: ["cat", "dog"],
    event_level: "second",
  } as const;
  expect(y.roc_auc(predictions, second)[0]![".estimate"]).toBe(1);
  expect(y.mn_log_loss(predictions, second)).toEqual(y.mn_log_loss(predictions, { truth: "truth" }));
});

it("options of all metrics, but for those with their own", () => {
  const rows = y.metrics(predictions, {
    truth: "truth",
    event_level: "second",
    metrics: {
      metrics: ["sens", "sens_first", "accuracy"],
      tweaks: { sens_first: { metric: "sens", options: { event_level: "first" } } },
    },
  });
  expect(rows.map((row) => [row[".metric"], row[".estimate"]])).toEqual([
    ["sens", 2 / 3],
    ["sens_first", 1],
    ["accuracy", 0.8],
  ]);
});

it("conf_mat counts rows, one matrix a group", () => {
  expect(y.conf_mat(predictions, { truth: "truth", by: "fold" })).toEqual([
    {
      group: { fold: "Fold1" },
      levels: ["cat", "dog"],
      counts: [
        [1, 0],
        [1, 1],
      ],
      total: 3,
    },
    {
      group: { fold: "Fold2" },
      levels: ["cat", "dog"],
      counts: [
        [1, 0],
        [0, 1],
      ],
      total: 2,
    },
  ]);
  const summary = y.summary_conf_mat(y.conf_mat(predictions, { truth: "truth" })[0]!, {
    event_level: "second",
  });
  expect(summary.find((row) => row[".metric"] === "sens")![".estimate"]).toBe(2 / 3);
});

it("curves go from nothing to everything", () => {
  const roc = y.roc_curve(predictions, { truth: "truth" });
  expect(roc[0]).toEqual({ ".threshold": -Infinity, specificity: 0, sensitivity: 1 });
  expect(roc.at(-1)).toEqual({ ".threshold": Infinity, specificity: 1, sensitivity: 0 });
  expect(y.pr_curve(predictions, { truth: "truth" })[0]).toEqual({
    ".threshold": Infinity,
    recall: 0,
    precision: 1,
  });
  const three = ["a", "b", "c"].map((truth, i) => ({
    truth,
    ".pred_a": [0.6, 0.2, 0.1][i]!,
    ".pred_b": [0.3, 0.6, 0.2][i]!,
    ".pred_c": [0.1, 0.2, 0.7][i]!,
  }));
  expect(new Set(y.roc_curve(three, { truth: "truth" }).map((row) => row[".level"]))).toEqual(
    new Set(["a", "b", "c"]),
  );
});

it("case weights of 0 are rows that are not there", () => {
  const weighted = predictions.map((row, i) => ({ ...row, w: i === 1 ? 0 : 1 }));
  const without = predictions.filter((_, i) => i !== 1);
  for (const metric of [y.accuracy, y.roc_auc, y.pr_auc, y.kap, y.mn_log_loss])
    expect(metric(weighted, { truth: "truth", case_weights: "w" })[0]![".estimate"]).toBeCloseTo(
      metric(without, { truth: "truth" })[0]![".estimate"]!,
      12,
    );
});

describe("what is wrong is said", () => {
  const wrong = (metric: y.MetricFunction, request: object) => () =>
    metric(predictions, { truth: "truth", ...request });
  it.each([
    [
      "a column",
      wrong(y.accuracy, { truth: "label" }),
      'The rows have no column "label" (truth). They have: truth,',
    ],
    ["a group", wrong(y.accuracy, { by: "repeat" }), 'The rows have no column "repeat" (by).'],
    [
      "a class",
      wrong(y.accuracy, { levels: ["cat", "bird"] }),
      'has the class "dog", and the classes are cat, bird',
    ],
    [
      "text for numbers",
      wrong(y.rmse, { estimate: ".pred_class" }),
      'should be numbers, and has "cat" in row 1',
    ],
    ["an option", wrong(y.accuracy, { beta: 2 }), 'The metric accuracy has no option "beta". It has: na_rm.'],
    ["its value", wrong(y.f_meas, { beta: -1 }), "The option beta of f_meas must be a number from 0 on."],
    [
      "an estimator",
      wrong(y.roc_auc, { estimator: "micro" }),
      'has no estimator "micro". It has: hand_till, macro',
    ],
    [
      "hand_till with weights",
      () =>
        y.roc_auc(
          predictions.map((row) => ({ ...row, w: 1 })),
          { truth: "truth", case_weights: "w", estimator: "hand_till" },
        ),
      'The estimator "hand_till" of roc_auc cannot take case weights',
    ],
    [
      "no probabilities",
      () =>
        y.roc_auc(
          [
            { truth: "a", e: "a" },
            { truth: "b", e: "b" },
          ],
          { truth: "truth", estimate: "e" },
        ),
      "roc_auc needs the estimated probability of each class",
    ],
    [
      "one class",
      () => y.accuracy([{ truth: "a", e: "a" }], { truth: "truth", estimate: "e" }),
      "has the one class",
    ],
  ])("%s", (_, act, message) => expect(act).toThrow(message));
});
