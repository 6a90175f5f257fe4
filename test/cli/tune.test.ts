import fs from "node:fs";
import path from "node:path";
import { describe, expect, it, vi } from "vitest";
import { reduceAll, type RunEvent, type TrialEnded } from "../../src/protocol/index.ts";
import { readRun } from "../../src/runs/index.ts";
import { jsonLines, kspec, runsOf, start } from "./kspec.ts";
import { RESULTS, stateOf, tables, tuning } from "./tuned-flowers.ts";

const tune = ["tune", "mine.kspec.ts", "--seed", "5", "--json"];

const trialsIn = (run: string) =>
  readRun(run).events.filter((event): event is TrialEnded => event.type === "trial_ended");

describe("kspec tune", () => {
  it("tries every candidate on every fold, and keeps all that it learns", async () => {
    const folder = tuning(RESULTS);
    const { code, stdout, stderr } = await kspec(tune, folder);
    expect(stderr).toBe("");
    expect(code).toBe(0);
    const [run] = runsOf(folder);
    expect(jsonLines<RunEvent>(stdout)).toEqual(readRun(run!).events);
    const state = stateOf(run!);
    expect(state).toMatchObject({ done: 12, failed: 0, spared: 0, running: [] });
    expect(state.started).toMatchObject({
      method: "tune_grid",
      candidates: 4,
      trials: 12,
      metrics: [
        { name: "accuracy", direction: "maximize" },
        { name: "mn_log_loss", direction: "minimize" },
      ],
    });
    expect(state.started.parameters.map(({ id }) => id)).toEqual(["dense_units", "learn_rate"]);
    for (const { summary, trials } of state.candidates) {
      expect(trials).toHaveLength(3);
      expect(summary["accuracy"]).toMatchObject({ n: 3, estimator: "multiclass" });
      const values = trials.map(({ metrics }) => metrics[0]![".estimate"]!);
      expect(summary["accuracy"]!.mean).toBeCloseTo(values.reduce((a, b) => a + b) / 3, 12);
    }
    // A rate of 0.1 learns in six epochs what 0.01 does not.
    const [slow, fast] = state.candidates;
    expect(fast!.summary["mn_log_loss"]!.mean).toBeLessThan(slow!.summary["mn_log_loss"]!.mean!);
  });

  it("comes to the same with one worker and with two", async () => {
    const one = tuning(RESULTS);
    const two = tuning(RESULTS);
    await Promise.all([kspec([...tune, "--workers", "1"], one), kspec([...tune, "--workers", "2"], two)]);
    expect(tables(runsOf(two)[0]!)).toEqual(tables(runsOf(one)[0]!));
  });

  it(
    "killed at twenty random points, it ends as a tuning that never stopped, and no trial is run twice",
    { timeout: 240_000 },
    async () => {
      const grid = `grid: k.grid_regular({ levels: 4 })`;
      const exports = `export const results = tune_grid(wf, { resamples: vfold_cv({ v: 5, repeats: 2 }), ${grid}, param_info: k.extract_parameter_set_dials(wf).update({ dense_units: k.hidden_units([2, 32]) }) });`;
      const model = "dense_units: tune(), learn_rate: tune(), fit_epochs: 40, fit_batch_size: 4";
      const whole = tuning(exports, model);
      const folder = tuning(exports, model);
      expect((await kspec(tune, whole)).code).toBe(0);
      let kills = 0;
      for (let args = tune; kills < 20; args = ["tune", "--resume", "last", "--json"]) {
        const going = start(args, folder);
        const before = going.printed.stdout.length;
        // Before it has begun, while workers start, within a trial, while a line is written.
        await vi
          .waitFor(() => expect(going.printed.stdout.length).toBeGreaterThan(before), {
            timeout: 60_000,
            interval: 2,
          })
          .catch(() => undefined);
        await new Promise((resolve) => setTimeout(resolve, Math.random() * (kills % 2 === 0 ? 300 : 1500)));
        if (going.child.exitCode !== null) break;
        going.child.kill("SIGKILL");
        await going.ended;
        kills++;
      }
      const last = await kspec(["tune", "--resume", "last", "--json"], folder);
      const [run, ...others] = runsOf(folder);
      expect(others).toEqual([]);
      if (last.code !== 0) expect(last.stdout + last.stderr).toContain("Nothing is left to do");
      expect(tables(run!)).toEqual(tables(runsOf(whole)[0]!));
      const keys = trialsIn(run!).map(({ config, fold }) => `${config} ${fold}`);
      expect(new Set(keys).size).toBe(keys.length);
      expect(kills).toBeGreaterThan(5);
    },
  );

  it("a search that starts from another tuning goes on as it would have", { timeout: 120_000 }, async () => {
    const exports = `${RESULTS}\nexport default k.tune_bayes(wf, { resamples: vfold_cv({ v: 3 }), iter: 4, initial: results });`;
    const model = "dense_units: tune(), learn_rate: tune(), fit_epochs: 60, fit_batch_size: 4";
    const whole = tuning(exports, model);
    const folder = tuning(exports, model);
    expect((await kspec(tune, whole)).code).toBe(0);
    const going = start(tune, folder);
    await vi.waitFor(() => expect(going.printed.stdout).toContain('"config":"iter2","fold"'), {
      timeout: 60_000,
      interval: 5,
    });
    going.child.kill("SIGKILL");
    await going.ended;
    expect((await kspec(["tune", "--resume", "last", "--json"], folder)).code).toBe(0);
    const [, searched, ...others] = runsOf(folder);
    expect(others).toEqual([]);
    expect(tables(searched!)).toEqual(tables(runsOf(whole)[1]!));
  });

  it("a workflow of a set whose candidates all fail leaves the others to be tried", async () => {
    const folder = tuning(
      `export const set = k.workflow_map(k.workflow_set({ bad: wf, good: wf }), "tune_grid", { resamples: vfold_cv({ v: 3 }), grid: [{ dense_units: 4, learn_rate: 0.05 }] });`,
    );
    const spec = path.join(folder, "mine.kspec.ts");
    const text = fs.readFileSync(spec, "utf8");
    fs.writeFileSync(
      spec,
      text.replace(
        "{ bad: wf, good: wf }",
        '{ bad: wf.add_recipe(k.recipe("flower ~ petal + nothing")), good: wf }',
      ),
    );
    const { code, stdout, stderr } = await kspec(["tune", "mine.kspec.ts", "--seed", "5"], folder);
    expect(code).toBe(1);
    expect(stderr).toContain("Every candidate failed");
    expect(stdout).toContain("accuracy");
    expect(runsOf(folder).map((run) => readRun(run).status)).toEqual(["failed", "done"]);
  });

  it("stops on Ctrl-C with what is finished, and goes on with the rest", async () => {
    const model = "dense_units: tune(), learn_rate: tune(), fit_epochs: 300, fit_batch_size: 4";
    const folder = tuning(RESULTS, model);
    const going = start(["tune", "mine.kspec.ts", "--seed", "5", "--workers", "1", "--json"], folder);
    await vi.waitFor(() => expect(going.printed.stdout).toContain('"trial_ended"'), {
      timeout: 60_000,
      interval: 5,
    });
    going.child.kill("SIGINT");
    const { code } = await going.ended;
    expect(code).toBe(1);
    const [run] = runsOf(folder);
    const read = readRun(run!);
    expect(read.status).toBe("cancelled");
    const { ended, tuning: state } = reduceAll(read.events);
    expect(ended!.kept).toMatch(/^\d+ of 12 trials are kept/);
    const before = state!.done;
    expect(before).toBeLessThan(12);
    const again = await kspec(["tune", "--resume", "last"], folder);
    expect(again.code).toBe(0);
    expect(again.stdout).toContain(`It goes on after ${before} trial`);
    expect(stateOf(run!)).toMatchObject({ done: 12, failed: 0 });
  });

  it("fits the best candidate where the export is a last_fit", async () => {
    const folder = tuning(
      `${RESULTS}\nexport default k.last_fit(k.finalize_workflow(wf, k.select_best(results, "accuracy")));`,
    );
    const { code, stdout } = await kspec(["tune", "mine.kspec.ts", "--seed", "5"], folder);
    expect(code).toBe(0);
    const [tuned, fitted] = runsOf(folder);
    const best = readRun(fitted!).record!.tuned!;
    expect(best.run).toBe(path.basename(tuned!));
    expect(readRun(fitted!).record!.arguments).toMatchObject(best.values as object);
    expect(reduceAll(readRun(fitted!).events).status).toBe("done");
    expect(stdout).toContain("accuracy multiclass");
    // Fitted once more, the tuning is not done again.
    const again = await kspec(["fit", "mine.kspec.ts"], folder);
    expect(again.code).toBe(0);
    expect(runsOf(folder)).toHaveLength(3);
    expect(readRun(runsOf(folder)[2]!).record!.tuned).toEqual(best);
  });

  it("a tuning that was asked for alone goes on alone", async () => {
    const last = 'export default k.last_fit(k.finalize_workflow(wf, k.select_best(results, "accuracy")));';
    const model = "dense_units: tune(), learn_rate: tune(), fit_epochs: 60, fit_batch_size: 4";
    const folder = tuning(`${RESULTS}\n${last}`, model);
    const going = start([...tune, "--only-tune", "--workers", "1"], folder);
    await vi.waitFor(() => expect(going.printed.stdout).toContain('"trial_ended"'), {
      timeout: 60_000,
      interval: 5,
    });
    going.child.kill("SIGKILL");
    await going.ended;
    const { code, stdout } = await kspec(["tune", "--resume", "last"], folder);
    expect(code).toBe(0);
    expect(stdout).toContain("kspec tune --best");
    expect(runsOf(folder)).toHaveLength(1);
  });

  it("fits any candidate of a finished tuning", async () => {
    const folder = tuning(RESULTS);
    await kspec(tune, folder);
    const { candidates } = stateOf(runsOf(folder)[0]!);
    const { code } = await kspec(["tune", "--best", "last", "--candidate", candidates[2]!.config], folder);
    expect(code).toBe(0);
    expect(readRun(runsOf(folder)[1]!).record!.arguments).toMatchObject({
      dense_units: 16,
      learn_rate: 0.01,
    });
  });

  it("a candidate that runs away is a note, and the others go on", async () => {
    const folder = tuning(
      `export const results = tune_grid(wf, { resamples: vfold_cv({ v: 3 }), grid: [{ dense_units: 4, learn_rate: 0.05 }, { dense_units: 4, learn_rate: 1e38 }] });`,
      'dense_units: tune(), learn_rate: tune(), fit_epochs: 6, compile_optimizer: "sgd"',
    );
    const { code } = await kspec(tune, folder);
    expect(code).toBe(0);
    const { candidates, failed } = stateOf(runsOf(folder)[0]!);
    expect(failed).toBe(3);
    expect(candidates.map(({ status }) => status)).toEqual(["done", "failed"]);
    expect(candidates[1]!.trials[0]!.notes[0]!.message).toContain("The loss became");
  });

  it("a worker that is killed costs its trial alone", async () => {
    const model = "dense_units: tune(), learn_rate: tune(), fit_epochs: 400, fit_batch_size: 4";
    const folder = tuning(RESULTS, model);
    const going = start([...tune, "--workers", "1"], folder);
    await vi.waitFor(() => expect(going.printed.stdout).toContain('"trial_ended"'), {
      timeout: 60_000,
      interval: 5,
    });
    for (const child of childrenOf(going.child.pid!)) process.kill(child, "SIGKILL");
    const { code } = await going.ended;
    expect(code).toBe(0);
    const { candidates, failed, done } = stateOf(runsOf(folder)[0]!);
    expect({ failed, done }).toEqual({ failed: 1, done: 12 });
    const notes = candidates.flatMap(({ trials }) => trials.flatMap((trial) => trial.notes));
    expect(notes[0]!.message).toContain("was killed (SIGKILL)");
  });

  it("candidates that differ only in epochs are one fit, and come to what they come to alone", async () => {
    const grid = (rows: string) =>
      `export const results = tune_grid(wf, { resamples: vfold_cv({ v: 3 }), grid: [${rows}] });`;
    const model = "fit_epochs: tune(), dense_units: 8, learn_rate: 0.05";
    const both = tuning(grid("{ fit_epochs: 3 }, { fit_epochs: 9 }"), model);
    const short = tuning(grid("{ fit_epochs: 3 }"), model);
    await kspec(tune, both);
    await kspec(tune, short);
    const [merged, alone] = [stateOf(runsOf(both)[0]!), stateOf(runsOf(short)[0]!)];
    expect(merged.candidates[0]!.summary).toEqual(alone.candidates[0]!.summary);
    expect(merged.candidates[0]!.trials[0]!.history.at(-1)!.epoch).toBe(3);
    expect(merged.candidates[1]!.trials[0]!.history.at(-1)!.epoch).toBe(9);
  });

  it("keeps predictions with save_pred, and whole histories with extract", async () => {
    const folder = tuning(
      RESULTS.replace(
        "vfold_cv({ v: 3 })",
        "vfold_cv({ v: 3 }), control: k.control_grid({ save_pred: true, extract: 'history' })",
      ),
    );
    await kspec(tune, folder);
    const [run] = runsOf(folder);
    const trials = trialsIn(run!);
    expect(trials).toHaveLength(12);
    // Two workers end trials of several candidates in any order.
    const files = trials
      .filter(({ config }) => config === trials[0]!.config)
      .map(({ predictions }) => predictions!);
    expect(files).toHaveLength(3);
    const rows = files.flatMap((file) =>
      fs.readFileSync(path.join(run!, file), "utf8").trim().split("\n").slice(1),
    );
    // Three folds of one candidate predict each row once.
    const numbers = rows.map((row) => Number(row.split(",")[0]));
    expect(new Set(numbers).size).toBe(numbers.length);
    expect(fs.readFileSync(path.join(run!, files[0]!), "utf8")).toMatch(/^\.row,\.pred_class,\.pred_/);
    const history = path.join(run!, files[0]!.replace("predictions/", "histories/").replace(".csv", ".json"));
    expect(JSON.parse(fs.readFileSync(history, "utf8"))).toHaveLength(6);
  });

  it("shows the ranking", async () => {
    const folder = tuning(RESULTS);
    await kspec(tune, folder);
    const { stdout, code } = await kspec(["show", "last"], folder);
    expect(code).toBe(0);
    expect(stdout).toMatch(/dense_units\s+learn_rate\s+accuracy\s+mn_log_loss\s+folds/);
    expect(stdout).toMatch(/12 trials in .*, 0 failed/);
    expect((await kspec(["runs"], folder)).stdout).toMatch(/tuning, best accuracy [01]\.\d+/);
    const predicted = await kspec(["predict", "last", "flowers.csv"], folder);
    expect(predicted.stderr).toContain(
      "is a tuning, which has no model of its own. Fit its best candidate: kspec tune --best",
    );
  });

  it("ends within its time budget, takes the best of what is done, and goes on when it is asked to", async () => {
    const model = "dense_units: tune(), learn_rate: tune(), fit_epochs: 300, fit_batch_size: 4";
    const folder = tuning(RESULTS, model);
    const { code, stdout } = await kspec([...tune, "--workers", "1", "--time-budget", "0.05"], folder);
    expect(code).toBe(0);
    const events = jsonLines<RunEvent>(stdout);
    expect(events.some((event) => event.type === "problem" && event.code === "time-budget")).toBe(true);
    const [run] = runsOf(folder);
    expect(stateOf(run!).done).toBeLessThan(12);
    expect((await kspec(["tune", "--resume", "last", "--json"], folder)).code).toBe(0);
    expect(stateOf(run!).done).toBe(12);
  });
});

describe("kspec compile", () => {
  it("builds every candidate and puts each failure on its block's line", async () => {
    const folder = tuning(
      `export const results = tune_grid(wf, { resamples: vfold_cv({ v: 3 }), grid: [{ dense_units: 4 }, { dense_units: -4 }] });`,
      "dense_units: tune(), fit_epochs: 2",
    );
    const { code, stdout } = await kspec(["compile", "mine.kspec.ts", "--valid", "valid.json"], folder);
    expect(code).toBe(1);
    expect(stdout).toContain("1 of 2 candidates cannot be built");
    expect(stdout).toContain("dense_units -4");
    expect(JSON.parse(fs.readFileSync(path.join(folder, "valid.json"), "utf8"))).toEqual([
      { dense_units: 4 },
    ]);
    expect(runsOf(folder)).toEqual([]);
  });
});

/** Processes that this one has started (Linux and macOS). */
function childrenOf(pid: number): number[] {
  return fs
    .readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8")
    .trim()
    .split(" ")
    .filter(Boolean)
    .map(Number);
}
