import { describe, expect, it } from "vitest";
import type { Trial, TrialResult, TrialRunner } from "../../../src/tuning/contract.ts";
import { NOTHING_KNOWN, runSearch, trialKey, type Known } from "../../../src/tuning/run-search.ts";
import { SEARCHES, type SearchMethod } from "../../../src/tuning/searches/index.ts";
import { context, dropout, rate, wobble } from "./walk-search.ts";

const task = context({
  parameters: [dropout, rate],
  candidates: [0.1, 0.3, 0.5, 0.7, 0.9].map((dropout, i) => ({ dropout, rate: 10 ** (-4 + i / 2) })),
  v: 6,
  options: { iter: 6, max_epochs: 9 },
});

/** Accuracy of made-up fits; some fail, and on some folds it is not defined. */
function fit({ config, values, fold, epochs }: Trial): TrialResult {
  const failed = values["dropout"] === 0.9;
  const estimate =
    0.9 - Math.abs((values["dropout"] as number) - 0.4) + 0.02 * wobble(fold, config) - 0.1 / (epochs ?? 9);
  return {
    config,
    fold,
    ...(epochs === undefined ? {} : { epochs }),
    status: failed ? "failed" : "done",
    metrics: failed
      ? []
      : [
          {
            ".metric": "accuracy",
            ".estimator": "binary",
            ".estimate": fold === "Fold2" && config.endsWith("2_post0") ? null : estimate,
          },
        ],
    notes: [],
    seconds: 0,
    history: [],
  };
}

interface Told {
  readonly trials: TrialResult[];
  readonly candidates: string[];
  readonly eliminated: string[];
}

/** Runs a search until it has fitted so many trials, by workers that end in an order of their own. */
async function run({ search }: SearchMethod, workers: number, most: number, known: Known): Promise<Told> {
  const told: Told = { trials: [], candidates: [], eliminated: [] };
  const stop = new AbortController();
  let begun = 0;
  const runner: TrialRunner = {
    workers,
    run: async (trials) => {
      const turns = 1 + Math.floor(3 * (1 + wobble(workers, begun++)));
      for (let i = 0; i < turns; i++) await Promise.resolve();
      stop.signal.throwIfAborted();
      return trials.map(fit);
    },
    close: async () => {},
  };
  const listener = {
    candidates: (added: readonly { config: string }[]) =>
      void told.candidates.push(...added.map(({ config }) => config)),
    started: () => {},
    ended: (result: TrialResult) => {
      told.trials.push(result);
      if (told.trials.length === most) stop.abort(new Error("killed"));
    },
    eliminated: ({ configs }: { configs: readonly string[] }) => void told.eliminated.push(...configs),
    note: () => {},
  };
  const asked = { search, context: task, runner, known, sameFit: (trial: Trial) => trialKey(trial) };
  await runSearch(asked, listener, stop.signal).catch((error: Error) => {
    if (error.message !== "killed") throw error;
  });
  return told;
}

const sorted = (trials: readonly TrialResult[]) =>
  trials.toSorted((a, b) => (trialKey(a) < trialKey(b) ? -1 : 1));

describe.each(Object.entries(SEARCHES))("%s comes to the same end", (_, method) => {
  it("with several workers, and after it was killed anywhere and resumed", async () => {
    const whole = await run(method, 1, Infinity, NOTHING_KNOWN);
    const parallel = await run(method, 4, Infinity, NOTHING_KNOWN);
    expect(parallel.candidates).toEqual(whole.candidates);
    expect(parallel.eliminated).toEqual(whole.eliminated);
    expect(sorted(parallel.trials)).toEqual(sorted(whole.trials));
    for (const killedAfter of [1, 7, 16, 23, 31, 44]) {
      const before = await run(method, 2, killedAfter, NOTHING_KNOWN);
      const after = await run(method, 3, Infinity, {
        trials: before.trials,
        candidates: new Set(before.candidates),
        eliminated: new Set(before.eliminated),
      });
      expect([...before.candidates, ...after.candidates]).toEqual(whole.candidates);
      expect([...before.eliminated, ...after.eliminated]).toEqual(whole.eliminated);
      expect(sorted([...before.trials, ...after.trials])).toEqual(sorted(whole.trials));
    }
  }, 60_000);
});
