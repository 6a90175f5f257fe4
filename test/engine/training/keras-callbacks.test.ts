import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import type { Baked } from "../../../src/data/baked.ts";
import { fitModel, type Reached, type TrainingState } from "../../../src/engine/index.ts";
import { Callbacks } from "../../../src/engine/training/callbacks/index.ts";
import { callbacks, type Callback } from "../../../src/kspec/callbacks.ts";
import type { EngineName } from "../../../src/kspec/description.ts";
import { layers } from "../../../src/kspec/layers/index.ts";
import { parityFixtures } from "../../parity-fixtures.ts";
import { block, model, Recorder, TENSORFLOW_JS, wired } from "../examples.ts";

/** A whole fit with callbacks as Keras did it (scripts/parity/callbacks.py). */
interface Fit {
  name: string;
  epochs: number;
  x: number[];
  y: number[];
  before: number[][];
  after: number[][];
  history: Record<string, number[]>;
}

const { fits } = JSON.parse(readFileSync(path.join(parityFixtures, "callbacks.json"), "utf8")) as {
  fits: Fit[];
};

const OURS: Readonly<Record<string, Callback>> = {
  reduceLROnPlateau: callbacks.reduceLROnPlateau({
    monitor: "loss",
    factor: 0.5,
    patience: 1,
    cooldown: 1,
    minDelta: 0.02,
    minLr: 0.002,
  }),
  earlyStopping: callbacks.earlyStopping({ patience: 4, minDelta: 0.005, restoreBestWeights: true }),
  learningRateScheduler: callbacks.learningRateScheduler((epoch, rate) => (epoch < 3 ? rate : rate * 0.6)),
};

const dense = (units: number, activation: "tanh" | "linear") =>
  block(({ tensor }) => layers.dense({ units, activation }).apply(tensor), "tensor");
const network = {
  input: block(({ input_shape }) => layers.input({ shape: input_shape }), "input_shape"),
  hidden: wired(dense(4, "tanh"), "input"),
  output: wired(dense(1, "linear"), "hidden"),
};

/** Fits as Keras did; `resume` gives the weights to begin with. Gives the history, and the states that were reached. */
async function fit({ name, epochs, x, y }: Fit, engine: EngineName, resume?: TrainingState) {
  const train: Baked = {
    rows: y.length,
    inputs: new Map([["predictors", { kind: "tensor", shape: [2], values: Float32Array.from(x) }]]),
    outcomes: new Map([["y", { kind: "numeric", values: Float32Array.from(y) }]]),
  };
  const says = new Recorder();
  const states: TrainingState[] = [];
  const { model: fitted } = await fitModel(
    {
      model: model(
        network,
        {
          learn_rate: 0.05,
          fit_epochs: resume === undefined ? 1 : epochs,
          fit_batch_size: 8,
          fit_validation_split: 0.25,
          fit_shuffle: false,
          fit_callbacks: OURS[name],
        },
        { mode: "regression", engine },
      ),
      train,
      seed: 1,
      specFolder: import.meta.dirname,
      ...(resume !== undefined && { resume }),
    },
    Object.assign(says, {
      reached: async ({ state }: Reached) => void states.push(await state()),
    }),
  );
  return { logs: says.logs, states, epoch: fitted!.epoch };
}

/** A fit that has not begun, with Keras's weights. */
async function fromKeras(keras: Fit, engine: EngineName): Promise<TrainingState> {
  const { weights } = (await fit(keras, engine)).states.at(-1)!;
  return {
    stage: 0,
    before: 0,
    epoch: 0,
    ended: false,
    weights: weights.map(([name, { shape }], i) => [
      name,
      { shape, dtype: "float32", values: Float32Array.from(keras.before[i]!) },
    ]),
    best: null,
    optimizer: { steps: 0, slots: new Map() },
    callbacks: new Callbacks([OURS[keras.name]!], { rate: Math.fround(0.05), scheduled: false }).state(),
  };
}

describe.each(["auto", TENSORFLOW_JS] as const)(
  "whole fits with callbacks as in Keras, engine %s",
  (engine) => {
    it.each(fits.map((one) => [one.name, one] as const))("%s", async (_, keras) => {
      const { logs, states, epoch } = await fit(keras, engine, await fromKeras(keras, engine));
      expect(Object.keys(logs[0]!)).toEqual(Object.keys(keras.history));
      expect(logs).toHaveLength(keras.history["loss"]!.length);
      for (const [key, values] of Object.entries(keras.history))
        for (const [i, value] of values.entries())
          expect(logs[i]![key], `${key} of epoch ${i + 1}`).toBeCloseTo(value, 5);
      // Of the epoch that the fit ends with.
      const { weights, best } = states.at(-1)!;
      expect(epoch).toBe(best?.epoch ?? logs.length);
      for (const [i, [name, { values }]] of (best?.weights ?? weights).entries())
        for (const [at, value] of keras.after[i]!.entries()) expect(values[at], name).toBeCloseTo(value, 4);
    });
  },
);
