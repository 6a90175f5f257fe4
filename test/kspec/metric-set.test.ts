import { describe, expect, it } from "vitest";
import { metric_set, metric_tweak } from "kspec";

it("names in their order, once each", () => {
  expect(metric_set("roc_auc", "accuracy", "roc_auc")).toEqual({
    kind: "metric_set",
    metrics: ["roc_auc", "accuracy"],
  });
});

it("a metric with options of its own stands in the set under its own name", () => {
  const f2_meas = metric_tweak("f2_meas", "f_meas", { beta: 2 });
  expect(f2_meas).toEqual({ kind: "metric_tweak", name: "f2_meas", metric: "f_meas", options: { beta: 2 } });
  expect(metric_set("accuracy", f2_meas)).toEqual({
    kind: "metric_set",
    metrics: ["accuracy", "f2_meas"],
    tweaks: { f2_meas },
  });
});

describe("mistakes", () => {
  it.each([
    ["a name that is near another", () => metric_set("acuracy" as never), 'Did you mean "accuracy"?'],
    ["no metric", () => (metric_set as () => unknown)(), "metric_set() needs at least one metric"],
    [
      "an option of another metric",
      () => metric_tweak("k", "kap", { beta: 2 } as never),
      'kap() has no option "beta". There are: na_rm, weighting.',
    ],
    [
      "a name that no table could have",
      () => metric_tweak("f 2", "f_meas", { beta: 2 }),
      "metric_tweak() takes first the name that the metric is reported by",
    ],
    [
      "two of one name",
      () => metric_set("f_meas", metric_tweak("f_meas", "f_meas", { beta: 2 })),
      'Two metrics of metric_set() are named "f_meas".',
    ],
  ])("%s", (_, act, message) => expect(act).toThrow(message));
});
