import { beforeEach, describe, expect, it } from "vitest";
import {
  accuracy,
  collect_metrics,
  collect_notes,
  collect_predictions,
  conf_mat,
  desc,
  glance,
  rank_results,
  read_run,
  select_best,
  select_by_one_std_err,
  select_by_pct_loss,
  show_best,
  show_notes,
  tidy,
  type RunResults,
} from "../../src/results/index.ts";
import type { TuningEvent } from "../../src/protocol/index.ts";
import { createRun, type RunRecord, type UnstampedEvent } from "../../src/runs/index.ts";
import { ASKED, startedEvent, temporaryFolder } from "../runs/asked.ts";
import { dropout, units } from "../tuning/searches/walk-search.ts";

type Unstamped<Event> = Event extends unknown ? Omit<Event, "run" | "time"> : never;

/** A finished run of a tuning of two candidates on two folds, with predictions. */
function tunedRun(runs: string, asked: Partial<RunRecord> = {}): string {
  const run = createRun(runs, "results", { ...ASKED, kind: "tuning", ...asked });
  const say = (event: Unstamped<TuningEvent>) => run.append(run.stamp(event as UnstampedEvent));
  run.append(run.stamp(startedEvent(run.folder)));
  say({
    type: "tuning_started",
    method: "tune_grid",
    parameters: [units, dropout],
    metrics: [{ name: "accuracy", direction: "maximize" }],
    resampling: "2 bootstraps",
    folds: ["Bootstrap1", "Bootstrap2"].map((id) => ({ id, analysis: 4, assessment: 2 })),
    candidates: 2,
    trials: 4,
    workers: 1,
  });
  const candidates = [
    { config: "pre0_mod1_post0", values: { units: 8, dropout: 0.1 } },
    { config: "pre0_mod2_post0", values: { units: 16, dropout: 0.2 } },
  ];
  say({ type: "candidates_added", candidates });
  for (const { config } of candidates)
    for (const fold of ["Bootstrap1", "Bootstrap2"]) {
      const good = config === "pre0_mod2_post0";
      const predictions = `predictions/${config}/${fold}.csv`;
      run.write(
        predictions,
        `.row,.pred_class,.pred_1,.pred_7,digit\n1,${good ? 1 : 7},${good ? 0.8 : 0.4},${good ? 0.2 : 0.6},1\n` +
          (fold === "Bootstrap1" ? "2,7,0.1,0.9,7\n" : "3,7,0.3,0.7,\n"),
      );
      say({
        type: "trial_ended",
        config,
        fold,
        status: "done",
        metrics: [
          {
            ".metric": "accuracy",
            ".estimator": "binary",
            ".estimate": (good ? 1 : 0.5) - (fold === "Bootstrap1" ? 0 : 0.1),
          },
        ],
        notes: good ? [] : [{ type: "warning", message: "Slow." }],
        seconds: 1,
        history: [],
        predictions,
      });
    }
  run.append(run.stamp({ type: "run_ended", status: "done", folder: run.folder, seconds: 4 }));
  run.close();
  return run.folder;
}

describe("kspec/results over a tuning", () => {
  let runs: string;
  let results: RunResults;
  beforeEach(() => {
    runs = temporaryFolder();
    tunedRun(runs);
    results = read_run("last", { runs });
  });

  it("reads the last run, one by the beginning of its id, and one by its folder", () => {
    expect(results).toMatchObject({ kind: "tuning", status: "done", model: "cats", seed: 7, tuned: null });
    expect(read_run(results.run.slice(0, 20), { runs }).run).toBe(results.run);
    expect(read_run(results.folder).run).toBe(results.run);
    expect(() => read_run("yesterday", { runs })).toThrow('"yesterday" is no run');
  });

  it("collects metrics and shows the best", () => {
    expect(collect_metrics(results).map((row) => row.mean)).toEqual([0.45, 0.95]);
    expect(collect_metrics(results, { summarize: false })).toHaveLength(4);
    expect(show_best(results, { n: 1 })[0]).toMatchObject({ units: 16, ".config": "pre0_mod2_post0" });
  });

  it("selects candidates as rows of their values", () => {
    const best = { units: 16, dropout: 0.2, ".config": "pre0_mod2_post0" };
    expect(select_best(results)).toEqual(best);
    expect(select_best(results, "accuracy")).toEqual(best);
    expect(select_by_one_std_err(results, "units", desc("dropout"), { metric: "accuracy" })).toEqual(best);
    expect(select_by_pct_loss(results, "units", { limit: 60 })).toMatchObject({ units: 8 });
    expect(() => select_by_one_std_err(results)).toThrow("name at least one parameter");
  });

  it("collects predictions, classes as text even where they look like numbers", () => {
    const rows = collect_predictions(results);
    expect(rows).toHaveLength(8);
    expect(rows[0]).toEqual({
      id: "Bootstrap1",
      ".row": 1,
      ".pred_class": "7",
      ".pred_1": 0.4,
      ".pred_7": 0.6,
      digit: "1",
      units: 8,
      dropout: 0.1,
      ".config": "pre0_mod1_post0",
    });
    expect(rows[3]!["digit"]).toBeNull();
    expect(collect_predictions(results, { parameters: select_best(results) })).toHaveLength(4);
    expect(collect_predictions(results, { parameters: { units: 8 } })).toHaveLength(4);
  });

  it("averages what resamples predict several times", () => {
    const rows = collect_predictions(results, { summarize: true, parameters: { units: 8 } });
    expect(rows.map((row) => row[".row"])).toEqual([1, 2, 3]);
    expect(rows[0]).toMatchObject({ ".pred_class": "7", ".pred_1": 0.4, ".pred_7": 0.6 });
    expect(rows[0]).not.toHaveProperty("id");
  });

  it("hands its rows to the metrics", () => {
    const rows = collect_predictions(results);
    const byConfig = accuracy(rows, { truth: "digit", by: ".config" });
    expect(byConfig.map((row) => [row[".config"], row[".estimate"]])).toEqual([
      ["pre0_mod1_post0", 1 / 3],
      ["pre0_mod2_post0", 1],
    ]);
    const [matrix] = conf_mat(rows, { truth: "digit" });
    expect(matrix!.levels).toEqual(["1", "7"]);
    expect(matrix!.counts).toEqual([
      [2, 2],
      [0, 2],
    ]);
  });

  it("collects the notes", () => {
    expect(collect_notes(results)).toHaveLength(2);
    expect(show_notes(results)).toBe("warning (2 trials): Slow.");
  });

  it("ranks the workflows of a set", () => {
    tunedRun(runs, { tuning: { index: 1, workflow_id: "rec_small" } });
    const all = [results, read_run("last", { runs })];
    const ranked = rank_results(all, { select_best: true });
    expect(ranked.map(({ wflow_id, rank }) => [wflow_id, rank])).toEqual([
      ["default", 1],
      ["rec_small", 2],
    ]);
  });
});

describe("kspec/results over a fit", () => {
  it("has its metrics and predictions, and says what only a tuning has", () => {
    const runs = temporaryFolder();
    const run = createRun(runs, "cats", { ...ASKED, mode: "regression" });
    run.append(run.stamp(startedEvent(run.folder)));
    run.write("predictions.csv", ".pred,mpg\n21.5,22\n18,17.5\n");
    run.writeMetrics([{ ".metric": "rmse", ".estimator": "standard", ".estimate": 0.5, set: "test" }]);
    run.append(run.stamp({ type: "run_ended", status: "done", folder: run.folder, seconds: 4 }));
    run.close();
    const fit = read_run("last", { runs });
    expect(collect_metrics(fit)).toEqual([
      { ".metric": "rmse", ".estimator": "standard", ".estimate": 0.5, set: "test" },
    ]);
    expect(collect_predictions(fit)).toEqual([
      { ".pred": 21.5, mpg: 22 },
      { ".pred": 18, mpg: 17.5 },
    ]);
    expect(() => show_best(fit)).toThrow(/show_best\(\) asks for a tuning, and .* is a fit\./);
  });

  it("says what a tuning without predictions should have been told", () => {
    const runs = temporaryFolder();
    const folder = tunedRun(runs);
    const results = read_run(folder);
    const without = {
      ...results,
      tuning: {
        ...results.tuning!,
        candidates: results.tuning!.candidates.map((one) => ({
          ...one,
          trials: one.trials.map(({ predictions: _, ...trial }) => trial),
        })),
      },
    };
    expect(() => collect_predictions(without)).toThrow("Tune with control_grid({ save_pred: true })");
  });
});

describe("a fit", () => {
  it("has layers and a last epoch", () => {
    const runs = temporaryFolder();
    const run = createRun(runs, "fit", ASKED);
    run.append(run.stamp(startedEvent(run.folder)));
    const layer = { block: "dense", output_shape: [8], trainable: true, frozen: false, reads: [] };
    run.append(
      run.stamp({
        type: "model_built",
        layers: [{ ...layer, name: "dense", class: "Dense", parameters: 24 }],
        parameters: { total: 24, trainable: 24 },
      }),
    );
    for (const epoch of [1, 2])
      run.append(run.stamp({ type: "epoch_end", epoch, epochs: 2, logs: { loss: 1 / epoch } }));
    run.close();
    const fit = read_run(run.folder);
    expect(tidy(fit)).toEqual([{ layer: "dense", class: "Dense", n_params: 24 }]);
    expect(glance(fit)).toEqual({ loss: 0.5 });
  });

  it("is what a tuning is not", () => {
    const tuning = read_run(tunedRun(temporaryFolder()));
    expect(() => tidy(tuning)).toThrow(/has no network: .* or it is a tuning/);
    expect(glance(tuning)).toBeNull();
  });
});
