import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { fitBradleyTerry } from "../../../src/tuning/searches/bradley-terry.ts";
import { contrastsWithBest } from "../../../src/tuning/searches/race-anova.ts";
import { SEARCHES } from "../../../src/tuning/searches/index.ts";
import { parityFixtures } from "../../parity-fixtures.ts";
import { context, rmse, walk, wobble, type Measure } from "./walk-search.ts";

const anova = SEARCHES.tune_race_anova;
const winLoss = SEARCHES.tune_race_win_loss;

/** Accuracy is least at dropout 1, and folds differ more than candidates do. */
const steep: Measure = ({ dropout }, fold) =>
  0.9 - 0.3 * (dropout as number) + 0.1 * wobble(fold) + 0.004 * wobble(fold, dropout as number);
const grid = Array.from({ length: 10 }, (_, i) => ({ dropout: i / 10 }));

describe.each([
  ["tune_race_anova", anova],
  ["tune_race_win_loss", winLoss],
])("%s", (_, { search, plan }) => {
  const task = context({ candidates: grid, v: 10 });
  const race = walk(search, task, steep);

  it("keeps the best candidate and tries it on every fold", () => {
    expect(race.trials.filter(({ config }) => config === "pre0_mod01_post0")).toHaveLength(10);
    expect(race.eliminated.map(({ config }) => config)).not.toContain("pre0_mod01_post0");
  });

  it("spares trials, and says exactly how many", () => {
    expect(race.spared).toBeGreaterThan(20);
    expect(race.trials.length + race.spared).toBe(plan(task).trials);
  });

  it("gives everybody the burn-in, and the eliminated nothing after it", () => {
    for (const config of race.candidates.map((one) => one.config)) {
      const after = race.eliminated.find((one) => one.config === config)?.after ?? 10;
      expect(after).toBeGreaterThanOrEqual(3);
      expect(race.trials.filter((trial) => trial.config === config)).toHaveLength(after);
    }
  });

  it("does the same again with the same seed, and takes the folds in another order with another", () => {
    expect(walk(search, task, steep)).toEqual(race);
    const order = (seed: number, options = {}) =>
      walk(search, { ...task, seed, options }, steep)
        .trials.slice(0, 3)
        .map(({ fold }) => fold);
    expect(order(2)).not.toEqual(order(1));
    expect(order(2, { randomize: false })).toEqual(["Fold1", "Fold2", "Fold3"]);
  });

  it("goes through one repeat before the next", () => {
    const folds = ["Repeat1", "Repeat2"].flatMap((repeat) =>
      [1, 2, 3, 4].map((fold) => ({ id: `${repeat}/Fold${fold}`, analysis: 75, assessment: 25 })),
    );
    const repeated = walk(search, context({ candidates: grid, folds }), steep);
    const order = repeated.trials
      .filter(({ config }) => config === "pre0_mod01_post0")
      .map(({ fold }) => fold);
    expect(order.slice(0, 4).every((fold) => fold.startsWith("Repeat1/"))).toBe(true);
    expect(new Set(order).size).toBe(8);
  });

  it("finds the least of a metric that is to be small", () => {
    const small = walk(search, context({ candidates: grid, v: 10, metrics: [rmse] }), steep);
    expect(small.eliminated.map(({ config }) => config)).not.toContain("pre0_mod10_post0");
    expect(small.eliminated.map(({ config }) => config)).toContain("pre0_mod01_post0");
  });

  it("gives a candidate that failed on a fold no further ones", () => {
    const failing: Measure = (values, fold, epochs) =>
      values["dropout"] === 0.1 ? "failed" : steep(values, fold, epochs);
    const race = walk(search, task, failing);
    expect(race.eliminated[0]).toEqual({ config: "pre0_mod02_post0", after: 3 });
  });

  it("blames a fold on which everything fails, not the candidates", () => {
    const first = race.trials[0]!.fold;
    const broken: Measure = (values, fold, epochs) =>
      fold === first ? "failed" : steep(values, fold, epochs);
    const other = walk(search, task, broken);
    expect(other.eliminated.map(({ config }) => config)).not.toContain("pre0_mod01_post0");
    expect(other.trials.length + other.spared).toBe(100);
  });

  it("takes a metric that is not defined on a fold as missing, not as 0", () => {
    const undefinedOnce: Measure = (values, fold, epochs) =>
      values["dropout"] === 0 && fold === race.trials[0]!.fold ? null : steep(values, fold, epochs);
    const other = walk(search, context({ candidates: grid.slice(0, 2), v: 10 }), undefinedOnce);
    expect(other.eliminated.map(({ config }) => config)).not.toContain("pre0_mod1_post0");
  });

  it("breaks a tie of two after num_ties folds", () => {
    const equal: Measure = ({ dropout }, fold) => 0.8 + 0.1 * wobble(fold, dropout as number);
    const options = { num_ties: 2 };
    const tied = walk(search, context({ candidates: grid.slice(0, 2), v: 12, options }), equal);
    expect(tied.eliminated.map(({ after }) => after)).toEqual([5]);
    expect(tied.spared).toBe(7);
  });

  it("does not begin with fewer folds than burn_in and one more", () => {
    expect(() => plan(context({ candidates: grid, v: 3 }))).toThrow(
      "A race first gives every candidate 3 folds (burn_in), and there are 3 in all, so nothing could be spared. Use more folds, a smaller burn_in (2 at least), or tune_grid().",
    );
  });

  it("runs a single candidate on all folds", () => {
    expect(walk(search, context({ candidates: grid.slice(0, 1), v: 10 }), steep).trials).toHaveLength(10);
  });

  it("never gives up any of equal candidates", () => {
    const same = walk(search, context({ candidates: grid, v: 6 }), (_, fold) => 0.8 + 0.1 * wobble(fold));
    expect(same.eliminated).toEqual([]);
  });

  it("judges 500 candidates in a second or two", () => {
    const many = Array.from({ length: 500 }, (_, i) => ({ dropout: i / 500 }));
    const large = walk(search, context({ candidates: many, v: 5 }), steep);
    expect(large.trials.length + large.spared).toBe(2500);
    expect(large.eliminated.map(({ config }) => config)).not.toContain("pre0_mod001_post0");
  });
});

interface Fixture {
  readonly anova: readonly {
    readonly scores: readonly (readonly (number | null)[])[];
    readonly best: number;
    readonly alpha: number;
    readonly others: readonly number[];
    readonly estimate: readonly number[];
    readonly std_err: readonly number[];
    readonly lower: readonly number[];
    readonly upper: readonly number[];
  }[];
  readonly bradley_terry: readonly {
    readonly wins: readonly (readonly number[])[];
    readonly ability: readonly number[];
    readonly std_err: readonly number[];
  }[];
}
const fixture = JSON.parse(readFileSync(path.join(parityFixtures, "races.json"), "utf8")) as Fixture;

describe("what a race goes by is what R computes", () => {
  it.each(fixture.anova)(
    "intervals of lm(score ~ fold + candidate), $scores.length candidates at $alpha",
    ({ scores, best, alpha, others, ...expected }) => {
      const contrasts = contrastsWithBest(scores, best, alpha)!;
      for (const what of ["estimate", "std_err", "lower", "upper"] as const)
        others.forEach((candidate, i) => {
          expect(Math.abs(contrasts[candidate]![what] - expected[what][i]!)).toBeLessThan(1e-8);
        });
    },
  );

  it.each(fixture.bradley_terry)(
    "Bradley and Terry's model with Firth's correction, $wins.length players",
    ({ wins, ability, std_err }) => {
      fitBradleyTerry(wins, 0).forEach((found, player) => {
        expect(Math.abs(found.ability - ability[player]!)).toBeLessThan(1e-6);
        expect(Math.abs(found.std_err - std_err[player]!)).toBeLessThan(1e-6);
      });
    },
  );

  it("has no intervals where nothing is left to tell the error by", () => {
    expect(contrastsWithBest([[0.8], [0.7]], 0, 0.05)).toBeNull();
  });
});
