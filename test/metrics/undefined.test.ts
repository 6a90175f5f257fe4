import { describe, expect, it } from "vitest";
import { computeMetrics, type MetricNote } from "../../src/metrics/index.ts";
import * as y from "../../src/metrics/functions.ts";

/** The value of a metric of classes, and what is said of it. */
function ofClasses(
  metric: y.MetricFunction,
  truth: string,
  estimate: string,
  request: { levels?: string[]; estimator?: string } = {},
) {
  const rows = [...truth].map((each, i) => ({ truth: each, estimate: estimate[i]! }));
  const notes: string[] = [];
  const [row] = metric(rows, {
    truth: "truth",
    estimate: "estimate",
    levels: ["a", "b", "c"],
    ...request,
    note: ({ message }) => notes.push(message),
  });
  return [row![".estimate"], notes] as const;
}

describe("a class that is missing", () => {
  it("without rows has no recall, and the mean leaves it out", () => {
    expect(ofClasses(y.recall, "aabb", "aabc")).toEqual([
      0.75,
      ['recall is not defined for "c": no row is of it.'],
    ]);
  });
  it("that is never estimated has no precision", () => {
    expect(ofClasses(y.precision, "aabc", "aabb")).toEqual([
      0.75,
      ['precision is not defined for "c": no row was taken for it.'],
    ]);
  });
  it("leaves balanced accuracy without a value, as in yardstick", () => {
    expect(ofClasses(y.bal_accuracy, "aabb", "abbb")).toEqual([
      null,
      ['bal_accuracy is not defined for "c": no row is of it.'],
    ]);
    // Weighted by rows it has no part.
    expect(ofClasses(y.bal_accuracy, "aabb", "abbb", { estimator: "macro_weighted" })[0]).toBe(0.75);
  });
  it("of two, there is no event", () => {
    expect(ofClasses(y.sens, "bb", "ab", { levels: ["a", "b"] })).toEqual([
      null,
      ['sens is not defined for "a": no row is of it.'],
    ]);
    expect(ofClasses(y.mcc, "bb", "ab", { levels: ["a", "b"] })).toEqual([
      null,
      ["mcc is not defined: all rows are of one class."],
    ]);
    expect(ofClasses(y.kap, "bb", "bb", { levels: ["a", "b"] })[0]).toBeNull();
  });
  it("has no area under a curve", () => {
    const rows = [{ truth: "a", p: 0.5 }];
    const columns = { truth: "truth", levels: ["a", "b"], probabilities: "p" };
    for (const metric of [y.roc_auc, y.gain_capture]) {
      const notes: string[] = [];
      const [row] = metric(rows, { ...columns, note: ({ message }) => notes.push(message) });
      expect(row![".estimate"]).toBeNull();
      expect(notes[0]).toMatch(/is not defined for "a": every row is of it\./);
    }
    expect(() => y.roc_curve(rows, columns)).toThrow('There is no roc_curve of "a": every row is of it.');
  });
  it("takes part in no pair of Hand and Till's", () => {
    const notes: MetricNote[] = [];
    const [row] = computeMetrics(
      ["roc_auc"],
      "classification",
      { kind: "nominal", levels: ["a", "b", "c"], codes: [0, 0, 1] },
      { units: 3, values: [0.8, 0.1, 0.1, 0.6, 0.3, 0.1, 0.2, 0.7, 0.1] },
      { note: (note) => notes.push(note) },
    );
    expect(row).toEqual({ ".metric": "roc_auc", ".estimator": "hand_till", ".estimate": 1 });
    expect(notes).toEqual([
      { metric: "roc_auc", message: 'roc_auc leaves out classes of which there is no row: "c".' },
    ]);
  });
});

describe("numbers", () => {
  const notesOf = (metric: y.MetricFunction, truth: number[], estimate: number[], options = {}) => {
    const notes: string[] = [];
    const rows = truth.map((each, i) => ({ truth: each, ".pred": estimate[i]! }));
    const [row] = metric(rows, { truth: "truth", ...options, note: ({ message }) => notes.push(message) });
    expect(row![".estimate"]).toBeNull();
    return notes;
  };
  it("say why there is none", () => {
    expect(notesOf(y.rsq, [1, 2], [3, 3])).toEqual([
      "rsq is not defined: the estimate is the same in all rows.",
    ]);
    expect(notesOf(y.rsq, [1], [3])).toEqual(["rsq is not defined: a correlation needs two rows."]);
    expect(notesOf(y.mape, [0, 1], [1, 1])).toEqual([
      "mape is not defined: a truth is 0, of which nothing is a percentage.",
    ]);
    expect(notesOf(y.mase, [1, 2], [1, 2], { m: 2 })).toEqual([
      "mase is not defined: its naive forecast looks 2 rows back, and there are 2.",
    ]);
    expect(notesOf(y.iic, [1, 2, 3], [0, 1, 1])).toEqual(["iic is not defined: no estimate is too high."]);
    expect(notesOf(y.poisson_log_loss, [-1, 2], [1, 2])).toEqual([
      "poisson_log_loss is not defined: its truths are counts, and one is below 0.",
    ]);
    expect(notesOf(y.rmse, [NaN], [1])).toEqual([
      "rmse is not defined: there is no row whose truth and estimate are both known.",
    ]);
    expect(notesOf(y.rpd, [1, 2], [1, 2])).toEqual(["rpd is not defined on these rows."]);
  });
});

it("a model whose outputs are no numbers any more has no metrics, and no classes either", () => {
  const notes: string[] = [];
  const rows = computeMetrics(
    ["accuracy", "mn_log_loss"],
    "classification",
    { kind: "nominal", levels: ["a", "b"], codes: [0, 1] },
    { units: 2, values: new Float32Array(4).fill(NaN) },
    { note: ({ message }) => notes.push(message) },
  );
  expect(rows.map((row) => row[".estimate"])).toEqual([null, null]);
  expect(notes).toHaveLength(2);
});

it("a tweaked metric is named as people named it", () => {
  const notes: MetricNote[] = [];
  const f2_meas = { metric: "f_meas", options: { beta: 2 } };
  const rows = computeMetrics(
    { metrics: ["accuracy", "f2_meas"], tweaks: { f2_meas } },
    "classification",
    { kind: "nominal", levels: ["a", "b"], codes: [1, 1] },
    { units: 2, values: [0.1, 0.9, 0.2, 0.8] },
    { note: (note) => notes.push(note) },
  );
  expect(rows.map((row) => row[".metric"])).toEqual(["accuracy", "f2_meas"]);
  expect(notes[0]).toEqual({
    metric: "f2_meas",
    message: 'f2_meas is not defined for "a": no row was taken for it.',
  });
});
