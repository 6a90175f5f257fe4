import { describe, expect, it } from "vitest";
import { SEARCHES } from "../../../src/tuning/searches/index.ts";
import { context, walk } from "./walk-search.ts";

describe("tune_grid", () => {
  const { search, plan } = SEARCHES.tune_grid;
  const task = context({ candidates: [{ dropout: 0.1 }, { dropout: 0.2 }], v: 3 });

  it("asks for every candidate on every fold at once, candidate by candidate", () => {
    const { steps } = walk(search, task, () => 0.5);
    expect(steps).toHaveLength(1);
    expect(steps[0]!.trials!.map(({ config, fold }) => `${config} ${fold}`)).toEqual([
      "pre0_mod1_post0 Fold1",
      "pre0_mod1_post0 Fold2",
      "pre0_mod1_post0 Fold3",
      "pre0_mod2_post0 Fold1",
      "pre0_mod2_post0 Fold2",
      "pre0_mod2_post0 Fold3",
    ]);
    expect(plan(task)).toEqual({ candidates: 2, trials: 6 });
  });
});

describe("fit_resamples", () => {
  it("has one candidate, without values", () => {
    const { search } = SEARCHES.fit_resamples;
    const { candidates } = walk(search, context({ parameters: [], candidates: [{}], v: 3 }), () => 0.5);
    expect(candidates).toEqual([{ config: "pre0_mod0_post0", values: {}, iteration: 0 }]);
  });
});

describe("a workflow of which nothing is tuned", () => {
  it.each(Object.entries(SEARCHES))("is resampled once by %s", (_, { search, plan }) => {
    const task = context({ parameters: [], candidates: [{}], v: 3, options: { max_epochs: 5 } });
    expect(walk(search, task, () => 0.5).trials).toHaveLength(3);
    expect(plan(task)).toEqual({ candidates: 1, trials: 3 });
  });
});
