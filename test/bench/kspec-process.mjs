/** KSpec as people run it: whole processes of its command line, timed from outside, and what their RunEvents say. */
import { spawn, spawnSync } from "node:child_process";
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
 * @param {{ text: string, folder: string, seed: number, workers: number, more?: string[], env?: Record<string, string> }} job as for
 *   `fit`; `more` options of `kspec tune`
 * @returns `seconds`, `events`, `trials`, `trialSeconds` from the first trial's beginning to the last one's end, and of the process and all
 *   that it starts together `peakMB` and `cpuSeconds`, by `ps` (NaN and 0 on Windows; pages that they share count several times, and each
 *   process's seconds are whole ones)
 */
export async function tune({ text, folder, seed, workers, more = [], env = {} }) {
  mkdirSync(folder, { recursive: true });
  const file = path.join(folder, "bench.kspec.ts");
  writeFileSync(file, text);
  const runs = path.join(folder, "runs");
  const args = ["tune", file, "--seed", seed, "--workers", workers, "--runs", runs, "--json", ...more].map(
    String,
  );
  const began = performance.now();
  const child = spawn(process.execPath, [commandLine(), ...args], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, ...env },
  });
  let [stdout, stderr] = ["", ""];
  child.stdout.setEncoding("utf8").on("data", (some) => (stdout += some));
  child.stderr.setEncoding("utf8").on("data", (some) => (stderr += some));
  let peakMB = NaN;
  const cpu = new Map();
  const sampling = setInterval(() => {
    const family = familyOf(child.pid);
    const now = family.reduce((sum, { rss }) => sum + rss, 0) / 1024;
    if (!(now < peakMB)) peakMB = now;
    for (const { own, seconds: used } of family) cpu.set(own, used);
  }, 250);
  const status = await new Promise((resolve) => child.on("close", resolve));
  clearInterval(sampling);
  const seconds = (performance.now() - began) / 1000;
  if (status !== 0) throw new Error(`kspec ${args.join(" ")} ended with ${status}:\n${stderr}`);
  rmSync(runs, { recursive: true, force: true });
  const events = stdout
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line));
  const failed = events.find(({ type, status }) => type === "trial_ended" && status !== "done");
  if (failed !== undefined) throw new Error(`A trial failed: ${JSON.stringify(failed.notes)}`);
  const times = (type) => events.filter((event) => event.type === type).map(({ time }) => Date.parse(time));
  const trialSeconds = (Math.max(...times("trial_ended")) - Math.min(...times("trial_started"))) / 1000;
  const cpuSeconds = [...cpu.values()].reduce((sum, used) => sum + used, 0);
  return { seconds, peakMB, cpuSeconds, events, trialSeconds, trials: times("trial_ended").length };
}

/** A process and all below it: KB of memory, whole seconds of a processor. None where there is no `ps`. */
function familyOf(pid) {
  const { status, stdout } = spawnSync("ps", ["-A", "-o", "pid=,ppid=,rss=,time="], { encoding: "utf8" });
  if (status !== 0) return [];
  const all = stdout
    .trim()
    .split("\n")
    .map((line) => {
      const [own, parent, rss, time] = line.trim().split(/\s+/);
      // [[days-]hours:]minutes:seconds
      const seconds = time.split(/[-:]/).reduce((sum, part) => 60 * sum + Number(part), 0);
      return { own: Number(own), parent: Number(parent), rss: Number(rss), seconds };
    });
  const family = new Set([pid]);
  // Children have higher numbers mostly; a second pass finds the others.
  for (let pass = 0; pass < 3; pass++)
    for (const { own, parent } of all) if (family.has(parent)) family.add(own);
  return all.filter(({ own }) => family.has(own));
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
