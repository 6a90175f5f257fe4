// A worker that does what its spec's file name says; the real one is tested in test/worker.
import { fork } from "node:child_process";
import { writeSync } from "node:fs";
import path from "node:path";

const folder = process.cwd();
const stamp = { run: "r1", time: "2026-11-24T14:02:03.000Z" };
const send = (message) => process.send?.(message);
const event = (event) => send({ type: "event", event: { ...event, ...stamp } });
const started = () =>
  event({
    type: "run_started",
    version: 1,
    spec: { file: path.join(folder, "x.kspec.ts"), workflow: "default", model: "digits_transfer" },
    mode: "classification",
    arguments: {},
    seed: 7,
    backend: { name: "wasm", reason: "scripted" },
    versions: {},
    folder,
    epochs: 5,
  });
const epoch = (number) =>
  event({ type: "epoch_end", epoch: number, epochs: 5, logs: { loss: 1 / number, accuracy: 0.9 } });
const ended = (status) => event({ type: "run_ended", status, folder, seconds: 1 });

function fit({ file }) {
  const what = path.basename(file, ".kspec.ts");
  if (what === "works") {
    started();
    epoch(1);
    ended("done");
    send({ type: "finished" });
    process.disconnect();
  }
  if (what === "refused")
    send({
      type: "refused",
      message: "The spec has an error.",
      problems: [
        { type: "problem", severity: "error", code: "cycle", message: "Blocks a and b read each other." },
      ],
    });
  if (what === "refused") send({ type: "finished" });
  if (what === "crashes") {
    started();
    epoch(1);
    epoch(2);
    writeSync(2, "first line\nout of memory\n");
    process.exit(134);
  }
  if (what === "loops") for (;;);
  if (what === "stops-when-asked" || what === "never-stops") started();
  if (what === "environment") send({ type: "log", line: JSON.stringify(process.env) });
  if (what === "environment") send({ type: "finished" });
}

const inRun = (run, event) => send({ type: "event", event: { ...event, ...stamp, run } });
const begins = (run, kind, more = {}) =>
  inRun(run, {
    type: "run_started",
    version: 1,
    ...(kind === "tuning" ? { kind } : {}),
    spec: { file: path.join(folder, "x.kspec.ts"), workflow: "final", model: "digits_transfer" },
    mode: "classification",
    arguments: {},
    seed: 7,
    backend: { name: "wasm", reason: "scripted" },
    versions: {},
    folder: path.join(folder, run),
    epochs: 5,
    ...more,
  });

/** A tuning of one candidate on two folds, up to its first trial. */
function tuning(run) {
  begins(run, "tuning");
  inRun(run, {
    type: "tuning_started",
    method: "tune_grid",
    parameters: [],
    metrics: [{ name: "accuracy", direction: "maximize" }],
    resampling: "2-fold cross-validation",
    folds: [
      { id: "Fold1", analysis: 1, assessment: 1 },
      { id: "Fold2", analysis: 1, assessment: 1 },
    ],
    candidates: 1,
    trials: 2,
    workers: 1,
  });
  inRun(run, { type: "candidates_added", candidates: [{ config: "c1", values: { dense_units: 64 } }] });
  trial(run, "Fold1");
}
const trial = (run, fold) =>
  inRun(run, {
    type: "trial_ended",
    config: "c1",
    fold,
    status: "done",
    metrics: [{ ".metric": "accuracy", ".estimator": "multiclass", ".estimate": 0.9 }],
    notes: [],
    seconds: 1,
    history: [],
  });
const ends = (run, status) =>
  inRun(run, { type: "run_ended", status, folder: path.join(folder, run), seconds: 1 });

function tune({ export: what }) {
  tuning("t1");
  if (what === "never stops") {
    // As the process that tries trials does, which a person's spec may hold in a loop.
    const child = fork(process.argv[1], [], { env: { ...process.env, SCRIPTED: "loops" } });
    send({ type: "log", line: String(child.pid) });
    return;
  }
  if (what === "crashes") {
    writeSync(2, "out of memory\n");
    process.exit(134);
  }
  trial("t1", "Fold2");
  ends("t1", "done");
  if (what === "refuses the fit") {
    send({ type: "refused", message: "The test rows are gone.", problems: [] });
    send({ type: "finished" });
    return;
  }
  begins("f1", "fit", { tuned: { run: "t1", config: "c1", values: { dense_units: 64 } } });
  if (what === "crashes in the fit") process.exit(134);
  if (what === "then fits for long") return;
  ends("f1", "done");
  send({ type: "finished" });
  process.disconnect();
}

function resume({ folder }) {
  if (process.env.SCRIPTED === "refuses") {
    send({ type: "refused", message: "The data have changed.", problems: [] });
    send({ type: "finished" });
    return;
  }
  event({ type: "resumed", epoch: 1, epochs: 5, backend: { name: "wasm", reason: "scripted" }, folder });
  epoch(2);
  ended("done");
  send({ type: "finished" });
  process.disconnect();
}

let what = "";
process.on("message", (message) => {
  if (message.type === "fit") {
    what = path.basename(message.file, ".kspec.ts");
    fit(message);
  }
  if (message.type === "resume") resume(message);
  if (message.type === "tune") tune(message);
  if (message.type === "cancel" && process.env.SCRIPTED === "stops when asked") {
    ends("f1", "cancelled");
    send({ type: "finished" });
    process.exit(0);
  }
  if (message.type === "cancel" && what === "stops-when-asked") {
    epoch(3);
    ended("cancelled");
    send({ type: "finished" });
    process.exit(0);
  }
});
if (process.env.SCRIPTED === "loops") for (;;);
if (process.env.SCRIPTED === "dies at start") {
  writeSync(2, "Error: Cannot find module sharp\n");
  process.exit(1);
}
if (process.env.SCRIPTED !== "says nothing") send({ type: "ready", pid: process.pid, version: "0.1.0" });
