import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { relatedRuns } from "../../src/host/related-runs.ts";

let runs: string;
beforeEach(() => (runs = mkdtempSync(path.join(os.tmpdir(), "kspec-related-"))));
afterEach(() => rmSync(runs, { recursive: true, force: true }));

const FILE = "/work/a.kspec.ts";

/** Writes a run's folder as a worker leaves it. */
function write(run: string, record: object, events: object[] = [], metrics: object[] = []) {
  const folder = path.join(runs, run);
  mkdirSync(folder);
  const spec = { file: FILE, workflow: "final", model: "digits" };
  const started = "2026-11-24T14:02:03.000Z";
  writeFileSync(
    path.join(folder, "run.json"),
    JSON.stringify({ version: 1, run, started, pid: 1, host: "h", spec, ...record }),
  );
  const lines = [...events, { type: "run_ended", status: "done", folder, seconds: 1 }];
  writeFileSync(
    path.join(folder, "events.jsonl"),
    lines.map((event) => JSON.stringify({ run, time: started, ...event }) + "\n").join(""),
  );
  writeFileSync(path.join(folder, "metrics.json"), JSON.stringify(metrics));
  return folder;
}
const tuningEvents = [
  {
    type: "tuning_started",
    method: "tune_grid",
    parameters: [],
    metrics: [{ name: "accuracy", direction: "maximize" }],
    resampling: "",
    folds: [{ id: "Fold1", analysis: 1, assessment: 1 }],
    candidates: 1,
    trials: 1,
    workers: 1,
  },
  { type: "candidates_added", candidates: [{ config: "c1", values: { units: 8 } }] },
  {
    type: "trial_ended",
    config: "c1",
    fold: "Fold1",
    status: "done",
    metrics: [{ ".metric": "accuracy", ".estimator": "multiclass", ".estimate": 0.731 }],
    notes: [],
    seconds: 1,
    history: [],
  },
];
const tuned = { tuned: { run: "t1", config: "c1", values: { units: 8 } } };
const accuracy = { ".metric": "accuracy", ".estimator": "multiclass", ".estimate": 0.742, set: "test" };
const related = (folder: string, kind: "fit" | "tuning") => relatedRuns({ folder, file: FILE, kind });

test("a tuning and the fit of its best candidate lead to each other", () => {
  const tuning = write("t1", { kind: "tuning" }, tuningEvents);
  const fit = write("f1", tuned, [], [accuracy]);
  write("f2", {}, [], [accuracy]);
  expect(related(fit, "fit")).toEqual([{ run: "t1", words: "Tuning: accuracy 0.731 · 1 candidate" }]);
  expect(related(tuning, "tuning")).toEqual([{ run: "f1", words: "Fit: test accuracy 0.742" }]);
});

test("tunings of one workflow set lead to each other, by the workflow's name", () => {
  const first = write("t1", { kind: "tuning", tuning: { index: 0, workflow_id: "small" } }, tuningEvents);
  write("t2", { kind: "tuning", tuning: { index: 1, workflow_id: "large" } }, tuningEvents);
  write("t3", { kind: "tuning", pid: 2 }, tuningEvents);
  expect(related(first, "tuning")).toEqual([
    { run: "t2", words: "Tuning large: accuracy 0.731 · 1 candidate" },
  ]);
});

test("a fit of its own, a tuning that was thrown away, and a run without a folder have none", () => {
  expect(related(write("f1", {}), "fit")).toEqual([]);
  expect(related(write("f2", { tuned: { ...tuned.tuned, run: "gone" } }), "fit")).toEqual([]);
  expect(relatedRuns({ folder: undefined, file: FILE, kind: "fit" })).toEqual([]);
});

test("a record that names a folder elsewhere leads nowhere", () => {
  write("t1", { kind: "tuning" }, tuningEvents);
  const fit = write("f1", { tuned: { ...tuned.tuned, run: "../../t1" } });
  expect(related(fit, "fit")).toEqual([{ run: "t1", words: "Tuning: accuracy 0.731 · 1 candidate" }]);
  expect(related(write("f2", { tuned: { ...tuned.tuned, run: "../elsewhere" } }), "fit")).toEqual([]);
});
