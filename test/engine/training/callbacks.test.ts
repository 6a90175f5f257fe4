import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { Callbacks, type FirstRate, type Json } from "../../../src/engine/training/callbacks/index.ts";
import { callbacks, type Callback } from "../../../src/kspec/callbacks.ts";
import type { CallbackDescription } from "../../../src/kspec/description.ts";
import { parityFixtures } from "../../parity-fixtures.ts";

const RATE: FirstRate = { rate: 0.01, scheduled: false };

/** What callbacks make of a watched value after each epoch, until they stop the fit. */
function watch(
  all: Callback | readonly Callback[],
  values: readonly number[],
  { name = "val_loss", each }: { name?: string; each?: (callbacks: Callbacks) => Callbacks } = {},
) {
  let watching = new Callbacks([all].flat() as CallbackDescription[], RATE);
  const epochs: { rate: number; stop: boolean; best: number | null; save: boolean }[] = [];
  let best: number | null = null;
  for (const [i, value] of values.entries()) {
    const factor = watching.before(i + 1);
    const verdict = watching.after(i + 1, { [name]: value });
    if (verdict.best) best = i + 1;
    epochs.push({ rate: factor * RATE.rate, stop: verdict.stop, best, save: verdict.save });
    if (verdict.stop) break;
    watching = each?.(watching) ?? watching;
  }
  return epochs;
}

/** The epoch that stops the fit, and the best one. */
function ends(callback: Callback, values: readonly number[], name?: string) {
  const last = watch(callback, values, name === undefined ? {} : { name }).at(-1)!;
  return {
    stops: last.stop,
    best: last.best,
    epochs: watch(callback, values, name === undefined ? {} : { name }).length,
  };
}

describe("early stopping", () => {
  it("without patience the first epoch that is no better stops the fit", () => {
    const stopping = callbacks.earlyStopping({ restoreBestWeights: true });
    expect(ends(stopping, [1, 0.9, 0.95, 0.1])).toEqual({ stops: true, epochs: 3, best: 2 });
    expect(ends(stopping, [1, 1])).toEqual({ stops: true, epochs: 2, best: 1 });
  });
  it("patience counts epochs without improvement", () => {
    const stopping = callbacks.earlyStopping({ patience: 3, restoreBestWeights: true });
    expect(ends(stopping, [1, 0.9, 0.95, 0.91, 0.92, 0.5])).toEqual({ stops: true, epochs: 5, best: 2 });
    expect(ends(stopping, [1, 0.9, 0.95, 0.89, 0.92, 0.5])).toEqual({ stops: false, epochs: 6, best: 6 });
  });
  it("an accuracy is to grow, a loss to fall, also the loss of an output named accent", () => {
    const on = (monitor: string, mode?: "min") =>
      callbacks.earlyStopping({ monitor, ...(mode && { mode }), restoreBestWeights: true });
    expect(ends(on("val_accuracy"), [0.5, 0.6, 0.55], "val_accuracy").best).toBe(2);
    expect(ends(on("val_accuracy", "min"), [0.5, 0.6], "val_accuracy").best).toBe(1);
    expect(ends(on("val_accent_loss"), [0.5, 0.4, 0.45], "val_accent_loss").best).toBe(2);
  });
  it("a name that the log does not have is said once", () => {
    const watching = new Callbacks([callbacks.earlyStopping()], RATE);
    expect(watching.after(1, { loss: 1, accuracy: 0.5 }).notes).toEqual([
      {
        code: "early-stopping-monitor",
        message:
          'earlyStopping watches "val_loss", which the epoch log does not have (loss, accuracy), so it never stops the fit. Set fit_validation_split, or monitor one of these.',
      },
    ]);
    expect(watching.after(2, { loss: 1, accuracy: 0.5 }).notes).toEqual([]);
  });
});

describe("the learning rate", () => {
  it("is lowered where nothing improves, and stands in the log as in Keras's", () => {
    const watching = new Callbacks([callbacks.reduceLROnPlateau({ factor: 0.5, patience: 2 })], RATE);
    const logs = [1, 1, 1, 1].map((val_loss, i) => {
      watching.before(i + 1);
      return watching.after(i + 1, { val_loss }).log;
    });
    expect(logs.map(({ learning_rate }) => learning_rate)).toEqual([0.01, 0.01, 0.01, Math.fround(0.005)]);
  });
  it("is set by a function of the epoch, from 0, and the rate so far", () => {
    const seen: [number, number][] = [];
    const schedule = callbacks.learningRateScheduler((epoch, rate) => {
      seen.push([epoch, rate]);
      return rate / 2;
    });
    expect(watch(schedule, [1, 1, 1]).map(({ rate }) => rate)).toEqual(
      [0.005, 0.0025, 0.00125].map(Math.fround),
    );
    expect(seen).toEqual([
      [0, 0.01],
      [1, Math.fround(0.005)],
      [2, Math.fround(0.0025)],
    ]);
  });
  it("a function that gives none is named", () => {
    const watching = new Callbacks([callbacks.learningRateScheduler(() => undefined as never)], RATE);
    expect(() => watching.before(3)).toThrow(
      "learningRateScheduler: the function gave undefined for epoch 2 (Keras counts from 0). It must give the learning rate, a number from 0.",
    );
  });
  it("cannot be set by a callback and a schedule both", () => {
    expect(() => new Callbacks([callbacks.reduceLROnPlateau()], { rate: 0.01, scheduled: true })).toThrow(
      "reduceLROnPlateau sets the learning rate, and so does the optimizer's schedule. Take one of them away.",
    );
    expect(() => new Callbacks([callbacks.earlyStopping()], { rate: 0.01, scheduled: true })).not.toThrow();
  });
});

describe("the model that a run keeps", () => {
  it("is that of each epoch", () => {
    expect(watch(callbacks.modelCheckpoint(), [1, 2, 0.5]).map(({ save }) => save)).toEqual([
      true,
      true,
      true,
    ]);
  });
  it("is the best epoch's with saveBestOnly", () => {
    const saving = callbacks.modelCheckpoint({ saveBestOnly: true });
    expect(watch(saving, [1, 2, 0.5, 0.6]).map(({ save }) => save)).toEqual([true, false, true, false]);
  });
  it("is each epoch's until one beats the threshold", () => {
    const saving = callbacks.modelCheckpoint({ saveBestOnly: true, initialValueThreshold: 0.8 });
    expect(watch(saving, [1, 2, 0.5, 0.6]).map(({ save, best }) => [save, best])).toEqual([
      [true, null],
      [true, null],
      [true, 3],
      [false, 3],
    ]);
  });
  it("modelCheckpoint's best epoch counts, not earlyStopping's", () => {
    const all = [
      callbacks.earlyStopping({ patience: 9, restoreBestWeights: true }),
      callbacks.modelCheckpoint({ saveBestOnly: true, mode: "max" }),
    ];
    expect(watch(all, [1, 0.5, 2, 0.4]).at(-1)!.best).toBe(3);
  });
});

it("callbacks that are stopped and go on from their state do as if nothing had been", () => {
  const make = () => [
    callbacks.earlyStopping({ patience: 6, restoreBestWeights: true }),
    callbacks.reduceLROnPlateau({ patience: 1, cooldown: 1, factor: 0.3 }),
    callbacks.learningRateScheduler((_, rate) => rate * 0.9),
    callbacks.modelCheckpoint({ saveBestOnly: true }),
  ];
  const values = [1, 0.9, 0.95, 0.93, 0.8, 0.9, 0.9, 0.7, 0.9, 0.9, 0.9, 0.9, 0.9, 0.9, 0.9];
  const undisturbed = watch(make(), values);
  const resumed = watch(make(), values, {
    each: (before) => {
      const after = new Callbacks(make(), RATE);
      after.resume(JSON.parse(JSON.stringify(before.state())) as Json);
      return after;
    },
  });
  expect(resumed).toEqual(undisturbed);
  expect(undisturbed.at(-1)!.stop).toBe(true);
});

// ---------------------------------------------------------------- beside Keras

interface Case {
  callback: "EarlyStopping" | "ReduceLROnPlateau" | "ModelCheckpoint";
  options: Record<string, unknown>;
  values: number[];
  after: { rate: number; stop: boolean; best: number | null }[];
}

const { cases } = JSON.parse(readFileSync(path.join(parityFixtures, "callbacks.json"), "utf8")) as {
  cases: Case[];
};

describe("as in Keras", () => {
  const camelCased = (options: Case["options"]) =>
    Object.fromEntries(
      Object.entries(options).map(([name, value]) => [
        name.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase()),
        value,
      ]),
    );
  const make: Record<Case["callback"], (options: object) => Callback> = {
    EarlyStopping: (options) => callbacks.earlyStopping({ ...options, restoreBestWeights: true }),
    ReduceLROnPlateau: (options) => callbacks.reduceLROnPlateau(options),
    ModelCheckpoint: (options) => callbacks.modelCheckpoint({ ...options, saveBestOnly: true }),
  };
  it.each(cases.map((one, i) => ({ ...one, i })))(
    "$callback, case $i",
    ({ callback, options, values, after }) => {
      const name = (options["monitor"] as string | undefined) ?? "val_loss";
      const ours = watch(make[callback](camelCased(options)), values, { name });
      expect(ours.length).toBe(after.length);
      for (const [i, keras] of after.entries()) {
        expect(ours[i]!.rate / keras.rate).toBeCloseTo(1, 6);
        expect({ stop: ours[i]!.stop, best: ours[i]!.best }).toEqual({ stop: keras.stop, best: keras.best });
      }
    },
  );
});
