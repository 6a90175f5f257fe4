import { describe, expect, test } from "vitest";
import { NO_RUN, reduceAll, type RunEvent } from "../../src/protocol/index.ts";
import { eventLine } from "../../src/host/fit-log.ts";
import { threeDigits } from "../../src/host/number-words.ts";
import {
  logWords,
  percentDone,
  progressWords,
  resultWords,
  runName,
  shortProgress,
} from "../../src/host/run-words.ts";

const stamp = { run: "r1", time: "2026-11-24T14:02:03.000Z" };
const started: RunEvent = {
  type: "run_started",
  ...stamp,
  version: 1,
  spec: { file: "/a.kspec.ts", workflow: "default", model: "digits_transfer" },
  mode: "classification",
  arguments: { fit_epochs: 5 },
  seed: 7,
  backend: { name: "wasm", reason: "no native TensorFlow was found" },
  versions: {},
  folder: "/runs/r1",
  epochs: 5,
};
const phase = (phase: "load" | "features" | "fit" | "evaluate"): RunEvent => ({
  type: "phase_started",
  ...stamp,
  phase,
});
const epoch = (epoch: number): RunEvent => ({
  type: "epoch_end",
  ...stamp,
  epoch,
  epochs: 5,
  logs: { loss: 0.4, accuracy: 0.9412, val_loss: 0.5, val_accuracy: 0.93 },
});
const words = (...events: RunEvent[]) => progressWords(reduceAll(events));

describe("progress in words", () => {
  test("before there is a run", () => expect(progressWords(NO_RUN)).toBe("loading the spec"));
  test("counts images of a phase", () => {
    const progress: RunEvent = {
      type: "progress",
      ...stamp,
      phase: "features",
      done: 1200,
      total: 5000,
      unit: "images",
      eta_s: null,
    };
    expect(words(started, phase("features"), progress)).toBe("features 1,200 of 5,000 images");
    expect(words(started, phase("features"), { ...progress, total: null })).toBe("features 1,200 images");
    expect(words(started, phase("features"), { ...progress, cached: 480, per_s: 212 })).toBe(
      "features 1,200 of 5,000 images · 480 from cache · 212 images/s",
    );
  });
  test("gives a download in percent", () =>
    expect(
      words(started, phase("load"), {
        type: "progress",
        ...stamp,
        phase: "load",
        done: 50,
        total: 200,
        unit: "bytes",
        eta_s: 3,
      }),
    ).toBe("loading data 25 %"));
  test("gives the last epoch with its metric", () => {
    expect(words(started, phase("fit"))).toBe("epoch 1 of 5");
    expect(words(started, phase("fit"), epoch(1), epoch(3))).toBe(
      "epoch 3 of 5 · accuracy 0.941 · val_accuracy 0.930",
    );
  });
  test("is short for the status bar, and a share for the notification", () => {
    const state = reduceAll([started, phase("fit"), epoch(3)]);
    expect(shortProgress(state)).toBe("3/5");
    expect(percentDone(state)).toBe(60);
    expect(shortProgress(reduceAll([started, phase("evaluate")]))).toBe("evaluating");
  });
});

test("a default export goes by its model's name", () => {
  expect(runName(reduceAll([started]))).toBe("digits_transfer");
  const named = { ...started, spec: { ...started.spec, workflow: "small_head" } };
  expect(runName(reduceAll([named]))).toBe("small_head");
});

test("the result is the first metric of the test set", () => {
  const row = { ".metric": "accuracy", ".estimator": "multiclass" } as const;
  const rows = [
    { ...row, ".estimate": 0.99, set: "train" },
    { ...row, ".estimate": 0.962, set: "test" },
  ] as const;
  expect(resultWords(rows)).toBe("test accuracy 0.962");
  expect(resultWords([{ ...row, ".estimate": null, set: "test" }])).toBe("test accuracy not defined");
  expect(resultWords([])).toBeUndefined();
});

test("regression shows the first metric that is no loss, else the loss", () => {
  expect(logWords({ loss: 3, mean_absolute_error: 12.345, val_loss: 4 })).toBe("mean_absolute_error 12.3");
  expect(logWords({ loss: 3, val_loss: 4 })).toBe("loss 3.00 · val_loss 4.00");
});

test.each([
  [0.9412, "0.941"],
  [0, "0.000"],
  [1, "1.000"],
  [0.00001234, "1.2e-5"],
  [12.34, "12.3"],
  [1234.5, "1,235"],
  [Number.NaN, "NaN"],
])("%d is written %s", (value, text) => expect(threeDigits(value)).toBe(text));

test("the log has a line for each event", () => {
  expect(eventLine(epoch(2))).toBe(
    "epoch 2 of 5 · loss 0.400 · accuracy 0.941 · val_loss 0.500 · val_accuracy 0.930",
  );
  expect(
    eventLine({
      type: "problem",
      ...stamp,
      severity: "error",
      code: "load-failed",
      message: "x is not defined.",
      place: {
        file: "/a.kspec.ts",
        range: { start: { line: 2, character: 4 }, end: { line: 2, character: 5 } },
      },
    }),
  ).toBe("error load-failed: x is not defined. (/a.kspec.ts:3:5)");
  expect(eventLine(started)).toContain("seed 7 · 5 epochs · wasm: no native TensorFlow was found");
});
