import { describe, expect, it } from "vitest";
import { reduceAll } from "../../src/protocol/index.ts";
import { announcement } from "../../webview/announcement.tsx";
import { headlineOf } from "../../webview/run/headline-words.ts";
import { phaseLines } from "../../webview/run/phase-words.ts";
import { runName } from "../../webview/run/run-name.ts";
import { nextTimeLeft } from "../../webview/run/time-left.ts";
import { wilson } from "../../webview/wilson.ts";
import { FIXTURES, started, stateOf } from "./run-fixtures.ts";

describe("the headline", () => {
  it("of a classification is the test accuracy with its interval, what it was before, and the baseline", () => {
    const headline = headlineOf(stateOf(FIXTURES.done5));
    expect(headline).toMatchObject({ number: "0.957", title: "test accuracy", aside: "±0.013 (n = 1,000)" });
    expect(headline.facts).toEqual([
      "▲ better than the last run by 0.025",
      "always guessing the commonest class gives 0.204",
      "3.1 s",
      "features in 0.5 s, 480 of 500 from cache",
    ]);
  });

  it("of a regression is the rmse, of which less is better, with rsq beside it", () => {
    const headline = headlineOf(stateOf(FIXTURES.regression));
    expect(headline).toMatchObject({ number: "2.47", title: "test rmse", aside: "(n = 120)" });
    expect(headline.facts.slice(0, 2)).toEqual(["▲ better than the last run by 0.137", "rsq 0.901"]);
  });

  it("while it runs is the phase, and the last epoch below it", () => {
    expect(headlineOf(stateOf(FIXTURES.features)).title).toBe("Computing features");
    expect(headlineOf(stateOf(FIXTURES.fit)).title).toBe("Epoch 4 of 5");
    expect(headlineOf(stateOf(FIXTURES.fit)).facts[0]).toMatch(/^loss 0\.\d{3}, validation 0\.\d{3}$/);
  });

  it("names what trains, its steps a second while it does, and what keeps ONNX Runtime from it", () => {
    const at = { run: "r", time: "2026-01-01T00:00:00Z" };
    const trained = (name: "onnxruntime" | "wasm", reason: string) =>
      reduceAll([
        started(),
        { type: "phase_started", ...at, phase: "fit" },
        { type: "trainer_chosen", ...at, trainer: { name, reason } },
        {
          type: "progress",
          ...at,
          phase: "fit",
          done: 40,
          total: 80,
          unit: "batches",
          eta_s: 1,
          per_s: 1240,
        },
      ]);
    expect(headlineOf(trained("onnxruntime", "It can.")).engine).toEqual({
      words: "ONNX Runtime, 1,240 steps/s",
      whyNotNative: null,
    });
    expect(headlineOf(trained("wasm", "The loss own is a function of the spec.")).engine).toEqual({
      words: "WebAssembly, 1,240 steps/s",
      whyNotNative: "The loss own is a function of the spec.",
    });
    // A run of an earlier version, which had no choice.
    expect(headlineOf(stateOf(FIXTURES.done5)).engine).toEqual({ words: "WebAssembly", whyNotNative: null });
  });

  it("gives both ends of an interval that is lopsided, and none without rows", () => {
    const metrics = (value: number, n: number) =>
      reduceAll([
        started(),
        {
          type: "metrics",
          run: "r",
          time: "t",
          set: "test",
          n,
          metrics: [{ ".metric": "accuracy", ".estimator": "multiclass", ".estimate": value, set: "test" }],
        },
      ]);
    const at = (value: number, n: number) => headlineOf({ ...metrics(value, n), status: "done" });
    expect(at(0.99, 100).aside).toBe("0.946 to 0.998 (n = 100)");
    expect(at(0.5, 0).aside).toBe("(n = 0)");
  });
});

it("Wilson's interval is the published one", () => {
  // Newcombe (1998), table I: 81 of 263 and 0 of 20.
  expect(wilson(81 / 263, 263).map((x) => x.toFixed(4))).toEqual(["0.2553", "0.3662"]);
  expect(wilson(0, 20).map((x) => x.toFixed(4))).toEqual(["0.0000", "0.1611"]);
});

describe("features", () => {
  /** A state whose phase "features" has said its last, and is over when it is `complete`. */
  const features = (
    done: number,
    total: number,
    told: { readonly cached?: number; readonly per_s?: number },
    complete = done === total,
  ) => {
    const at = (seconds: number) => ({ run: "r", time: new Date(seconds * 1000).toISOString() });
    return reduceAll([
      started(),
      { type: "phase_started", ...at(10), phase: "features" },
      { type: "progress", ...at(11), phase: "features", done, total, unit: "images", eta_s: null, ...told },
      ...(complete ? [{ type: "phase_started", ...at(12), phase: "fit" } as const] : []),
    ]);
  };
  const facts = (state: ReturnType<typeof features>) => headlineOf(state).facts;
  const line = (state: ReturnType<typeof features>) =>
    phaseLines(state).find(({ phase }) => phase === "features");

  it("that are being computed: how many came from the cache, and how fast the others are", () => {
    expect(facts(features(490, 500, { cached: 480, per_s: 212 }))).toEqual([
      "480 of 500 from cache",
      "212 images/s",
    ]);
    expect(line(features(490, 500, { cached: 480, per_s: 212 }))?.longCount).toBe("490 of 500");
    expect(facts(features(0, 500, { cached: 0 }))).toEqual([]);
    expect(facts(features(500, 500, { cached: 480, per_s: 212 }, false))).toEqual(["480 of 500 from cache"]);
    expect(facts(features(12_480, 20_000, { per_s: 1187.4 }))).toEqual(["1,187 images/s"]);
  });

  it.each([
    [480, "480 of 500 from cache", "500 images: 480 from the cache, 20 computed in 2.0 s (10 images/s)"],
    [500, "all 500 from cache", "500 images: all from the cache in 2.0 s"],
    [0, "500 images", "500 images computed in 2.0 s (250 images/s)"],
    [undefined, "500 images", "500 images computed in 2.0 s (250 images/s)"],
  ])("that are there, %s of 500 from the cache: where from, and what they cost", (cached, count, cost) => {
    const state = features(500, 500, cached === undefined ? {} : { cached });
    expect(line(state)).toMatchObject({ count: "500", longCount: count, cost });
  });

  it("stay in the headline's facts when the run is done", () => {
    const done = (cached: number) =>
      facts({ ...features(500, 500, { cached }), status: "done", metrics: [] }).at(-1);
    expect(done(480)).toBe("features in 2.0 s, 480 of 500 from cache");
    expect(done(500)).toBe("features in 2.0 s, all 500 from cache");
    expect(done(0)).toBe("features in 2.0 s, 250 images/s");
  });

  it("that were broken off cost nothing that could be told", () => {
    expect(line(features(120, 500, { cached: 0 }, true))).toMatchObject({
      longCount: "120 of 500",
      cost: null,
    });
  });

  it("are no fact of the fit that follows", () => {
    expect(facts(features(500, 500, { cached: 480, per_s: 212 }))).toEqual([]);
  });
});

describe("the phases", () => {
  it("keep their places, also those that are ahead", () => {
    expect(
      phaseLines(stateOf(FIXTURES.fit)).map((line) => `${line.name} ${line.stage} ${line.count}`),
    ).toEqual([
      "Load done 1,500",
      "Features done 500",
      "Fit running 3 of 5",
      "Evaluate ahead ",
      "Save ahead ",
    ]);
  });

  it("are without features where nothing is frozen", () => {
    expect(phaseLines(stateOf(FIXTURES.regression)).map((line) => line.name)).not.toContain("Features");
  });

  it("break off where the run failed", () => {
    expect(phaseLines(stateOf(FIXTURES.failed))[0]).toMatchObject({ name: "Load", stage: "broken" });
  });
});

describe("time left", () => {
  it("runs down with the clock", () => {
    expect(nextTimeLeft({ seconds: 10, at: 0 }, 8, 2)?.seconds).toBe(8);
  });
  it("stands still rather than grow", () => {
    expect(nextTimeLeft({ seconds: 10, at: 0 }, 14, 1)?.seconds).toBe(10);
  });
  it("grows gently where the estimate was far off, and is unknown where nobody knows", () => {
    expect(nextTimeLeft({ seconds: 10, at: 0 }, 60, 0)?.seconds).toBe(25);
    expect(nextTimeLeft({ seconds: 10, at: 0 }, null, 1)).toBeNull();
  });
});

it("a run is called by the end of its folder's name", () => {
  expect(runName("2026-11-24-140203-digits_transfer-x7")).toBe("run x7");
  expect(runName("mine")).toBe("run mine");
});

it("a screen reader hears phases, epochs in tenths and the end", () => {
  expect(announcement(stateOf(FIXTURES.features))).toBe("Computing features");
  expect(announcement(stateOf(FIXTURES.long))).toBe("Epoch 3000 of 5000 is over");
  expect(announcement(stateOf(FIXTURES.done5))).toBe("0.957 test accuracy");
  expect(announcement(stateOf(FIXTURES.cancelled))).toBe(
    "Stopped after epoch 3. The model of epoch 3 is kept.",
  );
});
