import { describe, expect, test } from "vitest";
import { eventLine } from "../../src/host/fit-log.ts";
import { percentDone, progressWords, shortProgress } from "../../src/host/run-words.ts";
import { bestWords, keptTrials, tuningSummary, valuesWords } from "../../src/host/tuning-words.ts";
import { NO_RUN, reduceAll, type RunEvent } from "../../src/protocol/index.ts";

const stamp = { run: "t1", time: "2026-11-24T14:02:03.000Z" };
const started: RunEvent = {
  type: "tuning_started",
  ...stamp,
  method: "tune_grid",
  parameters: [],
  metrics: [
    { name: "accuracy", direction: "maximize" },
    { name: "roc_auc", direction: "maximize" },
  ],
  resampling: "2-fold cross-validation",
  folds: [
    { id: "Fold1", analysis: 80, assessment: 80 },
    { id: "Fold2", analysis: 80, assessment: 80 },
  ],
  candidates: 2,
  trials: 4,
  workers: 2,
};
const added: RunEvent = {
  type: "candidates_added",
  ...stamp,
  candidates: [
    { config: "pre0_mod1_post0", values: { dense_units: 16, learn_rate: 0.0031622776 } },
    { config: "pre0_mod2_post0", values: { dense_units: 64, learn_rate: 0.01 } },
  ],
};
const trial = (config: number, fold: string, accuracy: number | null): RunEvent => ({
  type: "trial_ended",
  ...stamp,
  config: `pre0_mod${config}_post0`,
  fold,
  status: accuracy === null ? "failed" : "done",
  metrics:
    accuracy === null ? [] : [{ ".metric": "accuracy", ".estimator": "multiclass", ".estimate": accuracy }],
  notes: accuracy === null ? [{ type: "error", message: "The loss is no number." }] : [],
  seconds: 0.412,
  history: [],
});
const begun: RunEvent[] = [started, { type: "phase_started", ...stamp, phase: "tune" }, added];
const tuned = [...begun, trial(1, "Fold1", 0.7), trial(2, "Fold1", 0.9), trial(2, "Fold2", 0.92)];

describe("a tuning in words", () => {
  test("before its first trial", () => {
    const state = reduceAll(begun);
    expect(progressWords(state)).toBe("trial 0 of 4");
    expect(bestWords(state.tuning!)).toBeUndefined();
    expect(keptTrials(state)).toBe("No trial was finished.");
    expect(keptTrials(NO_RUN)).toBe("No trial was finished.");
  });
  test("while it goes on", () => {
    const state = reduceAll(tuned);
    expect(progressWords(state)).toBe("trial 3 of 4 · best accuracy 0.910");
    expect(shortProgress(state)).toBe("3/4");
    expect(percentDone(state)).toBe(75);
    expect(keptTrials(state)).toBe("The trials that were finished are kept (3 of 4).");
  });
  test("when it is done", () => {
    const { tuning } = reduceAll([...tuned, trial(1, "Fold2", 0.75)]);
    expect(bestWords(tuning!)).toBe("best accuracy 0.910 (dense_units 64, learn_rate 0.01)");
    expect(tuningSummary(tuning!)).toBe("accuracy 0.910 · 2 candidates");
  });
  test("where every trial has failed there is no best", () => {
    const { tuning } = reduceAll([...begun, trial(1, "Fold1", null), trial(1, "Fold2", null)]);
    expect(bestWords(tuning!)).toBeUndefined();
    expect(tuningSummary(tuning!)).toBe("2 candidates");
  });
  test("trials that a race has spared are none to wait for", () => {
    const state = reduceAll([
      ...tuned,
      {
        type: "candidates_eliminated",
        ...stamp,
        configs: ["pre0_mod1_post0"],
        after: 1,
        by: "folds",
        spared: 1,
      },
    ]);
    expect(progressWords(state)).toBe("trial 3 of 3 · best accuracy 0.910");
    expect(percentDone(state)).toBe(100);
  });
  test("a search that nobody knows the length of counts its trials only", () => {
    const state = reduceAll([{ ...started, trials: null } as RunEvent, ...tuned.slice(1)]);
    expect(progressWords(state)).toBe("trial 3 · best accuracy 0.910");
    expect(percentDone(state)).toBe(0);
  });
});

test.each([
  [{ dense_units: 64, dropout: 0.2 }, "dense_units 64, dropout 0.2"],
  [{ learn_rate: 0.0031622776, activation: "relu" }, "learn_rate 0.00316, activation relu"],
  [{ compile_loss: { kind: "loss", class_name: "Huber", config: {} } }, "compile_loss Huber"],
  [{ kernel_size: [3, 3], use_bias: false }, "kernel_size [3,3], use_bias false"],
  [{}, ""],
])("the values %j are written %s", (values, words) => expect(valuesWords(values)).toBe(words));

test("the log has a line for each trial", () => {
  expect(eventLine(started)).toContain("tune_grid · 2-fold cross-validation · 2 candidates · 4 trials");
  expect(eventLine(trial(1, "Fold1", 0.7))).toBe(
    "trial pre0_mod1_post0 on Fold1 done · accuracy 0.700 · 0.412 s",
  );
  expect(eventLine(trial(1, "Fold1", null))).toBe(
    "trial pre0_mod1_post0 on Fold1 failed · error: The loss is no number. · 0.412 s",
  );
});
