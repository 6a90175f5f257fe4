import { describe, expect, it } from "vitest";
import {
  featuresCost,
  lost,
  NO_RUN,
  type Phase,
  reduce,
  reduceAll,
  type Progress,
  type RunEvent,
} from "../../src/protocol/index.ts";
import { FIXTURES } from "../webview/run-fixtures.ts";

const at = (seconds: number) => ({ run: "r", time: new Date(seconds * 1000).toISOString() });

const phase = (seconds: number, name: Phase): RunEvent => ({
  ...at(seconds),
  type: "phase_started",
  phase: name,
});

const counted = (seconds: number, done: number, more: Partial<Progress> = {}): RunEvent => ({
  ...at(seconds),
  type: "progress",
  phase: "features",
  done,
  total: 600,
  unit: "images",
  eta_s: 3,
  ...more,
});

const featuresOf = (...events: RunEvent[]) =>
  reduceAll(events).phases.find((one) => one.phase === "features");

describe.each(Object.values(FIXTURES))("the run $name", ({ events }) => {
  it("is the same told at once, in two parts, and through JSON", () => {
    const whole = reduceAll(events);
    const half = Math.floor(events.length / 2);
    expect(reduceAll(events.slice(half), reduceAll(events.slice(0, half)))).toEqual(whole);
    expect(reduceAll(JSON.parse(JSON.stringify(events)) as RunEvent[])).toEqual(whole);
    expect(JSON.parse(JSON.stringify(whole))).toEqual(whole);
  });
});

describe("the phase of the features", () => {
  it("knows what came from the cache and how fast the others are, as long as it runs", () => {
    expect(featuresOf(phase(0, "features"), counted(1, 500, { cached: 480, per_s: 20 }))).toMatchObject({
      done: 500,
      cached: 480,
      per_s: 20,
      eta_s: 3,
      ended: null,
    });
  });

  it("forgets speed and time left when it is over, not what came from the cache", () => {
    const events = [phase(0, "features"), counted(1, 600, { cached: 480, per_s: 20 }), phase(2, "fit")];
    expect(featuresOf(...events)).toMatchObject({ cached: 480, per_s: null, eta_s: null });
  });

  it("knows neither of a KSpec that did not say", () => {
    expect(featuresOf(phase(0, "features"), counted(1, 500))).toMatchObject({ cached: null, per_s: null });
  });

  it("takes no count of another phase, nor one that comes after its end", () => {
    expect(featuresOf(phase(0, "features"), phase(1, "fit"), counted(2, 600))).toMatchObject({ done: 0 });
  });
});

describe("what features cost", () => {
  const done = (told: Partial<Progress>) =>
    featuresCost(featuresOf(phase(0, "features"), counted(1, 600, told), phase(2.5, "fit")));

  it("is counted when the phase is over and complete", () => {
    expect(done({ cached: 480 })).toEqual({
      total: 600,
      unit: "images",
      cached: 480,
      computed: 120,
      seconds: 2.5,
      per_s: 48,
    });
    expect(done({})).toMatchObject({ cached: 0, computed: 600, per_s: 240 });
    expect(done({ cached: 600 })).toMatchObject({ computed: 0, per_s: null });
  });

  it("is not known before, nor of a phase that was broken off", () => {
    expect(featuresCost(featuresOf(phase(0, "features"), counted(1, 600)))).toBeNull();
    expect(
      featuresCost(featuresOf(phase(0, "features"), counted(1, 500), { ...at(2), ...CANCELLED })),
    ).toBeNull();
    expect(featuresCost(undefined)).toBeNull();
  });
});

const CANCELLED = { type: "run_ended", status: "cancelled", folder: "", seconds: 2 } as const;

it("an event of a newer KSpec changes nothing", () => {
  const state = reduceAll(FIXTURES.fit.events);
  expect(reduce(state, { ...at(9), type: "tuned" } as unknown as RunEvent)).toBe(state);
});

it("only a run that goes on can be lost", () => {
  expect(lost(NO_RUN).status).toBe("lost");
  expect(lost(reduceAll(FIXTURES.fit.events)).status).toBe("lost");
  expect(lost(reduceAll(FIXTURES.done5.events)).status).toBe("done");
});
