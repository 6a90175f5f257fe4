import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { RunEvent } from "../../src/protocol/index.ts";
import { WorkerProcess, workerEnvironment, type WorkerOptions } from "../../src/host/worker-process.ts";

let folder: string;
beforeAll(() => (folder = mkdtempSync(path.join(os.tmpdir(), "kspec-worker-"))));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const script = fileURLToPath(new URL("workers/scripted.mjs", import.meta.url));

/** Starts the scripted worker on a spec that is named for what shall happen. */
function start(what: string, options: Partial<WorkerOptions> = {}) {
  const events: RunEvent[] = [];
  const lines: string[] = [];
  const worker = new WorkerProcess(
    { type: "fit", file: path.join(folder, `${what}.kspec.ts`) },
    { event: (event) => events.push(event), log: (line) => lines.push(line) },
    { script, logFile: path.join(folder, "logs", `${what}.log`), ...options },
  );
  const seen = async (type: RunEvent["type"]) => {
    while (!events.some((event) => event.type === type))
      await new Promise((resolve) => setTimeout(resolve, 10));
  };
  return { worker, events, lines, seen };
}

const gone = (pid: number | undefined) => {
  try {
    process.kill(pid!, 0);
    return false;
  } catch {
    return true;
  }
};

describe("a worker process", () => {
  test("hands over events in order and ends as finished", async () => {
    const { worker, events } = start("works");
    expect(await worker.ended).toEqual({ how: "finished" });
    expect(events.map(({ type }) => type)).toEqual(["run_started", "epoch_end", "run_ended"]);
  });

  test("says why a spec was refused", async () => {
    const { worker } = start("refused");
    expect(await worker.ended).toMatchObject({
      how: "refused",
      message: "The spec has an error.",
      problems: [{ code: "cycle" }],
    });
  });

  test("reports a crash with exit code and the last lines of stderr", async () => {
    const { worker, events } = start("crashes");
    expect(await worker.ended).toEqual({
      how: "crashed",
      code: 134,
      signal: null,
      lastLines: ["first line", "out of memory"],
    });
    // Messages that were on their way when it died are not lost.
    expect(events.filter(({ type }) => type === "epoch_end")).toHaveLength(2);
  });

  test("reports a kill from outside with its signal", async () => {
    const { worker, seen } = start("never-stops");
    await seen("run_started");
    process.kill(worker.pid!, "SIGKILL");
    expect(await worker.ended).toMatchObject({ how: "crashed", code: null, signal: "SIGKILL" });
  });

  test("stops by itself when it is asked to, and keeps what it had", async () => {
    const { worker, events, seen } = start("stops-when-asked");
    await seen("run_started");
    worker.cancel();
    expect(await worker.ended).toEqual({ how: "finished" });
    expect(events.at(-1)).toMatchObject({ type: "run_ended", status: "cancelled" });
  });

  test("is ended when it does not stop by itself", async () => {
    const { worker, seen } = start("never-stops", { killAfter: 200 });
    await seen("run_started");
    worker.cancel();
    expect(await worker.ended).toEqual({ how: "killed" });
    expect(gone(worker.pid)).toBe(true);
  });

  test("is ended sooner while the spec still loads: a loop in it never ends by itself", async () => {
    const { worker, events } = start("loops", { killAfter: 60_000, killLoadingAfter: 300 });
    await new Promise((resolve) => setTimeout(resolve, 200));
    worker.cancel();
    expect(await worker.ended).toEqual({ how: "killed" });
    expect(events).toEqual([]);
    expect(gone(worker.pid)).toBe(true);
  });

  test("is given up when it never gets ready", async () => {
    const { worker } = start("works", { env: { SCRIPTED: "says nothing" }, readyWithin: 300 });
    expect(await worker.ended).toMatchObject({
      how: "not_started",
      reason: "It did not get ready within 0.3 s.",
    });
  });

  test("that dies before it is ready says so with its last words", async () => {
    const { worker } = start("dies", { env: { SCRIPTED: "dies at start" } });
    expect(await worker.ended).toEqual({
      how: "not_started",
      reason: "It ended with exit code 1.",
      lastLines: ["Error: Cannot find module sharp"],
    });
  });

  test("that is no file at all does not start", async () => {
    const { worker } = start("works", { script: path.join(folder, "missing.mjs") });
    expect(await worker.ended).toMatchObject({ how: "not_started" });
  });

  test("gets the settings, and not what was meant for the editor's own Node", async () => {
    const { worker, lines } = start("environment", { env: { KSPEC_MIRROR: "/mirror" } });
    await worker.ended;
    const env = JSON.parse(lines[0]!) as Record<string, string>;
    expect(env).toMatchObject({ KSPEC_MIRROR: "/mirror", ELECTRON_RUN_AS_NODE: "1" });
    const own = { NODE_OPTIONS: "--inspect", VSCODE_PID: "1", PATH: "/bin" };
    expect(workerEnvironment(own)).toEqual({ PATH: "/bin", ELECTRON_RUN_AS_NODE: "1" });
  });
});
