import { describe, expect, it } from "vitest";
import { reduceAll, type RunState, type TuningState } from "../../src/protocol/index.ts";
import { announcement } from "../../webview/announcement.tsx";
import { endingWords } from "../../webview/run/ending-words.ts";
import { headlineOf } from "../../webview/run/headline-words.ts";
import { phaseLines } from "../../webview/run/phase-words.ts";
import { statusWords } from "../../webview/tuning/candidate-words.ts";
import { foldCurves, meanCurve } from "../../webview/tuning/fold-curves.ts";
import { errorText } from "../../webview/tuning/metric-words.ts";
import { tuningNotes } from "../../webview/tuning/notes.ts";
import { parameterAxis } from "../../webview/tuning/parameter-axis.ts";
import { trialFacts } from "../../webview/tuning/trials.tsx";
import { secondsForTrials } from "../../webview/tuning/trials-left.ts";
import { bestOf } from "../../webview/tuning/tuning-facts.ts";
import { numberText, valueText } from "../../webview/tuning/value-words.ts";
import { restoreView } from "../../webview/view-state.ts";
import { stateOf } from "./run-fixtures.ts";
import {
  candidates,
  DENSE_UNITS,
  DROPOUT,
  folds,
  LEARN_RATE,
  opening,
  trial,
  TUNINGS,
} from "./tuning-fixtures.ts";

const tuningOf = (state: RunState) => state.tuning as TuningState;

describe("the headline of a tuning", () => {
  it("says where it is and what is best so far while it goes on", () => {
    const state = stateOf(TUNINGS.tuning);
    const headline = headlineOf(state);
    expect(headline).toMatchObject({ number: null, title: "Candidate 12 of 30", aside: "trial 59 of 150" });
    const best = bestOf(tuningOf(state))!;
    expect(headline.facts[0]).toMatch(/^best so far 0\.\d{3} accuracy ±0\.\d{3}$/);
    expect(headline.facts).toContain(`dense_units ${best.values["dense_units"]}`);
  });

  it("counts trials where folds come first, so that every candidate is begun at once", () => {
    const all = candidates([DENSE_UNITS], 3);
    const state = reduceAll([
      ...opening({ candidates: all, parameters: [DENSE_UNITS] }),
      ...all.map((one, i) => trial(2 + i, one, "Fold1", i)),
    ]);
    expect(headlineOf(state)).toMatchObject({ title: "Trial 3 of 15", aside: "3 candidates" });
    expect(headlineOf(state).facts[0]).toContain("(1 of 5 folds)");
  });

  it("is the best candidate's mean with its error when it is over", () => {
    const headline = headlineOf(stateOf(TUNINGS.tuned));
    expect(headline.title).toBe("accuracy");
    expect(headline.number).toMatch(/^0\.\d{3}$/);
    expect(headline.aside).toMatch(/^±0\.\d{3} \(mean of 5 folds\)$/);
    expect(headline.facts.slice(-3)).toEqual([
      "30 candidates",
      "1 min 2 s",
      expect.stringContaining("features"),
    ]);
  });

  it("says what a race saved", () => {
    expect(headlineOf(stateOf(TUNINGS.raced)).facts).toContain("46 of 150 trials spared");
  });

  it("of a metric to be made small is the smallest", () => {
    const state = stateOf(TUNINGS.bayes);
    const means = tuningOf(state).candidates.map(({ summary }) => summary["rmse"]!.mean!);
    expect(bestOf(tuningOf(state))!.summary["rmse"]!.mean).toBe(Math.min(...means));
    expect(headlineOf(state).title).toBe("rmse");
  });
});

describe("how a tuning ends", () => {
  it("stopped: how many trials, and that they are kept", () => {
    expect(endingWords(stateOf(TUNINGS.tuningCancelled))).toMatchObject({
      what: "Stopped after 58 of 150 trials.",
      kept: "All of them are kept.",
    });
  });

  it("every candidate failed: why the first one did", () => {
    const state = stateOf(TUNINGS.allFailed);
    expect(endingWords(state)).toMatchObject({
      kind: "failed",
      what: "Every candidate failed: Block `output`: Dense needs units of at least 1, it got 0.",
    });
    expect(headlineOf(state)).toMatchObject({ number: null, title: "Failed" });
  });

  it("lost: what it had done, and that the missing trials can be run", () => {
    const words = endingWords({ ...stateOf(TUNINGS.tuningLost), status: "lost" });
    expect(words?.what).toContain("It had ended 58 of 150 trials.");
    expect(words?.kept).toBe("All of them are kept. Resume to run the missing ones.");
  });

  it("done: nothing, although some trials failed", () => {
    expect(endingWords(stateOf(TUNINGS.failures))).toBeNull();
  });
});

describe("phases of a tuning", () => {
  it("are load, features, tune and save, before the tuning itself is known too", () => {
    const names = (state: RunState) => phaseLines(state).map(({ name }) => name);
    expect(names(stateOf(TUNINGS.tuningStarts))).toEqual(["Load", "Features", "Tune", "Save"]);
    expect(names(stateOf(TUNINGS.tuned))).toEqual(["Load", "Features", "Tune", "Save"]);
  });

  it("leave features out only once it tunes without any, so that the line keeps its places", () => {
    const without = TUNINGS.tuning.events.filter(
      (event) => !("phase" in event && event.phase === "features"),
    );
    const names = (events: typeof without) => phaseLines(reduceAll(events)).map(({ phase }) => phase);
    expect(names(without.slice(0, 3))).toContain("features");
    expect(names(without)).toEqual(["load", "tune", "save"]);
  });

  it("count trials, without those that were spared", () => {
    const tune = (state: RunState) => phaseLines(state).find(({ phase }) => phase === "tune");
    expect(tune(stateOf(TUNINGS.tuning))).toMatchObject({ count: "58 of 150", share: 58 / 150 });
    expect(tune(stateOf(TUNINGS.raced))).toMatchObject({ longCount: "104 trials", stage: "done" });
  });

  it("are announced by tenths of the trials", () => {
    expect(announcement(stateOf(TUNINGS.tuning))).toBe("45 of 150 trials are over");
  });
});

describe("time left", () => {
  it("is the trials left at the speed of those that have ended, however many run at once", () => {
    const all = candidates([DENSE_UNITS], 4);
    const state = reduceAll([
      ...opening({ candidates: all, parameters: [DENSE_UNITS], folds: folds(5) }),
      // Four trials in eight seconds from the start at second 1.
      ...[3, 5, 7, 9].map((at, i) => trial(at, all[0]!, `Fold${i + 1}`, i)),
    ]);
    expect(secondsForTrials(state)).toBeCloseTo((20 - 4) * 2, 6);
  });

  it("is not known at first, and not of a search without an end", () => {
    expect(secondsForTrials(reduceAll(opening()))).toBeNull();
    expect(secondsForTrials(stateOf(TUNINGS.bayes))).toBeNull();
  });

  it("after a resume counts only what has ended since", () => {
    const all = candidates([DENSE_UNITS], 2);
    const events = opening({ candidates: all, parameters: [DENSE_UNITS], folds: folds(5) });
    const again = {
      ...events.find(({ type }) => type === "tuning_started")!,
      time: "2026-11-24T18:00:00.000Z",
    };
    const later = (seconds: number) => new Date(Date.parse(again.time) + seconds * 1000).toISOString();
    const state = reduceAll([
      ...events,
      ...[2, 3, 4].map((at, i) => trial(at, all[0]!, `Fold${i + 1}`, i)),
      again,
      { ...trial(0, all[0]!, "Fold4", 3), time: later(4) },
      { ...trial(0, all[0]!, "Fold5", 4), time: later(8) },
    ]);
    expect(secondsForTrials(state)).toBeCloseTo(5 * 4, 6);
  });
});

describe("a candidate in words", () => {
  const words = (fixture: keyof typeof TUNINGS) => {
    const tuning = tuningOf(stateOf(TUNINGS[fixture]));
    return tuning.candidates.map((one) => statusWords(one, tuning));
  };
  it("says after how many folds or epochs it was eliminated", () => {
    expect(new Set(words("raced"))).toEqual(
      new Set(["done", "eliminated after 3 folds", "eliminated after 4 folds"]),
    );
    expect(words("halving")).toContain("eliminated after 3 epochs");
  });
  it("says why it failed, or how many folds of it did", () => {
    expect(words("failures")).toContain(
      "failed: The loss became infinite in epoch 2. A smaller learn_rate may help.",
    );
    expect(words("failures")).toContain("done, 1 fold failed");
  });
  it("says how far it is", () => {
    expect(words("tuning").slice(10, 13)).toEqual(["done", "running, 3 of 5 folds", "not yet"]);
    expect(words("tuningCancelled")[11]).toBe("3 of 5 folds");
  });
});

describe("a mean with its error", () => {
  const summary = (mean: number, std_err: number) => ({ mean, std_err, n: 5, estimator: "standard" });
  it.each([
    ["accuracy", 0.872, 0.0123, "±0.012"],
    ["kap", -0.05, 0.0123, "±0.012"],
    ["mn_log_loss", 0.0321, 0.00471, "±0.0047"],
    ["rmse", 12.34, 0.567, "±0.6"],
    ["rmse", 4321, 12.34, "±12.3"],
  ])("%s %d: the error has the mean's decimals", (metric, mean, error, text) =>
    expect(errorText(metric, summary(mean, error))).toBe(text),
  );
  it("has none below two folds", () => {
    expect(errorText("rmse", { mean: 1, std_err: null, n: 1, estimator: "standard" })).toBe("");
  });
});

describe("values in words", () => {
  it.each([
    [64, "64"],
    [-3, "−3"],
    [0.0031622776, "0.00316"],
    [0.0001, "1e-4"],
    [0.000237, "2.37e-4"],
    [0.25, "0.25"],
    [12_345_678, "1.23e7"],
  ])("%d is %s", (value, text) => expect(numberText(value)).toBe(text));

  it("of categories, lists and Keras's objects are short", () => {
    expect(valueText("relu")).toBe("relu");
    expect(valueText([3, 3])).toBe("[3, 3]");
    expect(valueText(null)).toBe("null");
    expect(valueText({ kind: "loss", class_name: "Huber", config: { delta: 2 } })).toBe("Huber(delta: 2)");
    expect(valueText({ kind: "optimizer", class_name: "Adam", config: {} })).toBe("Adam");
  });
});

describe("the axis of a hyperparameter", () => {
  it("is logarithmic where the range is one of powers", () => {
    const axis = parameterAxis(LEARN_RATE, [0.001]);
    expect(axis.place(0.0001)).toBeCloseTo(0);
    expect(axis.place(0.001)).toBeCloseTo(1 / 3);
    expect(axis.ticks.map(({ text }) => text)).toEqual(["1e-4", "0.001", "0.01", "0.1"]);
  });
  it("is linear else, with whole ticks of whole numbers, and holds every value", () => {
    const axis = parameterAxis({ ...DENSE_UNITS, range: [1, 3] }, [1, 2, 5]);
    expect(axis.place(5)).toBe(1);
    expect(axis.ticks.map(({ text }) => text)).toEqual(["1", "2", "3", "4", "5"]);
    expect(parameterAxis(DROPOUT, []).place("much")).toBeNull();
  });
  it("gives each category its part", () => {
    const { values: _, ...nominal } = { ...DENSE_UNITS, scale: "nominal" as const };
    const axis = parameterAxis({ ...nominal, values: ["relu", "tanh"] }, ["gelu", "relu"]);
    expect(axis.ticks.map(({ text }) => text)).toEqual(["relu", "tanh", "gelu"]);
    expect(axis.place("tanh")).toBe(0.5);
  });
  it("of a single value has it in the middle", () => {
    const { range: _, ...table } = DROPOUT;
    expect(parameterAxis(table, [0.3, 0.3]).place(0.3)).toBe(0.5);
  });
});

describe("curves of folds", () => {
  it("have a mean as far as all folds go, between thinned epochs too", () => {
    const mean = meanCurve([
      [
        { epoch: 1, value: 1 },
        { epoch: 3, value: 0 },
        { epoch: 5, value: 0 },
      ],
      [
        { epoch: 1, value: 3 },
        { epoch: 2, value: 2 },
        { epoch: 3, value: 1 },
      ],
    ]);
    expect(mean).toEqual([
      { epoch: 1, value: 2 },
      { epoch: 2, value: 1.25 },
      { epoch: 3, value: 0.5 },
    ]);
  });
  it("mark the best epoch of the mean's validation curve", () => {
    const [one] = tuningOf(stateOf(TUNINGS.tuned)).candidates;
    const { mean, folds: each } = foldCurves(one!, "accuracy");
    expect(each).toHaveLength(5);
    expect(mean.best).toMatchObject({ of: "validation" });
    expect(mean.best!.value).toBe(Math.max(...mean.validation.map(({ value }) => value!)));
  });
});

it("notes are said once, errors first, with how many trials had them", () => {
  expect(tuningNotes(tuningOf(stateOf(TUNINGS.failures)))).toMatchObject([
    { type: "error", trials: 17, candidates: 5 },
    { type: "warning", message: "mn_log_loss is not defined on Fold4: no row of class 7.", trials: 1 },
  ]);
});

it("time spent and left, workers, and what runs", () => {
  const state = stateOf(TUNINGS.tuning);
  const facts = Object.fromEntries(trialFacts(state, tuningOf(state), 35));
  expect(facts["trials"]).toBe("58 of 150 trials");
  expect(facts["running"]).toBe("candidate 12 on Fold4, candidate 12 on Fold5");
  expect(facts["time"]).toMatch(/^24 s so far, about 35 s left, \d+ s of fitting on 2 workers$/);
});

it("a view that another panel wrote is checked", () => {
  const view = restoreView({ narrowed: { a: [0.2, 0.1], b: [0, 0.5], c: 3 }, candidateSort: { column: 1 } });
  expect(view.narrowed).toEqual({ b: [0, 0.5] });
  expect(view.candidateSort).toBeNull();
});
