import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { RunLog } from "../../src/jobs/run-log.ts";
import type { Progress, RunEvent } from "../../src/protocol/index.ts";
import type { RunWriter } from "../../src/runs/index.ts";

let heard: RunEvent[];
let log: RunLog;
let now: number;

beforeEach(() => {
  heard = [];
  now = 0;
  vi.spyOn(performance, "now").mockImplementation(() => now);
  const run = { stamp: (event: object) => ({ run: "r", time: "t", ...event }), append: () => {} };
  log = new RunLog(
    run as unknown as RunWriter,
    (event) => heard.push(event),
    () => {},
  );
});
afterEach(() => vi.restoreAllMocks());

const counts = () => heard.filter((event): event is Progress => event.type === "progress");

describe("progress in the log", () => {
  it("says how many came from the cache, and how fast the others are computed", () => {
    for (let i = 0; i <= 20; i++) {
      now = i * 100;
      log.progress("features", 480 + i, 500, "images", 480);
    }
    expect(counts().at(-1)).toMatchObject({ done: 500, cached: 480, per_s: 10, eta_s: 0 });
  });

  it("has nothing of a cache where nobody asked one", () => {
    log.progress("load", 1, 2, "images");
    expect(counts().at(-1)).not.toHaveProperty("cached");
    expect(counts().at(-1)).not.toHaveProperty("per_s");
  });

  it("gives a second file a speed of its own", () => {
    for (let second = 0; second <= 10; second++) {
      now = second * 1000;
      log.progress("load", second * 1e6, 10e6, "bytes");
    }
    expect(counts().at(-1)?.per_s).toBe(1e6);
    for (let second = 0; second <= 5; second++) {
      now = 10_100 + second * 1000;
      log.progress("load", second * 4e6, 40e6, "bytes");
    }
    expect(counts().at(-1)).toMatchObject({ per_s: 4e6, eta_s: 5 });
  });

  it("starts a phase that it has not heard of, once", () => {
    log.progress("features", 0, 2, "rows");
    log.progress("features", 2, 2, "rows");
    expect(heard.map(({ type }) => type)).toEqual(["phase_started", "progress", "progress"]);
  });
});
