import path from "node:path";
import { beforeAll, expect, it, onTestFinished } from "vitest";
import { readCheckpoint, type Reached, type TrainingState } from "../../src/engine/index.ts";
import { Checkpoints } from "../../src/jobs/checkpoints.ts";
import { createRun, type RunWriter } from "../../src/runs/index.ts";
import { ASKED, temporaryFolder } from "../runs/asked.ts";

// The engine is read when the first checkpoint is written, which is no cost of a checkpoint.
beforeAll(() => import("../../src/engine/index.ts"));

function newRun(): RunWriter {
  const run = createRun(temporaryFolder(), "cats", ASKED);
  onTestFinished(() => run.close());
  return run;
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

/** The epoch of the run's checkpoint; undefined: there is none. */
const kept = async (run: RunWriter) => (await readCheckpoint(path.join(run.folder, "checkpoint")))?.epoch;

it("are written where they cost little of the time so far, and always at the end", async () => {
  const run = newRun();
  const atOnce = new Checkpoints(run, performance.now());
  await atOnce.reached(reached(1));
  expect(await kept(run)).toBeUndefined();
  await atOnce.reached(reached(2, true));
  expect(await kept(run)).toBe(2);
});

it("are written after each epoch where epochs are long", async () => {
  const run = newRun();
  const anHourAgo = new Checkpoints(run, performance.now() - 3_600_000);
  for (const epoch of [1, 2, 3]) {
    await anHourAgo.reached(reached(epoch));
    expect(await kept(run)).toBe(epoch);
  }
});

it("one that is dear is not written again until it has paid off", async () => {
  const run = newRun();
  const began = new Checkpoints(run, performance.now() - 2_000);
  const slow: Reached = {
    ...reached(1),
    state: async () => {
      await new Promise((resolve) => setTimeout(resolve, 60));
      return state(1);
    },
  };
  await began.reached(slow);
  await began.reached(reached(2));
  expect(await kept(run)).toBe(1);
});

it("a state that is kept already is not asked for again", async () => {
  const run = newRun();
  const checkpoints = new Checkpoints(run, performance.now());
  await checkpoints.reached(reached(2, true));
  await checkpoints.reached({ ...reached(2, true), state: () => Promise.reject(new Error("asked again")) });
});
