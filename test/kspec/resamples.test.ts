import { describe, expect, test } from "vitest";
import * as kspec from "kspec";
import {
  datasets,
  group_vfold_cv,
  initial_split,
  initial_time_split,
  loo_cv,
  testing,
  training,
  vfold_cv,
} from "kspec";
import { refusal } from "./refusal.ts";

const untyped = kspec as unknown as Record<string, (...args: unknown[]) => unknown>;
const penguins = datasets.csv("penguins.csv");

test("resamples are plain frozen descriptions, of the workflow's rows or of a dataset's", () => {
  const folds = vfold_cv({ v: 5, strata: "species" });
  expect(folds).toEqual({ kind: "resamples", method: "vfold_cv", options: { v: 5, strata: "species" } });
  expect(Object.isFrozen(folds) && Object.isFrozen(folds.options)).toBe(true);
  expect(vfold_cv()).toEqual({ kind: "resamples", method: "vfold_cv", options: {} });
  expect(vfold_cv(penguins, { v: 5 })).toEqual({
    kind: "resamples",
    method: "vfold_cv",
    data: penguins,
    options: { v: 5 },
  });
  expect(loo_cv(penguins)).toEqual({ kind: "resamples", method: "loo_cv", data: penguins, options: {} });
});

test.each([
  ["mc_cv", { prop: 0.8, times: 3 }],
  ["bootstraps", { times: 3, apparent: true }],
  ["validation_split", { prop: 0.8, breaks: 3, pool: 0.2, seed: 1 }],
  [
    "sliding_window",
    { lookback: Infinity, assess_start: 1, assess_stop: 2, complete: false, step: 2, skip: 1 },
  ],
  ["rolling_origin", { initial: 9, assess: 2, cumulative: false, skip: 1, lag: 1 }],
  ["group_vfold_cv", { group: "island", v: 2, repeats: 2, balance: "observations", seed: 3 }],
])("%s takes all its options", (method, options) => {
  expect(untyped[method]!(options)).toEqual({ kind: "resamples", method, options });
  expect(untyped[method]!(penguins, options)).toEqual({ kind: "resamples", method, data: penguins, options });
});

test("a split is a dataset, and so are its two sides", () => {
  const split = initial_split(penguins, { prop: 0.8, strata: "species" });
  expect(split).toEqual({
    kind: "dataset",
    name: "split",
    data: penguins,
    method: "initial_split",
    part: "both",
    options: { prop: 0.8, strata: "species" },
  });
  expect(training(split)).toEqual({ ...split, part: "training" });
  expect(testing(split)).toEqual({ ...split, part: "testing" });
  expect(initial_time_split(penguins, { lag: 2 })).toMatchObject({
    method: "initial_time_split",
    options: { lag: 2 },
  });
  expect(vfold_cv(training(split)).data).toEqual(training(split));
});

describe("wrong use is one sentence", () => {
  test.each([
    [() => untyped["vfold_cv"]!({ folds: 5 }), /^vfold_cv\(\) has no option "folds"\. There are: /],
    [
      () => untyped["vfold_cv"]!({ straat: "x" }),
      'vfold_cv() has no option "straat". Did you mean "strata"?',
    ],
    [() => untyped["vfold_cv"]!(5), "vfold_cv() takes one object of options: vfold_cv({ … })."],
    [() => untyped["group_vfold_cv"]!(), 'group_vfold_cv() needs the option "group".'],
    [
      () => untyped["initial_split"]!({ prop: 0.8 }),
      "initial_split() takes a dataset first, and got an object.",
    ],
    [
      () => initial_split(initial_split(penguins)),
      "initial_split() takes a dataset that is not split yet, and got a split. Use its training() rows in a tuning's resamples.",
    ],
    [
      () => untyped["training"]!(penguins),
      "training() takes what initial_split() or initial_time_split() gives, and got a dataset.",
    ],
    [
      () => untyped["testing"]!(group_vfold_cv({ group: "island" })),
      "testing() takes what initial_split() or initial_time_split() gives, and got a resamples.",
    ],
  ])("%#", (use, message) => expect(refusal(use)).toMatch(message));
});
