import { fork, type ChildProcess } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import type { FitRequest, FromWorker, ToWorker } from "../../src/protocol/index.ts";
import { followRun, isAlive, readRun } from "../../src/runs/index.ts";
import { bundle, project, runsOf } from "../cli/kspec.ts";

const FLOWERS = ["flowers.kspec.ts", "activation.ts", "flowers.csv"];
const SOON = { timeout: 30_000, interval: 20 };

/** A worker as the host starts it, with everything it says. */
class Worker {
  readonly said: FromWorker[] = [];
  readonly child: ChildProcess;
  readonly exited: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
  constructor(cwd: string) {
    this.child = fork(bundle("worker.js"), [], { cwd, execArgv: [], silent: true });
    this.child.on("message", (message) => this.said.push(message as FromWorker));
    this.exited = new Promise((resolve) =>
      this.child.once("exit", (code, signal) => resolve({ code, signal })),
    );
    onTestFinished(() => void this.child.kill("SIGKILL"));
  }
  send(message: ToWorker): void {
    this.child.send(message);
  }
  types(): string[] {
    return [
      ...new Set(this.said.map((message) => (message.type === "event" ? message.event.type : message.type))),
    ];
  }
  events() {
    return this.said.flatMap((message) => (message.type === "event" ? message.event : []));
  }
}

const fitOf = (folder: string, file: string): FitRequest => ({
  type: "fit",
  file: path.join(folder, file),
  seed: 1,
  workspace: folder,
});

describe("the worker", () => {
  it("says it is ready, fits, says every event that the run keeps, and ends by itself", async () => {
    const folder = project(...FLOWERS);
    const worker = new Worker(folder);
    await vi.waitFor(() => expect(worker.said).toHaveLength(1), SOON);
    expect(worker.said[0]).toEqual({
      type: "ready",
      pid: worker.child.pid,
      version: expect.stringMatching(/^\d+\./) as string,
    });
    worker.send(fitOf(folder, "flowers.kspec.ts"));
    expect(await worker.exited).toEqual({ code: 0, signal: null });
    expect(worker.said.at(-1)).toEqual({ type: "finished" });
    const read = readRun(runsOf(folder)[0]!);
    expect(worker.events()).toEqual(read.events);
    expect(read).toMatchObject({ status: "done", record: { pid: worker.child.pid } });
  });

  it("refuses a spec with errors, with their places, and makes no run", async () => {
    const folder = project("wrong.kspec.ts");
    const worker = new Worker(folder);
    await vi.waitFor(() => expect(worker.said).toHaveLength(1), SOON);
    worker.send(fitOf(folder, "wrong.kspec.ts"));
    await worker.exited;
    expect(worker.said.slice(1).filter(({ type }) => type !== "alive")).toEqual([
      {
        type: "refused",
        message: 'No block is named "inptu". Did you mean "input"?',
        problems: [
          {
            type: "problem",
            severity: "error",
            code: "unknown-upstream",
            message: 'No block is named "inptu". Did you mean "input"?',
            fix: 'Change to "input"',
            place: {
              file: path.join(folder, "wrong.kspec.ts"),
              range: { start: { line: 9, character: 35 }, end: { line: 9, character: 42 } },
            },
          },
        ],
      },
      { type: "finished" },
    ]);
    expect(runsOf(folder)).toEqual([]);
  });

  it("stops within a second when it is told to, and keeps the last finished epoch", async () => {
    const folder = project("long.kspec.ts", ...FLOWERS);
    const worker = new Worker(folder);
    await vi.waitFor(() => expect(worker.said).toHaveLength(1), SOON);
    worker.send(fitOf(folder, "long.kspec.ts"));
    await vi.waitFor(() => expect(worker.types()).toContain("epoch_end"), SOON);
    const from = Date.now();
    worker.send({ type: "cancel" });
    await vi.waitFor(() => expect(worker.types()).toContain("run_ended"), SOON);
    expect(Date.now() - from).toBeLessThan(1500);
    expect(worker.events().at(-1)).toMatchObject({
      status: "cancelled",
      kept: expect.stringMatching(/^The model of epoch \d+ is kept\.$/) as string,
    });
    expect(await worker.exited).toMatchObject({ code: 0 });
  });

  it("goes on when the host goes away, and the run's folder tells the rest", async () => {
    const folder = project("long.kspec.ts", ...FLOWERS);
    const worker = new Worker(folder);
    await vi.waitFor(() => expect(worker.said).toHaveLength(1), SOON);
    worker.send(fitOf(folder, "long.kspec.ts"));
    await vi.waitFor(() => expect(worker.types()).toContain("epoch_end"), SOON);
    worker.child.disconnect();
    const [run] = runsOf(folder);
    const before = readRun(run!);
    expect(before.status).toBe("running");
    let more = 0;
    const following = followRun(run!, (events) => (more += events.length), {
      offset: before.offset,
      every: 50,
    });
    await vi.waitFor(() => expect(more).toBeGreaterThan(3), SOON);
    expect(isAlive(run!)).toBe(true);
    // What another window does to stop it.
    fs.writeFileSync(path.join(run!, "cancel"), "");
    expect(await following).toBe("ended");
    expect(await worker.exited).toMatchObject({ code: 0 });
    expect(readRun(run!).status).toBe("cancelled");
  });

  it("tells what the spec prints as log lines", async () => {
    const folder = project(...FLOWERS);
    const spec = path.join(folder, "flowers.kspec.ts");
    fs.appendFileSync(spec, '\nconsole.log("hello from the spec");\n');
    const worker = new Worker(folder);
    await vi.waitFor(() => expect(worker.said).toHaveLength(1), SOON);
    worker.send(fitOf(folder, "flowers.kspec.ts"));
    await worker.exited;
    expect(worker.said).toContainEqual({ type: "log", line: "hello from the spec" });
  });

  it("ends a run as failed when something of the user's throws where nobody catches it", async () => {
    const folder = project("long.kspec.ts", ...FLOWERS);
    const spec = path.join(folder, "long.kspec.ts");
    fs.appendFileSync(spec, '\nsetTimeout(() => { throw new RangeError("too late"); }, 1500);\n');
    const worker = new Worker(folder);
    await vi.waitFor(() => expect(worker.said).toHaveLength(1), SOON);
    worker.send(fitOf(folder, "long.kspec.ts"));
    expect(await worker.exited).toMatchObject({ code: 0 });
    const lines = fs.readFileSync(spec, "utf8").split("\n");
    expect(worker.events().at(-1)).toMatchObject({
      type: "run_ended",
      status: "failed",
      error: {
        message: expect.stringContaining("too late") as string,
        place: {
          file: spec,
          range: { start: { line: lines.findIndex((line) => line.includes("too late")) } },
        },
      },
    });
  });

  it("is told lost from outside when it is killed", async () => {
    const folder = project("long.kspec.ts", ...FLOWERS);
    const worker = new Worker(folder);
    await vi.waitFor(() => expect(worker.said).toHaveLength(1), SOON);
    worker.send(fitOf(folder, "long.kspec.ts"));
    await vi.waitFor(() => expect(worker.types()).toContain("epoch_end"), SOON);
    const [run] = runsOf(folder);
    const following = followRun(run!, () => undefined, { every: 50 });
    worker.child.kill("SIGKILL");
    expect(await following).toBe("lost");
    expect(readRun(run!)).toMatchObject({ status: "lost" });
  });

  it("leaves when its host leaves before it asked for anything", async () => {
    const worker = new Worker(project());
    await vi.waitFor(() => expect(worker.said).toHaveLength(1), SOON);
    worker.child.disconnect();
    expect(await worker.exited).toEqual({ code: 0, signal: null });
  });
});
