import { describe, expect, it } from "vitest";
import { SEARCHES } from "../../../src/tuning/searches/index.ts";
import { acceptance } from "../../../src/tuning/searches/sim-anneal.ts";
import { activation, context, dropout, rate, units, walk, wobble, type Measure } from "./walk-search.ts";

const { search, plan } = SEARCHES.tune_sim_anneal;

const hill: Measure = ({ dropout, rate }, fold) =>
  0.95 -
  ((dropout as number) - 0.3) ** 2 -
  0.05 * (Math.log10(rate as number) + 2) ** 2 +
  0.002 * wobble(fold);
const task = context({
  parameters: [dropout, rate],
  candidates: [{ dropout: 0.9, rate: 1e-4 }],
  v: 3,
  options: { iter: 60 },
});

describe("tune_sim_anneal", () => {
  const found = walk(search, task, hill);

  it("goes up the hill from where it starts", () => {
    const values = found.candidates.map(({ values }) => hill(values, "Fold1", undefined) as number);
    expect(Math.max(...values)).toBeGreaterThan(0.94);
    expect(values[0]!).toBeLessThan(0.5);
  });

  it("tries one candidate at a time on every fold, iter times", () => {
    expect(found.candidates.map(({ config }) => config).slice(0, 3)).toEqual([
      "pre0_mod1_post0",
      "iter01",
      "iter02",
    ]);
    expect(found.trials).toHaveLength(plan(task).trials!);
    expect(plan(task)).toEqual({ candidates: 61, trials: 183 });
  });

  it("steps by a share of the ranges, between the two of radius", () => {
    const place = ({ dropout, rate }: (typeof found.candidates)[number]["values"]) =>
      [dropout as number, (Math.log10(rate as number) + 4) / 3] as const;
    const [first, second] = found.candidates.map(({ values }) => place(values));
    const length = Math.hypot(first![0] - second![0], first![1] - second![1]);
    expect(length).toBeLessThanOrEqual(0.15 + 1e-9);
    // At an end of a range a step comes back, and is shorter than it was.
    expect(length).toBeGreaterThan(0);
  });

  it("does the same again with the same seed", () => {
    expect(walk(search, task, hill)).toEqual(found);
    expect(walk(search, { ...task, seed: 7 }, hill).candidates).not.toEqual(found.candidates);
  });

  it("changes whole numbers by little, and others to another value", () => {
    const mixed = context({
      parameters: [units, activation],
      candidates: [{ units: 32, activation: "relu" }],
      options: { iter: 1 },
    });
    for (let seed = 1; seed <= 20; seed++) {
      const [from, to] = walk(search, { ...mixed, seed }, () => 0.5).candidates;
      expect(to!.values).not.toEqual(from!.values);
      expect(Math.abs((to!.values["units"] as number) - 32)).toBeLessThanOrEqual(7);
      expect(activation.values).toContain(to!.values["activation"]);
    }
  });

  it("ends where everything near has been tried", () => {
    const tiny = context({
      parameters: [activation],
      candidates: [{ activation: "relu" }],
      options: { iter: 10 },
    });
    const all = walk(search, tiny, () => 0.5);
    expect(all.candidates).toHaveLength(3);
    expect(all.notes).toEqual([
      "Every candidate near the one that the search has come to has been tried: it ends.",
    ]);
  });

  it("goes on from the best candidate after `restart` iterations without a new one", () => {
    // Everything but the start is a little worse, so that the search wanders off and is called back.
    const options = { iter: 9, restart: 3, radius: [0.1, 0.15], cooling_coef: 1e-9 };
    const line = context({ parameters: [dropout], candidates: [{ dropout: 0.5 }], v: 3, options });
    const wander = walk(search, line, ({ dropout }) =>
      dropout === 0.5 ? 1 : 0.9 - Math.abs((dropout as number) - 0.5) / 100,
    );
    const places = wander.candidates.map(({ values }) => values["dropout"] as number);
    for (const afterRestart of [4, 7])
      expect(Math.abs(places[afterRestart]! - 0.5)).toBeLessThanOrEqual(0.15 + 1e-9);
    expect(Math.max(...places.map((place) => Math.abs(place - 0.5)))).toBeGreaterThan(0.2);
  });

  it("ends after no_improve iterations without improvement", () => {
    const flat = walk(search, { ...task, options: { iter: 30, no_improve: 4 } }, () => 0.5);
    expect(flat.candidates).toHaveLength(5);
    expect(flat.notes).toEqual(["No better candidate in 4 iterations: the search ends."]);
  });

  it("passes over candidates that fail", () => {
    const partly: Measure = (values, fold, epochs) =>
      (values["dropout"] as number) < 0.6 ? "failed" : hill(values, fold, epochs);
    expect(walk(search, task, partly).candidates).toHaveLength(61);
    expect(walk(search, task, () => "failed").candidates).toHaveLength(1);
  });

  it("accepts what is worse less and less, by how much worse it is", () => {
    expect(acceptance(0.8, 0.81, 5, 0.02)).toBe(1);
    // One percent worse in iteration 5: exp(−1 · 5 · 0.02).
    expect(acceptance(0.8, 0.792, 5, 0.02)).toBeCloseTo(Math.exp(-0.1), 12);
    expect(acceptance(-2, -2.02, 5, 0.02)).toBeCloseTo(Math.exp(-0.1), 12);
    expect(acceptance(0.8, 0.792, 50, 0.02)).toBeLessThan(acceptance(0.8, 0.792, 5, 0.02));
    expect(acceptance(0, -0.1, 1, 0.02)).toBe(0);
    expect(acceptance(0.8, null, 1, 0.02)).toBe(0);
  });
});
