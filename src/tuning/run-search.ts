import type { Candidate } from "../protocol/index.ts";
import type { Search, SearchContext, SearchStep, Trial, TrialResult, TrialRunner } from "./contract.ts";

/** Who is told what a search does, as it happens. Nothing is told twice to a tuning that goes on. */
export interface SearchListener {
  candidates(added: readonly Candidate[]): void;
  started(trial: Trial): void;
  /** Written down before anything else happens with it. */
  ended(result: TrialResult): void;
  eliminated(gone: NonNullable<SearchStep["eliminated"]>[number]): void;
  note(message: string): void;
}

export interface SearchTask {
  readonly search: Search;
  readonly context: SearchContext;
  readonly runner: TrialRunner;
  /** What an earlier process has finished of it. */
  readonly known: Known;
  /** Trials that one fit can give come under one key (`sameFit`); a key of its own for each where that cannot be. */
  readonly sameFit: (trial: Trial) => string;
  /** One worker goes through a fold's trials, one after the other. Default: whoever is free takes the next trial. */
  readonly foldByFold?: boolean;
  /** No trial begins after this time (`performance.now()`). */
  readonly deadline?: number;
}

/** What was said of a tuning before it was stopped. */
export interface Known {
  readonly trials: readonly TrialResult[];
  readonly candidates: ReadonlySet<string>;
  readonly eliminated: ReadonlySet<string>;
}

export const NOTHING_KNOWN: Known = { trials: [], candidates: new Set(), eliminated: new Set() };

/**
 * Lets a search ask for trials and a runner try them, until the search has no more to ask. Because a search depends on results alone,
 * one that goes on is run from its beginning with those that are known.
 *
 * @returns "budget" when the deadline ended it; results that were missing then are none, and the search is not asked again.
 * @throws the signal's reason, when it aborted.
 */
export async function runSearch(
  { search, context, runner, known, sameFit, foldByFold = false, deadline = Infinity }: SearchTask,
  listener: SearchListener,
  signal: AbortSignal,
): Promise<"done" | "budget"> {
  const results = new Map(known.trials.map((result) => [trialKey(result), result]));
  const steps = search(context);
  for (let step = steps.next(); step.done !== true;) {
    const { candidates = [], trials = [], eliminated = [], notes = [] } = step.value;
    const added = candidates.filter(({ config }) => !known.candidates.has(config));
    if (added.length > 0) listener.candidates(added);
    for (const gone of eliminated)
      if (!gone.configs.every((config) => known.eliminated.has(config))) listener.eliminated(gone);
    for (const note of notes) listener.note(note);
    const missing = trials.filter((trial) => !results.has(trialKey(trial)));
    await runAll(missing);
    if (trials.some((trial) => !results.has(trialKey(trial)))) return "budget";
    step = steps.next(trials.map((trial) => results.get(trialKey(trial))!));
  }
  return "done";

  async function runAll(missing: readonly Trial[]): Promise<void> {
    const groups = grouped(missing, sameFit);
    const waiting = foldByFold
      ? [...groupBy(groups, ([trial]) => trial!.fold).values()]
      : groups.map((group) => [group]);
    let broken = false;
    const take = async (): Promise<void> => {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift())
        for (const group of next) {
          signal.throwIfAborted();
          if (broken || performance.now() > deadline) return;
          const ended = await runner.run(
            group,
            () => group.forEach((trial) => listener.started(trial)),
            signal,
          );
          for (const result of ended) {
            listener.ended(result);
            results.set(trialKey(result), result);
          }
        }
    };
    const taking = Array.from({ length: Math.min(runner.workers, waiting.length) }, () =>
      take().catch((error: unknown) => {
        broken = true;
        throw error;
      }),
    );
    // All come to rest before an error goes on: what they have finished is written down.
    const outcomes = await Promise.allSettled(taking);
    const failed = outcomes.find((outcome) => outcome.status === "rejected");
    if (failed !== undefined) throw failed.reason;
    signal.throwIfAborted();
  }
}

export function trialKey({ config, fold, epochs }: Pick<Trial, "config" | "fold" | "epochs">): string {
  return `${config}\n${fold}\n${epochs ?? ""}`;
}

function grouped(trials: readonly Trial[], sameFit: (trial: Trial) => string): (readonly Trial[])[] {
  return [...groupBy(trials, sameFit).values()];
}

/** `Map.groupBy`, which Node 20 does not have. */
function groupBy<One>(all: readonly One[], keyOf: (one: One) => string): Map<string, One[]> {
  const groups = new Map<string, One[]>();
  for (const one of all) {
    const key = keyOf(one);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [one]);
    else group.push(one);
  }
  return groups;
}
