import { spawn } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it, vi } from "vitest";
import { reduceAll, type RunEvent } from "../../src/protocol/index.ts";
import {
  createRun,
  findRun,
  followRun,
  isAlive,
  lastFinishedRun,
  listRuns,
  readRun,
  requestCancel,
  RUN_EVENT_TYPES,
  runsFolderFor,
  type UnstampedEvent,
} from "../../src/runs/index.ts";
import { ASKED, startedEvent, temporaryFolder } from "./asked.ts";

const epoch = (number: number): UnstampedEvent => ({
  type: "epoch_end",
  epoch: number,
  epochs: 2,
  logs: { loss: 1 / number },
});
const ended = (folder: string): UnstampedEvent => ({
  type: "run_ended",
  status: "done",
  folder,
  seconds: 1.5,
});

function newRun(runs: string) {
  const run = createRun(runs, "cats", ASKED);
  const say = (event: UnstampedEvent) => run.append(run.stamp(event));
  say(startedEvent(run.folder));
  return { run, say };
}

describe("where runs are kept", () => {
  it("is .kspec/runs of the nearest folder with a marker, at or above the spec", () => {
    const root = temporaryFolder();
    const deep = path.join(root, "project", "models", "old");
    fs.mkdirSync(deep, { recursive: true });
    fs.writeFileSync(path.join(root, "project", "package.json"), "{}");
    expect(runsFolderFor(path.join(deep, "a.kspec.ts"))).toBe(path.join(root, "project", ".kspec", "runs"));
    fs.mkdirSync(path.join(root, "project", "models", ".git"));
    expect(runsFolderFor(path.join(deep, "a.kspec.ts"))).toBe(
      path.join(root, "project", "models", ".kspec", "runs"),
    );
  });

  it("is never above the open workspace folder: else the spec's own folder", () => {
    const root = temporaryFolder();
    const deep = path.join(root, "workspace", "models");
    fs.mkdirSync(deep, { recursive: true });
    fs.writeFileSync(path.join(root, "package.json"), "{}");
    const spec = path.join(deep, "a.kspec.ts");
    expect(runsFolderFor(spec, { workspace: path.join(root, "workspace") })).toBe(
      path.join(deep, ".kspec", "runs"),
    );
    fs.mkdirSync(path.join(root, "workspace", ".kspec"));
    expect(runsFolderFor(spec, { workspace: path.join(root, "workspace") })).toBe(
      path.join(root, "workspace", ".kspec", "runs"),
    );
  });

  it("is what was asked for, when something was: relative to the workspace, or absolute", () => {
    expect(runsFolderFor("/a/b.kspec.ts", { workspace: "/a", override: "out" })).toBe(path.resolve("/a/out"));
    expect(runsFolderFor("/a/b.kspec.ts", { workspace: "/a", override: "/x" })).toBe(path.resolve("/x"));
  });
});

describe("a run's folder", () => {
  it("has a name that sorts and can be read, and never meets another", () => {
    const runs = temporaryFolder();
    const two = [createRun(runs, "my model / v2", ASKED), createRun(runs, "my model / v2", ASKED)];
    for (const run of two) {
      expect(run.id).toMatch(/^\d{4}-\d\d-\d\d-\d{6}-my-model-v2-[0-9a-z]{2}$/);
      run.close();
    }
    expect(new Set(two.map((run) => run.id)).size).toBe(2);
  });

  it("keeps itself out of git", () => {
    const { run } = newRun(temporaryFolder());
    run.close();
    expect(fs.readFileSync(path.join(run.folder, ".gitignore"), "utf8")).toBe("*\n");
  });

  it("gives back the events that were written, and the same state from them", () => {
    const { run, say } = newRun(temporaryFolder());
    say({ type: "phase_started", phase: "fit" });
    say(epoch(1));
    say(epoch(2));
    say(ended(run.folder));
    run.close();
    const read = readRun(run.folder);
    expect(read.status).toBe("done");
    expect(read.notes).toEqual([]);
    expect(read.record).toMatchObject({ run: run.id, seed: 7, pid: process.pid });
    expect(read.events.map((event) => event.type)).toEqual([
      "run_started",
      "phase_started",
      "epoch_end",
      "epoch_end",
      "run_ended",
    ]);
    expect(reduceAll(read.events).epochs).toHaveLength(2);
    expect(fs.readdirSync(run.folder).sort()).toEqual([".gitignore", "events.jsonl", "run.json"]);
  });

  it("has metrics.json with yardstick's keys in yardstick's order", () => {
    const { run } = newRun(temporaryFolder());
    run.writeMetrics([
      { set: "test", ".estimate": 0.944, ".estimator": "multiclass", ".metric": "accuracy" },
    ]);
    run.close();
    expect(fs.readFileSync(path.join(run.folder, "metrics.json"), "utf8").replace(/\s/g, "")).toBe(
      '[{".metric":"accuracy",".estimator":"multiclass",".estimate":0.944,"set":"test"}]',
    );
  });

  it("can be read when its last line is cut off", () => {
    const { run, say } = newRun(temporaryFolder());
    say(epoch(1));
    say(epoch(2));
    run.close();
    const file = path.join(run.folder, "events.jsonl");
    fs.truncateSync(file, fs.statSync(file).size - 20);
    const read = readRun(run.folder);
    expect(read.events).toHaveLength(2);
    expect(read.status).toBe("lost");
    expect(read.notes).toEqual([expect.stringContaining("The last line of events.jsonl is cut off")]);
  });

  it("can be read when it was made by a newer KSpec, or spoilt", () => {
    const { run, say } = newRun(temporaryFolder());
    fs.appendFileSync(path.join(run.folder, "events.jsonl"), '{"type":"dream","time":"2030"}\nnot json\n');
    say(ended(run.folder));
    run.close();
    const read = readRun(run.folder);
    expect(read.events.map((event) => event.type)).toEqual(["run_started", "run_ended"]);
    expect(read.notes).toEqual([
      "1 line of events.jsonl cannot be read.",
      '1 event of the unknown type "dream" left out: a newer KSpec wrote this run.',
    ]);
  });

  it("is no error to read when it is no run at all", () => {
    expect(readRun(path.join(temporaryFolder(), "nothing"))).toMatchObject({
      record: null,
      status: "lost",
      events: [],
    });
  });
});

describe("following a run", () => {
  it("hands over events as they come, from where reading stopped, until the end", async () => {
    const { run, say } = newRun(temporaryFolder());
    const { offset } = readRun(run.folder);
    const seen: RunEvent[] = [];
    const following = followRun(run.folder, (events) => seen.push(...events), { offset, every: 10 });
    say(epoch(1));
    await vi.waitFor(() => expect(seen).toHaveLength(1));
    say(epoch(2));
    say(ended(run.folder));
    expect(await following).toBe("ended");
    expect(seen.map((event) => event.type)).toEqual(["epoch_end", "epoch_end", "run_ended"]);
    run.close();
  });

  it("waits for the end of a line that is half written", async () => {
    const { run } = newRun(temporaryFolder());
    const seen: RunEvent[] = [];
    const stop = new AbortController();
    const following = followRun(run.folder, (events) => seen.push(...events), {
      every: 10,
      signal: stop.signal,
    });
    const line = JSON.stringify(run.stamp({ ...epoch(1) })) + "\n";
    fs.appendFileSync(path.join(run.folder, "events.jsonl"), line.slice(0, 30));
    await sleep(60);
    expect(seen).toHaveLength(1);
    fs.appendFileSync(path.join(run.folder, "events.jsonl"), line.slice(30));
    await vi.waitFor(() => expect(seen).toHaveLength(2));
    stop.abort();
    expect(await following).toBe("stopped");
    run.close();
  });

  it("says that a run is lost when its process was killed", async () => {
    const { run } = newRun(temporaryFolder());
    const child = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"]);
    const record = JSON.parse(fs.readFileSync(path.join(run.folder, "run.json"), "utf8")) as object;
    fs.writeFileSync(path.join(run.folder, "run.json"), JSON.stringify({ ...record, pid: child.pid }));
    expect(isAlive(run.folder)).toBe(true);
    const following = followRun(run.folder, () => undefined, { every: 10 });
    child.kill("SIGKILL");
    expect(await following).toBe("lost");
    expect(isAlive(run.folder)).toBe(false);
    expect(readRun(run.folder).status).toBe("lost");
    run.close();
  });
});

describe("the heartbeat and the cancel file", () => {
  it("beats while the main thread computes", async () => {
    const { run } = newRun(temporaryFolder());
    const alive = path.join(run.folder, "alive");
    await sleep(300);
    const old = new Date(Date.now() - 60_000);
    fs.utimesSync(alive, old, old);
    expect(isAlive(run.folder)).toBe(false);
    const until = Date.now() + 2500;
    while (Date.now() < until);
    expect(isAlive(run.folder)).toBe(true);
    run.close();
    expect(isAlive(run.folder)).toBe(false);
  });

  it("reaches the process that runs it within a second", async () => {
    const { run } = newRun(temporaryFolder());
    expect(run.cancelled.aborted).toBe(false);
    requestCancel(run.folder);
    const from = Date.now();
    await vi.waitFor(() => expect(run.cancelled.aborted).toBe(true), { timeout: 2000, interval: 20 });
    expect(Date.now() - from).toBeLessThan(1000);
    run.close();
  });

  it("judges a run of another machine by its heartbeat alone", () => {
    const { run } = newRun(temporaryFolder());
    const record = JSON.parse(fs.readFileSync(path.join(run.folder, "run.json"), "utf8")) as object;
    fs.writeFileSync(
      path.join(run.folder, "run.json"),
      JSON.stringify({ ...record, host: "elsewhere", pid: 1 << 22 }),
    );
    expect(isAlive(run.folder)).toBe(true);
    run.close();
  });
});

describe("listing and finding", () => {
  it("lists newest first, with status and metrics, and passes over what is no run", () => {
    const runs = temporaryFolder();
    const first = newRun(runs);
    first.run.writeMetrics([
      { ".metric": "accuracy", ".estimator": "multiclass", ".estimate": 0.9, set: "test" },
    ]);
    first.say(ended(first.run.folder));
    first.run.close();
    const second = newRun(runs);
    fs.mkdirSync(path.join(runs, "notes"));
    fs.writeFileSync(path.join(runs, "readme.txt"), "");
    const rows = listRuns(runs);
    expect(rows.map((row) => [row.run, row.status, row.seconds])).toEqual(
      [
        [second.run.id, "running", null],
        [first.run.id, "done", 1.5],
      ].sort((a, b) => (rows[0]!.run === a[0] ? -1 : rows[0]!.run === b[0] ? 1 : 0)),
    );
    expect(lastFinishedRun(runs, ASKED.spec.file, "default")?.metrics[0]?.[".estimate"]).toBe(0.9);
    expect(lastFinishedRun(runs, ASKED.spec.file, "other")).toBeUndefined();
    second.run.close();
  });

  it("finds a run by path, id, beginning and `last`, and says which there are when it cannot", async () => {
    const runs = temporaryFolder();
    expect(() => findRun("last", runs)).toThrow("Fit a model first: kspec fit FILE");
    const first = newRun(runs).run;
    await sleep(5);
    const second = newRun(runs).run;
    expect(findRun(first.folder, runs)).toBe(first.folder);
    expect(findRun(first.id, runs)).toBe(first.folder);
    expect(findRun("last", runs)).toBe(second.folder);
    expect(() => findRun("2001", runs)).toThrow(`"2001" is no run in ${runs}`);
    expect(() => findRun(first.id.slice(0, 4), runs)).toThrow(/Several runs begin with/);
    first.close();
    second.close();
  });
});

describe("a folder that cannot be written to", () => {
  it("is named with the remedy when the disk is full, and what was written before can be read", () => {
    const { run, say } = newRun(temporaryFolder());
    say(epoch(1));
    const write = vi.spyOn(fs, "writeSync").mockImplementation(() => {
      // Half of the line still fits, as on a real disk.
      fs.appendFileSync(path.join(run.folder, "events.jsonl"), '{"type":"epo');
      throw Object.assign(new Error("ENOSPC"), { code: "ENOSPC" });
    });
    expect(() => say(epoch(2))).toThrow(
      `The disk is full: nothing more can be written to ${run.folder}. Free some space, or`,
    );
    write.mockRestore();
    say(ended(run.folder));
    run.close();
    const read = readRun(run.folder);
    expect(read.events.map((event) => event.type)).toEqual(["run_started", "epoch_end", "run_ended"]);
    expect(read.notes).toEqual([]);
  });

  it("is named when it is a file, or in a file", () => {
    const file = path.join(temporaryFolder(), "runs");
    fs.writeFileSync(file, "");
    expect(() => createRun(file, "cats", ASKED)).toThrow(/cannot be a folder/);
    expect(() => createRun(path.join(file, "deeper"), "cats", ASKED)).toThrow(/cannot be a folder/);
  });

  // Root may write anywhere, so the permission test says nothing for it.
  it.skipIf(process.platform === "win32" || os.userInfo().uid === 0)("is named when it is read-only", () => {
    const runs = temporaryFolder();
    fs.chmodSync(runs, 0o555);
    expect(() => createRun(runs, "cats", ASKED)).toThrow(`${runs} cannot be written to: permission denied`);
  });

  it("leaves the old file whole when a new one does not fit", () => {
    const { run } = newRun(temporaryFolder());
    run.write("metrics.json", "[1]");
    const sync = vi.spyOn(fs, "fsyncSync").mockImplementation(() => {
      throw Object.assign(new Error("ENOSPC"), { code: "ENOSPC" });
    });
    expect(() => run.write("metrics.json", "[1, 2]")).toThrow("The disk is full");
    sync.mockRestore();
    expect(fs.readFileSync(path.join(run.folder, "metrics.json"), "utf8")).toBe("[1]");
    expect(fs.readdirSync(run.folder).filter((name) => name.endsWith(".part"))).toEqual([]);
    run.close();
  });
});

it("knows every type of event", () => {
  expect(RUN_EVENT_TYPES).toHaveLength(16);
});
