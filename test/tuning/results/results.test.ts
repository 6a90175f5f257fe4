import { describe, expect, it } from "vitest";
import {
  collectMetrics,
  collectNotes,
  rankResults,
  selectBest,
  selectByOneStdErr,
  selectByPctLoss,
  selectCandidate,
  showBest,
  showNotes,
} from "../../../src/tuning/results/index.ts";
import { tuned } from "./tuned.ts";

const up = (parameter: string) => ({ parameter, descending: false });
const down = (parameter: string) => ({ parameter, descending: true });

/** Means 0.90, 0.91, 0.95, 0.70; the best one's standard error is 0.0289. */
const grid = tuned([
  { values: { units: 8, dropout: 0.1 }, estimates: [0.86, 0.9, 0.94] },
  { values: { units: 16, dropout: 0.3 }, estimates: [0.87, 0.91, 0.95] },
  { values: { units: 64, dropout: 0.2 }, estimates: [0.9, 0.95, 1] },
  { values: { units: 4, dropout: 0.4 }, estimates: [0.65, 0.7, 0.75] },
]);

describe("collect_metrics", () => {
  it("has tune's columns: a mean over the folds, their number and the standard error", () => {
    const [first] = collectMetrics(grid);
    expect(Object.keys(first!)).toEqual([
      "units",
      "dropout",
      ".metric",
      ".estimator",
      "mean",
      "n",
      "std_err",
      ".config",
    ]);
    expect(first).toMatchObject({
      units: 8,
      dropout: 0.1,
      ".metric": "accuracy",
      n: 3,
      ".config": "pre0_mod1_post0",
    });
    expect(first!.mean).toBeCloseTo(0.9, 12);
    expect(first!.std_err).toBeCloseTo(0.04 / Math.sqrt(3), 12);
  });

  it("has a row for each fold where it is not to summarise", () => {
    const rows = collectMetrics(grid, { summarize: false });
    expect(rows).toHaveLength(12);
    expect(rows[1]).toEqual({
      id: "Fold2",
      units: 8,
      dropout: 0.1,
      ".metric": "accuracy",
      ".estimator": "multiclass",
      ".estimate": 0.9,
      ".config": "pre0_mod1_post0",
    });
  });

  it("splits the id of repeated folds, as rsample does", () => {
    const folds = ["Repeat1/Fold1", "Repeat1/Fold2", "Repeat2/Fold1", "Repeat2/Fold2"];
    const repeated = tuned([{ values: { units: 8, dropout: 0.1 }, estimates: [0.1, 0.2, 0.3, 0.4] }], {
      folds,
    });
    expect(collectMetrics(repeated, { summarize: false })[2]).toMatchObject({ id: "Repeat2", id2: "Fold1" });
  });

  it("says in which iteration a search came to a candidate", () => {
    const search = tuned([{ values: { units: 8, dropout: 0.1 }, estimates: [0.5] }], {
      method: "tune_bayes",
    });
    expect(collectMetrics(search)[0]![".iter"]).toBe(0);
    expect(collectMetrics(grid)[0]).not.toHaveProperty([".iter"]);
  });

  it("takes a metric that is not defined on a fold as missing", () => {
    const partly = tuned([{ values: { units: 8, dropout: 0.1 }, estimates: [0.8, null, 0.6] }]);
    expect(collectMetrics(partly)[0]).toMatchObject({ mean: 0.7, n: 2 });
  });

  it("leaves out what a race gave up, unless it is asked for", () => {
    const race = tuned(
      [
        { values: { units: 8, dropout: 0.1 }, estimates: [0.8, 0.8, 0.8] },
        { values: { units: 4, dropout: 0.1 }, estimates: [0.99], eliminated: true },
      ],
      { method: "tune_race_anova" },
    );
    expect(collectMetrics(race).map((row) => row["units"])).toEqual([8]);
    expect(collectMetrics(race, { all_configs: true }).map((row) => row["units"])).toEqual([8, 4]);
    expect(selectBest(race).values).toMatchObject({ units: 8 });
  });
});

describe("show_best and select_best", () => {
  it("show the five best ones, best first", () => {
    expect(showBest(grid).map((row) => row["units"])).toEqual([64, 16, 8, 4]);
    expect(showBest(grid, { n: 2 }).map((row) => row["units"])).toEqual([64, 16]);
    expect(selectBest(grid, "accuracy").config).toBe("pre0_mod3_post0");
  });

  it("know which way a metric is good", () => {
    const tried = [0.4, -0.1, -0.3].map((bias, i) => ({
      values: { units: i, dropout: 0 },
      estimates: [bias, bias],
    }));
    const best = (direction: "minimize" | "zero" | "maximize") =>
      selectBest(tuned(tried, { metric: { name: "msd", direction } })).values["units"];
    expect([best("minimize"), best("zero"), best("maximize")]).toEqual([2, 1, 0]);
  });

  it("never choose a candidate that has fewer folds than others for its mean of those", () => {
    const partly = tuned([
      { values: { units: 8, dropout: 0.1 }, estimates: [0.99, "failed", "failed"] },
      { values: { units: 4, dropout: 0.1 }, estimates: [0.8, 0.8, 0.8] },
    ]);
    expect(selectBest(partly).values).toMatchObject({ units: 4 });
    expect(showBest(partly).map((row) => row["units"])).toEqual([4]);
  });

  it("name the metrics that there are, and say when there is nothing to choose", () => {
    expect(() => selectBest(grid, "roc_auc")).toThrow(
      'The metric "roc_auc" was not computed in this tuning. There are: accuracy, seconds_wasted.',
    );
    expect(() =>
      selectBest(tuned([{ values: { units: 8, dropout: 0 }, estimates: [null, "failed"] }])),
    ).toThrow("No candidate has a value of accuracy, so none can be chosen.");
  });
});

describe("select_by_one_std_err", () => {
  it("takes the simplest candidate within one standard error of the best", () => {
    // 0.95 − 0.0289 = 0.9211: only the best one is within it.
    expect(selectByOneStdErr(grid, [up("units")]).values).toMatchObject({ units: 64 });
    const wide = tuned([
      { values: { units: 8, dropout: 0.1 }, estimates: [0.8, 0.92, 1] },
      { values: { units: 16, dropout: 0.3 }, estimates: [0.81, 0.92, 1] },
      { values: { units: 64, dropout: 0.2 }, estimates: [0.8, 0.95, 1] },
      { values: { units: 4, dropout: 0.4 }, estimates: [0.65, 0.7, 0.75] },
    ]);
    expect(selectByOneStdErr(wide, [up("units")]).values).toMatchObject({ units: 8 });
    expect(selectByOneStdErr(wide, [down("dropout")]).values).toMatchObject({ dropout: 0.3 });
  });

  it("orders by the second parameter where the first is the same", () => {
    const same = tuned([
      { values: { units: 8, dropout: 0.1 }, estimates: [0.8, 0.9] },
      { values: { units: 8, dropout: 0.5 }, estimates: [0.8, 0.9] },
    ]);
    const chosen = selectCandidate(same, { by: "one_std_err", order: [up("units"), down("dropout")] });
    expect(chosen.values).toMatchObject({ dropout: 0.5 });
  });

  it("works downwards for an error", () => {
    const rmse = { name: "rmse", direction: "minimize" } as const;
    const errors = tuned(
      [
        { values: { units: 4, dropout: 0 }, estimates: [2.2, 3.2] },
        { values: { units: 8, dropout: 0 }, estimates: [2, 3] },
        { values: { units: 2, dropout: 0 }, estimates: [4, 5] },
      ],
      { metric: rmse },
    );
    expect(selectByOneStdErr(errors, [up("units")]).values).toMatchObject({ units: 4 });
  });

  it("needs a standard error, something to order by, and parameters that there are", () => {
    const once = tuned([{ values: { units: 8, dropout: 0 }, estimates: [0.8] }], { folds: ["validation"] });
    expect(() => selectByOneStdErr(once, [up("units")])).toThrow("it has no standard error");
    expect(() => selectByOneStdErr(grid, [])).toThrow("name at least one parameter");
    expect(() => selectByOneStdErr(grid, [up("unit")])).toThrow(
      'Candidates cannot be ordered by "unit". There are: units, dropout.',
    );
  });
});

describe("select_by_pct_loss", () => {
  it("takes the simplest candidate that loses less than the limit", () => {
    // Losses: 5.3, 4.2, 0 and 26.3 percent.
    const chosen = (limit: number) => selectByPctLoss(grid, [up("units")], { limit }).values["units"];
    expect([chosen(2), chosen(5), chosen(6), chosen(30)]).toEqual([64, 16, 8, 4]);
    expect(selectByPctLoss(grid, [up("units")]).values["units"]).toBe(64);
  });

  it("never takes one that is less simple than the best", () => {
    expect(selectByPctLoss(grid, [down("units")], { limit: 30 }).values["units"]).toBe(64);
  });

  it("knows a best mean of 0", () => {
    const exact = tuned(
      [
        { values: { units: 4, dropout: 0 }, estimates: [0.1, 0.1] },
        { values: { units: 8, dropout: 0 }, estimates: [0, 0] },
      ],
      { metric: { name: "rmse", direction: "minimize" } },
    );
    expect(selectByPctLoss(exact, [up("units")], { limit: 50 }).values["units"]).toBe(8);
  });
});

describe("collect_notes and show_notes", () => {
  const noted = tuned([
    { values: { units: 8, dropout: 0.1 }, estimates: ["failed", 0.5] },
    {
      values: { units: 4, dropout: 0.1 },
      estimates: ["failed", 0.5],
      notes: [{ type: "warning", message: "No row of class b.", block: "head" }],
    },
  ]);

  it("have each note with its trial", () => {
    expect(collectNotes(noted)[0]).toEqual({
      id: "Fold1",
      ".config": "pre0_mod1_post0",
      type: "error",
      note: "The loss is no number.",
    });
    expect(collectNotes(noted)[1]).toMatchObject({ ".config": "pre0_mod2_post0", block: "head" });
  });

  it("show each different one once, errors first", () => {
    expect(showNotes(noted)).toBe(
      "error (2 trials): The loss is no number.\nwarning (2 trials): No row of class b.",
    );
    expect(showNotes(grid)).toBe("There are no notes.");
  });
});

describe("rank_results", () => {
  const other = tuned([
    { values: { units: 1, dropout: 0 }, estimates: [0.93, 0.93, 0.93] },
    { values: { units: 2, dropout: 0 }, estimates: [0.6, 0.6, 0.6] },
  ]);
  const set = [
    { wflow_id: "plain_small", state: grid, model: "small" },
    { wflow_id: "plain_large", state: other },
  ];

  it("ranks the candidates of all workflows together", () => {
    expect(
      rankResults(set).map(({ wflow_id, mean, rank }) => [rank, wflow_id, Number(mean!.toFixed(4))]),
    ).toEqual([
      [1, "plain_small", 0.95],
      [2, "plain_large", 0.93],
      [3, "plain_small", 0.91],
      [4, "plain_small", 0.9],
      [5, "plain_small", 0.7],
      [6, "plain_large", 0.6],
    ]);
  });

  it("ranks the best of each workflow alone", () => {
    const best = rankResults(set, { select_best: true });
    expect(best.map(({ wflow_id, rank }) => [rank, wflow_id])).toEqual([
      [1, "plain_small"],
      [2, "plain_large"],
    ]);
    expect(best[0]!.model).toBe("small");
  });

  it("wants a metric that all of them have", () => {
    expect(() => rankResults(set, { rank_metric: "rmse" })).toThrow('The metric "rmse" was not computed');
    expect(() => rankResults([])).toThrow("There is no workflow to rank");
  });
});
