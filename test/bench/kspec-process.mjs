/** KSpec as people run it: whole processes of its command line, timed from outside, and what their RunEvents say. */
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";

const root = path.join(import.meta.dirname, "../..");
/** A copy of the bundles, so that nobody builds others while they are measured. */
const bundles = path.join(root, ".tmp/bench", String(process.pid));
let copied = false;

function commandLine() {
  if (!copied) {
    cpSync(path.join(root, "dist"), bundles, { recursive: true, filter: (file) => !file.endsWith(".map") });
    process.on("exit", () => rmSync(bundles, { recursive: true, force: true }));
    copied = true;
  }
  return path.join(bundles, "cli.js");
}

/** A folder for the benchmark's specs, runs and caches; gone when the process ends. */
export function scratchFolder() {
  const folder = mkdtempSync(path.join(os.tmpdir(), "kspec-bench-"));
  process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/**
 * Runs a command of KSpec's.
 *
 * @param {string[]} args as after `kspec`
 * @param {Record<string, string>} env beside the process's own
 * @returns {{ seconds: number, peakMB: number, cpuSeconds: number, stdout: string }}
 */
export function kspec(args, env = {}) {
  const usage = path.join(os.tmpdir(), `kspec-usage-${process.pid}.json`);
  const began = performance.now();
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ["--require", path.join(import.meta.dirname, "usage.cjs"), commandLine(), ...args],
    { encoding: "utf8", maxBuffer: 2 ** 28, env: { ...process.env, ...env, KSPEC_BENCH_USAGE: usage } },
  );
  const seconds = (performance.now() - began) / 1000;
  if (status !== 0) throw new Error(`kspec ${args.join(" ")} ended with ${status}:\n${stderr}`);
  const used = JSON.parse(readFileSync(usage, "utf8"));
  rmSync(usage);
  return { seconds, stdout, ...used };
}

/**
 * Fits a spec.
 *
 * @param {{ text: string, folder: string, seed: number, env?: Record<string, string> }} job `text` is written into `folder`, where
 *   its runs go too
 * @returns what `kspec` does, and `phases` (seconds by name), `accuracy` (of the test rows) and `events`
 */
export function fit({ text, folder, seed, env = {} }) {
  mkdirSync(folder, { recursive: true });
  const file = path.join(folder, "bench.kspec.ts");
  writeFileSync(file, text);
  const runs = path.join(folder, "runs");
  const done = kspec(["fit", file, "--seed", String(seed), "--runs", runs, "--json"], env);
  // A benchmark makes many runs, and each holds a whole model.
  rmSync(runs, { recursive: true, force: true });
  const events = done.stdout
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line));
  return { ...done, events, phases: phasesOf(events), accuracy: accuracyOf(events) };
}

/**
 * Tunes what a spec exports.
 *
 * @param {{ text: string, folder: string, seed: number, workers: number, env?: Record<string, string> }} job as for `fit`
 * @returns what `kspec` does, and `events`, and `trialSeconds` from the first trial's beginning to the last one's end. `peakMB` and
 *   `cpuSeconds` are those of the process that is started and of all that it starts.
 */
export function tune({ text, folder, seed, workers, env = {} }) {
  mkdirSync(folder, { recursive: true });
  const file = path.join(folder, "bench.kspec.ts");
  writeFileSync(file, text);
  const runs = path.join(folder, "runs");
  const args = ["tune", file, "--seed", seed, "--workers", workers, "--runs", runs, "--json"];
  const done = kspec(args.map(String), env);
  rmSync(runs, { recursive: true, force: true });
  const events = done.stdout
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line));
  const failed = events.find(({ type, status }) => type === "trial_ended" && status !== "done");
  if (failed !== undefined) throw new Error(`A trial failed: ${JSON.stringify(failed.notes)}`);
  const times = (type) => events.filter((event) => event.type === type).map(({ time }) => Date.parse(time));
  const trialSeconds = (Math.max(...times("trial_ended")) - Math.min(...times("trial_started"))) / 1000;
  return { ...done, events, trialSeconds, trials: times("trial_ended").length };
}

function phasesOf(events) {
  const phases = {};
  const marks = events.filter(({ type }) => type === "phase_started" || type === "run_ended");
  for (const [i, { phase, time }] of marks.entries())
    if (phase !== undefined && i + 1 < marks.length)
      phases[phase] = (phases[phase] ?? 0) + (Date.parse(marks[i + 1].time) - Date.parse(time)) / 1000;
  return phases;
}

function accuracyOf(events) {
  const rows = events
    .filter(({ type }) => type === "metrics")
    .flatMap(({ metrics, set }) => metrics.map((row) => ({ set, ...row })));
  const row = rows.find((one) => one.set === "test" && one[".metric"] === "accuracy");
  return row?.[".estimate"];
}
