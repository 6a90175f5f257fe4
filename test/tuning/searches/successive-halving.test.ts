import { describe, expect, it } from "vitest";
import { SEARCHES } from "../../../src/tuning/searches/index.ts";
import { rungsOf } from "../../../src/tuning/searches/successive-halving.ts";
import { context, walk, wobble, type Measure } from "./walk-search.ts";

const { search, plan } = SEARCHES.tune_successive_halving;

const grid = Array.from({ length: 9 }, (_, i) => ({ dropout: i / 10 }));
/** Gets better with epochs; the candidate with dropout 0.3 is the best one at any number of them. */
const learning: Measure = ({ dropout }, fold, epochs) =>
  0.9 - Math.abs((dropout as number) - 0.3) - 0.5 / epochs! + 0.001 * wobble(fold, dropout as number);

describe("tune_successive_halving", () => {
  const task = context({ candidates: grid, v: 2, options: { min_epochs: 3, max_epochs: 27 } });
  const halving = walk(search, task, learning);

  it("trains the best third for three times as many epochs, until one is left for all of them", () => {
    const trained = halving.steps.map(({ trials = [] }) => [trials[0]!.epochs, trials.length]);
    expect(trained).toEqual([
      [3, 18],
      [9, 6],
      [27, 2],
    ]);
    expect(halving.trials.at(-1)).toMatchObject({ config: "pre0_mod4_post0", epochs: 27 });
  });

  it("says after how many epochs candidates were given up, and what that spared", () => {
    expect(halving.steps.flatMap(({ eliminated = [] }) => eliminated)).toMatchObject([
      { after: 3, by: "epochs", spared: 6 * 2 * 2 },
      { after: 9, by: "epochs", spared: 2 * 2 * 1 },
    ]);
    expect(halving.trials.length + halving.spared).toBe(plan(task).trials);
  });

  it("gives up what failed, and what has no value, before what is merely worse", () => {
    const failing: Measure = (values, fold, epochs) =>
      values["dropout"] === 0.3
        ? "failed"
        : values["dropout"] === 0.2
          ? null
          : learning(values, fold, epochs);
    const { trials } = walk(search, task, failing);
    expect(trials.at(-1)!.config).toBe("pre0_mod5_post0");
  });

  it("ends when everything has failed", () => {
    const failed = walk(search, task, () => "failed");
    expect(failed.trials).toHaveLength(18);
    expect(failed.spared).toBe(36);
  });

  it.each([
    [27, { max_epochs: 27 }, "27 × 1, 9 × 3, 3 × 9, 1 × 27"],
    [30, { max_epochs: 20 }, "30 × 1, 10 × 3, 3 × 9, 1 × 20"],
    [8, { max_epochs: 16, factor: 2 }, "8 × 2, 4 × 4, 2 × 8, 1 × 16"],
    [4, { max_epochs: 5, min_epochs: 5 }, "4 × 5"],
    [1, { max_epochs: 10 }, "1 × 10"],
    [100, { max_epochs: 4, min_epochs: 2 }, "100 × 2, 33 × 4"],
  ])("%i candidates with %j: %s", (candidates, options, rungs) => {
    const task = context({ candidates: Array(candidates).fill({ dropout: 0 }), options });
    expect(
      rungsOf(task)
        .map((rung) => `${rung.candidates} × ${rung.epochs}`)
        .join(", "),
    ).toBe(rungs);
  });

  it("wants to know how many epochs there are", () => {
    expect(() => plan(context({ candidates: grid }))).toThrow("how many epochs");
  });
});
