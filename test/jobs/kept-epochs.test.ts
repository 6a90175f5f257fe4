import fs from "node:fs";
import path from "node:path";
import { beforeAll, describe, expect, it, onTestFinished } from "vitest";
import type { FittedModel } from "../../src/engine/contract.ts";
import { readCheckpoint, type Reached, type TrainingState } from "../../src/engine/index.ts";
import { KeptEpochs } from "../../src/jobs/kept-epochs.ts";
import { createRun, savedEpoch, type RunWriter } from "../../src/runs/index.ts";
import { ASKED, temporaryFolder } from "../runs/asked.ts";

// The engine is read when the first checkpoint is written, which is no cost of a checkpoint.
beforeAll(() => import("../../src/engine/index.ts"));

function newRun(): RunWriter {
  const run = createRun(temporaryFolder(), "cats", ASKED);
  onTestFinished(() => run.close());
  return run;
}

/** A model that writes which epoch it is, and takes its time. */
function model(epoch: number, milliseconds = 0): FittedModel {
  const save = async (folder: string) => {
    await new Promise((resolve) => setTimeout(resolve, milliseconds));
    fs.mkdirSync(folder, { recursive: true });
    fs.writeFileSync(path.join(folder, "model.json"), JSON.stringify({ userDefinedMetadata: { epoch } }));
  };
  return { epoch, save } as unknown as FittedModel;
}

const state = (epoch: number): TrainingState => ({
  stage: 0,
  before: 0,
  epoch,
  ended: false,
  weights: [],
  best: null,
  optimizer: { steps: epoch, slots: new Map() },
  callbacks: null,
});

const reached = (epoch: number, last = false): Reached => ({
  epoch,
  last,
  state: () => Promise.resolve(state(epoch)),
});

/** An epoch of a fit. Gives the epochs of the run's model and checkpoint after it; undefined: there is none. */
async function epoch(
  kept: KeptEpochs,
  run: RunWriter,
  number: number,
  { last = false, save = true, ms = 0 } = {},
) {
  await kept.epochEnd(model(number, ms), save);
  await kept.reached(reached(number, last));
  const checkpoint = (await readCheckpoint(path.join(run.folder, "checkpoint")))?.epoch;
  expect(kept.saved).toBe(savedEpoch(run.folder));
  return [savedEpoch(run.folder), checkpoint];
}

describe("what a run keeps of its epochs", () => {
  it("is the first and the last where epochs are short", async () => {
    const run = newRun();
    const kept = new KeptEpochs(run, performance.now());
    expect(await epoch(kept, run, 1)).toEqual([1, 1]);
    expect(await epoch(kept, run, 2)).toEqual([1, 1]);
    expect(await epoch(kept, run, 3, { last: true })).toEqual([3, 3]);
  });

  it("is each of them where they are long", async () => {
    const run = newRun();
    const kept = new KeptEpochs(run, performance.now() - 3_600_000);
    for (const number of [1, 2, 3]) expect(await epoch(kept, run, number)).toEqual([number, number]);
  });

  it("is each that ends a second behind the last one, whatever keeping it costs", async () => {
    const run = newRun();
    const kept = new KeptEpochs(run, performance.now());
    expect(await epoch(kept, run, 1, { ms: 200 })).toEqual([1, 1]);
    await new Promise((resolve) => setTimeout(resolve, 1_050));
    expect(await epoch(kept, run, 2, { ms: 200 })).toEqual([2, 2]);
  });

  it("is as many as cost little: one that was dear has to pay off first", async () => {
    const run = newRun();
    const kept = new KeptEpochs(run, performance.now() - 3_000);
    expect(await epoch(kept, run, 1, { ms: 60 })).toEqual([1, 1]);
    expect(await epoch(kept, run, 2)).toEqual([1, 1]);
  });

  it("has the best epoch's model and the last one's checkpoint where a callback says so", async () => {
    const run = newRun();
    const kept = new KeptEpochs(run, performance.now() - 3_600_000);
    expect(await epoch(kept, run, 1)).toEqual([1, 1]);
    expect(await epoch(kept, run, 2, { save: false })).toEqual([1, 2]);
    await kept.end(model(1));
    expect(kept.saved).toBe(1);
  });

  it("is not asked for twice", async () => {
    const run = newRun();
    const kept = new KeptEpochs(run, performance.now());
    await epoch(kept, run, 2, { last: true });
    await kept.reached({ ...reached(2, true), state: () => Promise.reject(new Error("asked again")) });
  });
});
