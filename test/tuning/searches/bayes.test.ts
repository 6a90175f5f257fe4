import { describe, expect, it } from "vitest";
import { SEARCHES } from "../../../src/tuning/searches/index.ts";
import {
  activation,
  context,
  dropout,
  rate,
  rmse,
  units,
  walk,
  wobble,
  type Measure,
} from "./walk-search.ts";

const { search, plan } = SEARCHES.tune_bayes;

/** Best at dropout 0.3 and learning rate 0.01. */
const hill: Measure = ({ dropout, rate }, fold) =>
  0.95 -
  ((dropout as number) - 0.3) ** 2 -
  0.05 * (Math.log10(rate as number) + 2) ** 2 +
  0.002 * wobble(fold);
const start = [
  { dropout: 0.1, rate: 1e-4 },
  { dropout: 0.9, rate: 1e-3 },
  { dropout: 0.5, rate: 0.1 },
  { dropout: 0.7, rate: 3e-4 },
  { dropout: 0.2, rate: 0.05 },
];
const task = context({ parameters: [dropout, rate], candidates: start, v: 3, options: { iter: 15 } });

describe("tune_bayes", () => {
  const found = walk(search, task, hill);
  const valueOf = ({ dropout, rate }: (typeof found.candidates)[number]["values"]) =>
    hill({ dropout: dropout!, rate: rate! }, "Fold1", undefined) as number;

  it("tries the starting candidates, and then one at a time on every fold", () => {
    expect(found.steps[0]!.trials).toHaveLength(15);
    expect(found.candidates.slice(0, 6).map(({ config, iteration }) => [config, iteration])).toEqual([
      ["pre0_mod1_post0", 0],
      ["pre0_mod2_post0", 0],
      ["pre0_mod3_post0", 0],
      ["pre0_mod4_post0", 0],
      ["pre0_mod5_post0", 0],
      ["iter01", 1],
    ]);
    for (const { trials } of found.steps.slice(1, 4)) expect(trials).toHaveLength(3);
    expect(found.trials.length).toBeLessThanOrEqual(plan(task).trials!);
  });

  it("comes near the best candidate that there is", () => {
    const best = Math.max(...found.candidates.map(({ values }) => valueOf(values)));
    expect(best).toBeGreaterThan(0.945);
    expect(Math.max(...start.map(valueOf))).toBeLessThan(0.92);
  });

  it("finds the least of a metric that is to be small", () => {
    const error: Measure = (...given) => 1 - (hill(...given) as number);
    const found = walk(search, { ...task, metrics: [rmse] }, error);
    expect(
      Math.min(...found.candidates.map(({ values }) => error(values, "Fold1", undefined) as number)),
    ).toBeLessThan(0.055);
  });

  it("does the same again: a tuning that goes on chooses the candidates that it would have chosen", () => {
    expect(walk(search, task, hill)).toEqual(found);
    expect(walk(search, { ...task, seed: 2 }, hill).candidates[5]).not.toEqual(found.candidates[5]);
  });

  it("never tries a candidate twice, and ends when all have been tried", () => {
    const few = context({
      parameters: [{ ...units, range: [1, 3] }, activation],
      candidates: [{ units: 1, activation: "relu" }],
      options: { iter: 20, no_improve: 20 },
    });
    const all = walk(
      search,
      few,
      ({ units, activation }) => (units as number) - (activation === "tanh" ? 0 : 1),
    );
    expect(all.candidates).toHaveLength(9);
    expect(new Set(all.candidates.map(({ values }) => JSON.stringify(values))).size).toBe(9);
    expect(all.notes.at(-1)).toBe("Every candidate that there can be has been tried.");
  });

  it("ends after no_improve iterations without a better candidate", () => {
    const flat = walk(
      search,
      { ...task, options: { iter: 15, no_improve: 3 } },
      (_, fold) => 0.8 + 0.01 * wobble(fold),
    );
    expect(flat.candidates).toHaveLength(5 + 3);
    expect(flat.notes.at(-1)).toBe("No better candidate in 3 iterations: the search ends.");
  });

  it("says when no Gaussian process can be fitted, and goes far from what has been tried", () => {
    const flat = walk(search, { ...task, options: { iter: 1 } }, () => 0.8);
    expect(flat.notes).toEqual([
      "No Gaussian process could be fitted to what is known so far: a candidate far from all others is tried.",
    ]);
  });

  it("draws a candidate of which little is known after `uncertain` iterations without a better one", () => {
    const options = { iter: 4, no_improve: 10 };
    const worse: Measure = (values, fold) =>
      start.some((one) => one.dropout === values["dropout"])
        ? (hill(values, fold, undefined) as number)
        : 0.1;
    const without = walk(search, { ...task, options }, worse).candidates;
    const withIt = walk(search, { ...task, options: { ...options, uncertain: 2 } }, worse).candidates;
    expect(withIt.slice(0, 7)).toEqual(without.slice(0, 7));
    expect(withIt[7]).not.toEqual(without[7]);
  });

  it("leaves out candidates that failed, and ends where all of the first ones did", () => {
    const partly: Measure = (values, fold, epochs) =>
      (values["dropout"] as number) > 0.6 ? "failed" : hill(values, fold, epochs);
    expect(walk(search, task, partly).candidates.length).toBeGreaterThan(10);
    const nothing = walk(search, task, () => "failed");
    expect(nothing.candidates).toHaveLength(5);
    expect(nothing.notes).toEqual([
      "None of the candidates that the search starts from has a value, so there is nothing to go by.",
    ]);
  });

  it("numbers its candidates on after those of an earlier search", () => {
    const later = walk(
      search,
      {
        ...task,
        configs: ["pre0_mod1_post0", "pre0_mod2_post0", "iter1", "iter2", "iter3"],
        options: { iter: 2 },
      },
      hill,
    );
    expect(later.candidates.map(({ config }) => config).slice(2)).toEqual([
      "iter1",
      "iter2",
      "iter3",
      "iter4",
      "iter5",
    ]);
  });
});
