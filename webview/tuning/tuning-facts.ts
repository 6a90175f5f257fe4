import {
  ranked,
  type CandidateState,
  type RunState,
  type TrialEnded,
  type TunedMetric,
  type TuningState,
} from "../../src/protocol/index.ts";

/** Whether a run is a tuning: known from its first event, before there is anything to tune. */
export function isTuning(state: RunState): boolean {
  return state.tuning !== null || state.started?.kind === "tuning";
}

/** The best candidate by the first metric; null while none has a value. */
export function bestOf(tuning: TuningState): CandidateState | null {
  const first = ranked(tuning)[0];
  const key = shownMetrics(tuning)[0]?.key;
  return first !== undefined && key !== undefined && first.summary[key]?.mean != null ? first : null;
}

/** A metric as a column or an axis shows it: one that is of several outcomes is shown once for each. */
export interface ShownMetric {
  /** Into a candidate's `summary`: `accuracy`, or `accuracy/label`. */
  readonly key: string;
  readonly name: string;
  readonly direction: TunedMetric["direction"];
}

/** The tuning's metrics in its order; of one that nobody has measured yet the name alone. */
export function shownMetrics({ started, candidates }: TuningState): ShownMetric[] {
  const keys = new Set(candidates.flatMap(({ summary }) => Object.keys(summary)));
  return started.metrics.flatMap(({ name, direction }) => {
    const own = [...keys].filter((key) => key === name || key.startsWith(`${name}/`));
    return (own.length > 0 ? own : [name]).map((key) => ({ key, name, direction }));
  });
}

/** Trials that there will have been at the end: those planned without those that were spared. null where nobody can tell. */
export function trialsInAll({ started, spared }: TuningState): number | null {
  return started.trials === null ? null : Math.max(0, started.trials - spared);
}

/** How many candidates have had a trial, or have one that runs. */
export function candidatesBegun({ candidates, running }: TuningState): number {
  const now = new Set(running.map(({ config }) => config));
  return candidates.filter((one) => one.trials.length > 0 || now.has(one.config)).length;
}

/** "Candidate 12": its number among those that were added, from 1. */
export function candidateNumber({ candidates }: TuningState, config: string): number {
  return candidates.findIndex((one) => one.config === config) + 1;
}

/** Whether every trial that has ended has failed. */
export function allFailed({ done, failed }: TuningState): boolean {
  return done > 0 && failed === done;
}

/** Why a trial failed, as it said itself. */
export function failureOf({ notes }: TrialEnded): string | null {
  return notes.find(({ type }) => type === "error")?.message ?? null;
}

/** What the first trial that failed said, candidates in their order. */
export function firstFailure({ candidates }: TuningState): string | null {
  for (const { trials } of candidates)
    for (const one of trials) {
      const reason = one.status === "failed" ? failureOf(one) : null;
      if (reason !== null) return reason;
    }
  return null;
}
