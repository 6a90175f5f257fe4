import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, test } from "vitest";
import { processExists } from "../../src/runs/is-alive.ts";
import { endWords, keptWords, type WatchedRun } from "../../src/host/watched-run.ts";
import { runInWorker } from "../../src/host/worker-runs.ts";

let folder: string;
beforeEach(() => (folder = mkdtempSync(path.join(os.tmpdir(), "kspec-tune-"))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const script = fileURLToPath(new URL("workers/scripted.mjs", import.meta.url));

/** Tunes in the scripted worker, which does what the name of the export says. */
function tune(what: string, options = {}) {
  const later: WatchedRun[] = [];
  const lines: string[] = [];
  const file = path.join(folder, "x.kspec.ts");
  const run = runInWorker(
    { type: "tune", file, export: what },
    { file, kind: "tuning", title: what, workflow: what },
    { script, logFile: path.join(folder, "worker.log"), ...options },
    { log: (line) => lines.push(line), next: (next) => later.push(next) },
  );
  return { run, later, lines };
}
const until = async (holds: () => boolean) => {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 20));
};

test("a tuning and the fit it leads to are two runs, one after the other", async () => {
  const { run, later } = tune("works");
  expect(run).toMatchObject({ kind: "tuning", title: "works" });
  expect(await run.ended).toEqual({ how: "finished" });
  expect(run).toMatchObject({ title: "final", workflow: "final", lost: false });
  expect(run.state).toMatchObject({ status: "done", tuning: { done: 2 } });

  expect(later).toHaveLength(1);
  const [fit] = later;
  expect(run.next).toBe(fit);
  expect(await fit!.ended).toEqual({ how: "finished" });
  expect(fit).toMatchObject({ kind: "fit", folder: path.join(path.dirname(run.folder!), "f1") });
  expect(fit!.state).toMatchObject({ status: "done", tuning: null, started: { tuned: { run: "t1" } } });
});

test("the next run is told of before the first event of it, so that nobody misses one", async () => {
  const seen: string[] = [];
  const file = path.join(folder, "x.kspec.ts");
  const run = runInWorker(
    { type: "tune", file },
    { file, kind: "tuning", title: "x" },
    { script, logFile: path.join(folder, "worker.log") },
    {
      log: () => undefined,
      next: (next) =>
        next.subscribe((news) => seen.push(...(news === "ended" ? [news] : news.map(({ type }) => type)))),
    },
  );
  await run.ended;
  await run.next!.ended;
  expect(seen).toEqual(["run_started", "run_ended", "ended"]);
});

test("a fit that is refused after the tuning leaves the tuning done, and says why by itself", async () => {
  const { run, later } = tune("refuses the fit");
  await run.ended;
  expect(run.state.status).toBe("done");
  const end = await later[0]!.ended;
  expect(end).toMatchObject({ how: "refused", message: "The test rows are gone." });
  expect(later[0]!.state).toMatchObject({
    status: "failed",
    ended: { error: { message: "The test rows are gone." } },
  });
});

test("a process that dies in the fit loses the fit, and not the tuning", async () => {
  const { run, later } = tune("crashes in the fit");
  await run.ended;
  expect(run.lost).toBe(false);
  expect(await later[0]!.ended).toMatchObject({ how: "crashed", code: 134 });
  expect(later[0]!.lost).toBe(true);
});

test("a process that dies in the tuning keeps its trials", async () => {
  const { run, later } = tune("crashes");
  const end = await run.ended;
  expect(run.lost).toBe(true);
  expect(end.how === "crashed" && endWords(end, run.kind)).toBe(
    "The background process ended in the middle of the tuning (exit code 134).",
  );
  expect(keptWords(run)).toBe("The trial that was finished is kept.");
  expect(later).toEqual([]);
});

test("cancel reaches the process also when it is at the second run", async () => {
  const { run, later } = tune("then fits for long", { env: { SCRIPTED: "stops when asked" } });
  await run.ended;
  await until(() => later[0]?.folder !== undefined);
  later[0]!.cancel();
  await later[0]!.ended;
  expect(later[0]!.state.status).toBe("cancelled");
});

test.skipIf(process.platform === "win32")(
  "a tuning that does not stop is ended with the processes that try its trials",
  async () => {
    const { run, lines } = tune("never stops", { killAfter: 200 });
    await until(() => lines.some((line) => /^\d+$/.test(line)));
    const child = Number(lines.find((line) => /^\d+$/.test(line)));
    expect(processExists(child)).toBe(true);
    run.cancel();
    expect(await run.ended).toEqual({ how: "killed" });
    expect(run.state).toMatchObject({
      status: "cancelled",
      ended: { kept: "The trial that was finished is kept." },
    });
    await until(() => !processExists(child));
  },
);
