import { spawnSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { reduceAll, type RunEvent } from "../../src/protocol/index.ts";
import {
  claimRun,
  createRun,
  followRun,
  isAlive,
  listRuns,
  readRecord,
  readRun,
  resumeRun,
  type RunWriter,
  type UnstampedEvent,
} from "../../src/runs/index.ts";
import { ASKED, startedEvent, temporaryFolder } from "./asked.ts";

const say = (run: RunWriter, event: UnstampedEvent) => run.append(run.stamp(event));
const epoch = (number: number): UnstampedEvent => ({
  type: "epoch_end",
  epoch: number,
  epochs: 4,
  logs: { loss: 1 / number },
});
const resumed = (folder: string, after: number): UnstampedEvent => ({
  type: "resumed",
  epoch: after,
  epochs: 4,
  backend: ASKED.backend,
  folder,
});
const ended = (folder: string, status: "done" | "cancelled"): UnstampedEvent => ({
  type: "run_ended",
  status,
  folder,
  seconds: 1,
});

/** A run that was stopped after two epochs. */
function stoppedRun(): string {
  const run = createRun(temporaryFolder(), "cats", ASKED);
  say(run, startedEvent(run.folder));
  for (const number of [1, 2]) say(run, epoch(number));
  say(run, ended(run.folder, "cancelled"));
  run.close();
  return run.folder;
}

function reopen(folder: string): RunWriter {
  return resumeRun(folder, readRecord(folder)!, claimRun(folder), {});
}

/** A process that is gone. */
const deadPid = () => spawnSync(process.execPath, ["-e", ""]).pid;

describe("a run that goes on", () => {
  it("is running again, with its history up to where it goes on", () => {
    const folder = stoppedRun();
    const run = reopen(folder);
    say(run, resumed(folder, 1));
    expect(isAlive(folder)).toBe(true);
    expect(readRun(folder).status).toBe("running");
    expect(listRuns(path.dirname(folder))).toMatchObject([{ status: "running" }]);
    const state = reduceAll(readRun(folder).events);
    expect(state).toMatchObject({
      status: "running",
      ended: null,
      resumed: { epoch: 1 },
      started: { epochs: 4 },
    });
    expect(state.epochs.map((one) => one.epoch)).toEqual([1]);

    say(run, epoch(2));
    say(run, ended(folder, "done"));
    run.close();
    expect(readRun(folder)).toMatchObject({ status: "done", notes: [] });
    expect(reduceAll(readRun(folder).events).epochs.map((one) => one.epoch)).toEqual([1, 2]);
    expect(fs.readdirSync(folder).filter((name) => /^(alive|cancel|resume)/.test(name))).toEqual([]);
  });

  it("loses the half line that a crash has left, and nothing else", () => {
    const folder = stoppedRun();
    fs.appendFileSync(path.join(folder, "events.jsonl"), '{"type":"epoch_end","ep');
    const run = reopen(folder);
    say(run, resumed(folder, 2));
    run.close();
    expect(readRun(folder).events.map(({ type }) => type)).toEqual([
      "run_started",
      "epoch_end",
      "epoch_end",
      "run_ended",
      "resumed",
    ]);
    expect(readRun(folder).notes).toEqual([]);
  });

  it("is not over for who follows it from the beginning", async () => {
    const folder = stoppedRun();
    const run = reopen(folder);
    say(run, resumed(folder, 2));
    const seen: RunEvent[] = [];
    const following = followRun(folder, (events) => seen.push(...events), { every: 10 });
    setTimeout(() => say(run, ended(folder, "done")), 50);
    expect(await following).toBe("ended");
    expect(seen.at(-1)).toMatchObject({ type: "run_ended", status: "done" });
    run.close();
  });

  it("does not stop at once because it was asked to stop before", async () => {
    const folder = stoppedRun();
    fs.writeFileSync(path.join(folder, "cancel"), "");
    const run = reopen(folder);
    await new Promise((resolve) => setTimeout(resolve, 700));
    expect(run.cancelled.aborted).toBe(false);
    run.close();
  });
});

describe("one process at a time goes on with a run", () => {
  it("the second one is refused, by the process that has it", () => {
    const folder = stoppedRun();
    const claim = claimRun(folder);
    expect(() => claimRun(folder)).toThrow(
      `The run ${path.basename(folder)} is being fitted by process ${process.pid}. Wait for its end, or cancel it first.`,
    );
    claim.release();
    claimRun(folder).release();
  });

  it("a run that is being fitted is refused too", () => {
    const run = createRun(temporaryFolder(), "cats", ASKED);
    expect(() => claimRun(run.folder)).toThrow(/is being fitted by process/);
    run.close();
  });

  it("a process that is gone has no claim, and its successor cannot be overtaken", () => {
    const folder = stoppedRun();
    fs.writeFileSync(path.join(folder, "resume-3"), JSON.stringify({ pid: deadPid(), host: os.hostname() }));
    const claim = claimRun(folder);
    expect(fs.readdirSync(folder).filter((name) => name.startsWith("resume-"))).toEqual(["resume-4"]);
    expect(() => claimRun(folder)).toThrow(/is being fitted/);
    claim.release();
  });

  it("a claim of another computer counts as long as it is touched", () => {
    const folder = stoppedRun();
    const file = path.join(folder, "resume-1");
    fs.writeFileSync(file, JSON.stringify({ pid: 1, host: "elsewhere" }));
    expect(() => claimRun(folder)).toThrow(/is being fitted/);
    const longAgo = new Date(Date.now() - 60_000);
    fs.utimesSync(file, longAgo, longAgo);
    claimRun(folder).release();
  });
});
