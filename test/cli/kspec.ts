import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { randomUUID } from "node:crypto";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { onTestFinished } from "vitest";
import type { RunEvent } from "../../src/protocol/index.ts";

const root = path.join(import.meta.dirname, "../..");

/** The path of a bundle, newer than its sources. Set KSPEC_TEST_DIST to take one that was built elsewhere. */
export function bundle(name: "cli.js" | "worker.js"): string {
  const elsewhere = process.env["KSPEC_TEST_DIST"];
  if (elsewhere) return path.join(elsewhere, name);
  buildOnce();
  return path.join(root, "dist", name);
}

let built = false;
/** Test files run side by side, and one build is enough: whoever makes the lock builds, the others wait. */
function buildOnce(): void {
  if (built) return;
  const lock = path.join(root, "node_modules/.cache/kspec-test-build.lock");
  fs.mkdirSync(path.dirname(lock), { recursive: true });
  for (let waited = 0; ; waited++) {
    try {
      fs.mkdirSync(lock);
      break;
    } catch {
      // A test that was killed while it built leaves its lock behind.
      if (waited > 600) fs.rmSync(lock, { recursive: true, force: true });
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200);
    }
  }
  try {
    const script = "import { ensureBuilt } from './scripts/bootstrap/install.mjs'; ensureBuilt();";
    execFileSync(process.execPath, ["--input-type=module", "-e", script], { cwd: root, stdio: "pipe" });
    built = true;
  } finally {
    fs.rmSync(lock, { recursive: true, force: true });
  }
}

/** A project of its own with the fixture specs in it; runs go to its `.kspec/runs`. */
export function project(...fixtures: string[]): string {
  const folder = path.join(fs.realpathSync(os.tmpdir()), `kspec-test-${randomUUID()}`);
  fs.mkdirSync(folder);
  fs.writeFileSync(path.join(folder, "package.json"), "{}");
  for (const name of fixtures)
    fs.copyFileSync(path.join(root, "test/fixtures/specs", name), path.join(folder, name));
  onTestFinished(() => fs.rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));
  return folder;
}

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A `kspec` that was started: its process, what it printed so far, and its end. */
export interface Started {
  readonly child: ChildProcess;
  readonly printed: { stdout: string; stderr: string };
  readonly ended: Promise<Ended>;
}

export function start(args: readonly string[], cwd: string, env: Record<string, string> = {}): Started {
  const child = spawn(process.execPath, [bundle("cli.js"), ...args], {
    cwd,
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const printed = { stdout: "", stderr: "" };
  child.stdout.setEncoding("utf8").on("data", (text: string) => (printed.stdout += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (printed.stderr += text));
  const ended = new Promise<Ended>((resolve) =>
    child.once("close", (code, signal) => resolve({ code, signal, ...printed })),
  );
  onTestFinished(() => void (child.exitCode === null && child.kill("SIGKILL")));
  return { child, printed, ended };
}

/** Runs `kspec` to its end. */
export function kspec(args: readonly string[], cwd: string, env?: Record<string, string>): Promise<Ended> {
  return start(args, cwd, env).ended;
}

/** The objects of `--json`: every line must be one. */
export function jsonLines<T = RunEvent>(stdout: string): T[] {
  return stdout
    .split("\n")
    .slice(0, -1)
    .map((line) => JSON.parse(line) as T);
}

/** The runs of a project, oldest first. */
export function runsOf(folder: string): string[] {
  const runs = path.join(folder, ".kspec/runs");
  if (!fs.existsSync(runs)) return [];
  return fs
    .readdirSync(runs)
    .sort()
    .map((name) => path.join(runs, name));
}
