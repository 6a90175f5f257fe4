import { appendFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { Fits } from "../../src/host/fits.ts";
import { UnfinishedRuns } from "../../src/host/unfinished-runs.ts";
import { endWords, keptWords, watchFolder, type WatchedRun } from "../../src/host/watched-run.ts";
import { resumeInWorker, runInWorker } from "../../src/host/worker-runs.ts";

let folder: string;
beforeEach(() => (folder = mkdtempSync(path.join(os.tmpdir(), "kspec-watch-"))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const script = fileURLToPath(new URL("workers/scripted.mjs", import.meta.url));

function fit(what: string, options = {}): WatchedRun {
  const file = path.join(folder, `${what}.kspec.ts`);
  return runInWorker(
    { type: "fit", file },
    { file, kind: "fit", title: what },
    { script, logFile: path.join(folder, "worker.log"), ...options },
    listening(),
  );
}
/** A listener that keeps the runs that come after the first one. */
function listening(runs: WatchedRun[] = []) {
  return { log: () => undefined, next: (run: WatchedRun) => void runs.push(run) };
}

/** Writes what a process of its own leaves behind: run.json, events.jsonl, and a heartbeat while it lives. */
function writeRun({ alive, pid = process.pid }: { alive: boolean; pid?: number }, ...events: object[]) {
  const run = path.basename(folder);
  const spec = { file: "/work/a.kspec.ts", workflow: "default", model: "digits_transfer" };
  writeFileSync(
    path.join(folder, "run.json"),
    JSON.stringify({ version: 1, run, started: "2026-11-24T14:02:03.000Z", pid, host: os.hostname(), spec }),
  );
  if (alive) writeFileSync(path.join(folder, "alive"), "");
  writeEvents({ type: "run_started", spec, folder: "/elsewhere", epochs: 5 }, ...events);
}
function writeEvents(...events: object[]) {
  const lines = events.map((event) =>
    JSON.stringify({ ...event, time: "2026-11-24T14:02:03.000Z", run: "r" }),
  );
  appendFileSync(path.join(folder, "events.jsonl"), lines.join("\n") + "\n");
}
const epoch = (epoch: number) => ({ type: "epoch_end", epoch, epochs: 5, logs: { loss: 1 } });
const until = async (holds: () => boolean) => {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 20));
};

describe("a fit in a worker", () => {
  test("is named by its run, and ends with a state", async () => {
    const run = fit("works");
    expect(run.title).toBe("works");
    await run.ended;
    expect(run.title).toBe("digits_transfer");
    expect(run.state.status).toBe("done");
    expect(run.folder).toBeDefined();
    expect(run.lost).toBe(false);
  });

  test("that is refused tells the panel why, with events and nothing else", async () => {
    const run = fit("refused");
    await run.ended;
    expect(run.events.map(({ type }) => type)).toEqual(["problem", "run_ended"]);
    expect(run.state).toMatchObject({
      status: "failed",
      ended: { error: { message: "The spec has an error." } },
    });
    expect(run.folder).toBeUndefined();
  });

  test("whose process dies is lost, and says what is kept", async () => {
    const run = fit("crashes");
    const end = await run.ended;
    expect(run.lost).toBe(true);
    expect(run.shownState.status).toBe("lost");
    expect(end.how === "crashed" && endWords(end)).toBe(
      "The background process ended in the middle of the fit (exit code 134).",
    );
    expect(keptWords(run)).toBe("No epoch was finished, so there is no model.");
    // What the folder holds counts, and not what was said.
    mkdirSync(path.join(folder, "model"));
    writeFileSync(path.join(folder, "model/model.json"), '{"userDefinedMetadata":{"epoch":2}}');
    expect(keptWords(run)).toBe("The model of epoch 2 is kept.");
  });

  test("that had to be ended after a cancel is cancelled, now and when it is read again", async () => {
    const run = fit("never-stops", { killAfter: 100 });
    await until(() => run.folder !== undefined);
    // As a kill in the middle of a write leaves it.
    writeRun({ alive: true }, epoch(1));
    appendFileSync(path.join(folder, "events.jsonl"), '{"type":"epoch_e');
    run.cancel();
    expect(await run.ended).toEqual({ how: "killed" });
    expect(run.state).toMatchObject({
      status: "cancelled",
      ended: { kept: "No epoch was finished, so there is no model." },
    });
    expect(run.lost).toBe(false);
    expect(watchFolder(folder)).toMatchObject({ lost: false, state: { status: "cancelled" } });
    expect(existsSync(path.join(folder, "alive"))).toBe(false);
  });

  test("that loops is silent, and one that ended is not", async () => {
    const run = fit("loops", { killLoadingAfter: 100 });
    await until(() => run.silence() > 0.2);
    expect(run.silence(Date.now() + 20_000)).toBeGreaterThan(20);
    run.cancel();
    await run.ended;
    expect(run.silence()).toBe(0);
  });

  test("that never began and was cancelled is cancelled, not lost", async () => {
    const run = fit("loops", { killLoadingAfter: 100 });
    run.cancel();
    await run.ended;
    expect(run.state.status).toBe("cancelled");
  });
});

describe("a run's folder", () => {
  test("that has ended is shown as it is, and stands where it was found", () => {
    writeRun({ alive: false }, epoch(1), {
      type: "run_ended",
      status: "done",
      folder: "/elsewhere",
      seconds: 1,
    });
    const run = watchFolder(folder)!;
    expect(run.going).toBe(false);
    expect(run.state.status).toBe("done");
    expect(run.folder).toBe(folder);
    expect(run.state.started?.folder).toBe(folder);
  });

  test("whose process is gone is lost", () => {
    writeRun({ alive: false }, epoch(1));
    expect(watchFolder(folder)).toMatchObject({ going: false, lost: true });
  });

  test("that another process writes is followed to its end, each event once", async () => {
    writeRun({ alive: true }, epoch(1));
    const run = watchFolder(folder)!;
    expect(run).toMatchObject({ going: true, foreignPid: process.pid });
    writeEvents(epoch(2));
    await until(() => run.state.epochs.length === 2);
    writeEvents({ type: "run_ended", status: "done", folder, seconds: 1 });
    expect(await run.ended).toEqual({ how: "finished" });
    expect(run.events.map(({ type }) => type)).toEqual([
      "run_started",
      "epoch_end",
      "epoch_end",
      "run_ended",
    ]);
  });

  test("that another process writes can be asked to stop", async () => {
    writeRun({ alive: true }, epoch(1));
    const run = watchFolder(folder)!;
    run.cancel();
    expect(existsSync(path.join(folder, "cancel"))).toBe(true);
    writeEvents({ type: "run_ended", status: "cancelled", folder, seconds: 1 });
    await run.ended;
    expect(run.state.status).toBe("cancelled");
  });

  test("that is no run's is nothing", () => expect(watchFolder(folder)).toBeUndefined());
});

describe("fits that go on", () => {
  const watched = (file: string, workflow?: string) => {
    const run = fit("stops-when-asked");
    return Object.defineProperties(run, {
      file: { value: file },
      workflow: { value: workflow },
    });
  };

  test("are found by workflow; the default one by its file alone", async () => {
    const fits = new Fits();
    const a = watched("/a.kspec.ts", "small");
    const b = watched("/b.kspec.ts");
    fits.add(a);
    fits.add(b);
    expect(fits.of("/a.kspec.ts", "small")).toBe(a);
    expect(fits.of("/a.kspec.ts", "large")).toBeUndefined();
    expect(fits.of("/b.kspec.ts", "default")).toBe(b);
    expect(fits.of("/c.kspec.ts", undefined)).toBeUndefined();
    await until(() => a.folder !== undefined && b.folder !== undefined);
    a.cancel();
    b.cancel();
    await Promise.all([a.ended, b.ended]);
    expect(fits.running).toEqual([]);
  });

  test("are found again by a window that was reloaded", async () => {
    const kept = new Map<string, unknown>();
    const memory = {
      get: (key: string, otherwise: unknown) => kept.get(key) ?? otherwise,
      update: (key: string, value: unknown) => Promise.resolve(void kept.set(key, value)),
      keys: () => [...kept.keys()],
    };
    writeRun({ alive: true }, epoch(1));
    const before = watchFolder(folder)!;
    new UnfinishedRuns(memory as never).remember(before);

    const found = new UnfinishedRuns(memory as never).find(new Fits());
    expect(found.map((run) => run.folder)).toEqual([folder]);

    writeEvents({ type: "run_ended", status: "done", folder, seconds: 1 });
    await Promise.all([before.ended, found[0]!.ended]);
    expect(new UnfinishedRuns(memory as never).find(new Fits())).toEqual([]);
  });
});

describe("a run that is resumed in a worker", () => {
  const resume = (scripted = "") =>
    resumeInWorker(
      folder,
      { script, logFile: path.join(folder, "worker.log"), env: { SCRIPTED: scripted } },
      listening(),
    );

  test("has its history before it has said a word, and goes on from where it says", async () => {
    writeRun({ alive: false }, epoch(1), epoch(2));
    const run = resume()!;
    expect(run.title).toBe("digits_transfer");
    expect(run.state.epochs.map((one) => one.epoch)).toEqual([1, 2]);
    const seen: number[][] = [];
    run.subscribe(() => seen.push(run.state.epochs.map((one) => one.epoch)));
    await run.ended;
    expect(seen[0]).toEqual([1]);
    expect(run.state).toMatchObject({ status: "done", resumed: { epoch: 1 } });
    expect(run.state.epochs.map((one) => one.epoch)).toEqual([1, 2]);
    expect(run.folder).toBe(folder);
  });

  test("and refused is shown as it was before", async () => {
    writeRun({ alive: false }, epoch(1), epoch(2));
    const run = resume("refuses")!;
    expect(await run.ended).toMatchObject({ how: "refused", message: "The data have changed." });
    expect(run.shownState.status).toBe("lost");
    expect(run.state.epochs).toHaveLength(2);
  });

  test("is none where there is no run", () => {
    expect(resume()).toBeUndefined();
  });
});
