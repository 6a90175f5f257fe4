import type {
  Candidate,
  TrialEnded,
  TrialStarted,
  TunedMetric,
  TuningEvent,
  TuningStarted,
} from "./tuning-event.ts";

/** All that is known of a tuning. The same events always give the same state, in whatever order trials have ended. */
export interface TuningState {
  readonly started: TuningStarted;
  /** In the order in which they were added. */
  readonly candidates: readonly CandidateState[];
  /** Trials that run at the moment. */
  readonly running: readonly TrialStarted[];
  readonly done: number;
  readonly failed: number;
  /** Trials that were planned and need not be run, because their candidates were eliminated. */
  readonly spared: number;
}

export interface CandidateState extends Candidate {
  /** "failed": every trial of it did. */
  readonly status: "waiting" | "running" | "done" | "eliminated" | "failed";
  /** In the order of the folds; of successive halving the last stretch of epochs alone. */
  readonly trials: readonly TrialEnded[];
  /** By metric, those of several outcomes as `metric/outcome`. */
  readonly summary: Readonly<Record<string, MetricSummary>>;
  readonly eliminated: { readonly after: number; readonly by: "folds" | "epochs" } | null;
}

/** tune's `collect_metrics()`: over the folds on which the metric is defined. */
export interface MetricSummary {
  readonly mean: number | null;
  readonly n: number;
  /** Standard deviation (n − 1) over √n; null below two folds. */
  readonly std_err: number | null;
  readonly estimator: string;
}

/** Folds an event of a tuning into its state. */
export function reduceTuning(state: TuningState | null, event: TuningEvent): TuningState | null {
  if (event.type === "tuning_started")
    return state === null
      ? { started: event, candidates: [], running: [], done: 0, failed: 0, spared: 0 }
      : // It goes on: what was running is run again.
        {
          ...state,
          started: event,
          running: [],
          candidates: state.candidates.map((one) => judged({ ...one, status: "waiting" }, event)),
        };
  if (state === null) return null;
  switch (event.type) {
    case "candidates_added": {
      const known = new Set(state.candidates.map(({ config }) => config));
      const added = event.candidates.filter(({ config }) => !known.has(config));
      return {
        ...state,
        candidates: [
          ...state.candidates,
          ...added.map((one): CandidateState => ({
            ...one,
            status: "waiting",
            trials: [],
            summary: {},
            eliminated: null,
          })),
        ],
      };
    }
    case "trial_started":
      return {
        ...state,
        running: [...state.running.filter((one) => !sameTrial(one, event)), event],
        candidates: changed(state, event.config, (one) =>
          one.status === "waiting" ? { ...one, status: "running" } : one,
        ),
      };
    case "trial_ended": {
      const before = state.candidates.find(({ config }) => config === event.config);
      if (before === undefined || before.trials.some((one) => sameTrial(one, event))) return state;
      const order = new Map(state.started.folds.map(({ id }, i) => [id, i]));
      const trials = [...before.trials.filter(({ fold }) => fold !== event.fold), event].sort(
        (a, b) => (order.get(a.fold) ?? 0) - (order.get(b.fold) ?? 0),
      );
      return {
        ...state,
        running: state.running.filter((one) => !sameTrial(one, event)),
        done: state.done + 1,
        failed: state.failed + (event.status === "failed" ? 1 : 0),
        candidates: changed(state, event.config, (one) =>
          judged({ ...one, trials, summary: summarise(trials) }, state.started),
        ),
      };
    }
    case "candidates_eliminated": {
      const gone = new Set(event.configs);
      return {
        ...state,
        spared: state.spared + event.spared,
        candidates: state.candidates.map((one) =>
          gone.has(one.config)
            ? {
                ...one,
                status: one.status === "failed" ? "failed" : "eliminated",
                eliminated: { after: event.after, by: event.by },
              }
            : one,
        ),
      };
    }
  }
}

/** Means over folds, by metric. Folds on which a metric is not defined are left out of it. */
export function summarise(
  trials: readonly Pick<TrialEnded, "metrics">[],
): Readonly<Record<string, MetricSummary>> {
  const values = new Map<string, { estimator: string; defined: number[] }>();
  for (const { metrics } of trials)
    for (const row of metrics) {
      const key = row.outcome === undefined ? row[".metric"] : `${row[".metric"]}/${row.outcome}`;
      let found = values.get(key);
      if (found === undefined) values.set(key, (found = { estimator: row[".estimator"], defined: [] }));
      if (row[".estimate"] !== null) found.defined.push(row[".estimate"]);
    }
  return Object.fromEntries(
    [...values].map(([key, { estimator, defined }]) => {
      const n = defined.length;
      if (n === 0) return [key, { mean: null, n, std_err: null, estimator }];
      const mean = defined.reduce((sum, value) => sum + value, 0) / n;
      const squares = defined.reduce((sum, value) => sum + (value - mean) ** 2, 0);
      return [key, { mean, n, std_err: n < 2 ? null : Math.sqrt(squares / (n - 1) / n), estimator }];
    }),
  );
}

/**
 * Candidates from best to worst by a metric (default the first): those that were eliminated, or have fewer folds than others, come
 * after all that were not; those without a value last. Equal ones stay in the order in which they were added.
 */
export function ranked(
  state: TuningState,
  metric: TunedMetric | undefined = state.started.metrics[0],
): readonly CandidateState[] {
  if (metric === undefined) return state.candidates;
  const most = Math.max(0, ...state.candidates.map((one) => valueOf(one, metric.name)?.n ?? 0));
  const rank = (one: CandidateState): [number, number] => {
    const value = valueOf(one, metric.name);
    if (value?.mean == null) return [2, 0];
    const worse =
      metric.direction === "maximize"
        ? -value.mean
        : metric.direction === "minimize"
          ? value.mean
          : Math.abs(value.mean);
    return [one.eliminated !== null || value.n < most ? 1 : 0, worse];
  };
  return state.candidates
    .map((one, i) => ({ one, i, rank: rank(one) }))
    .sort((a, b) => a.rank[0] - b.rank[0] || a.rank[1] - b.rank[1] || a.i - b.i)
    .map(({ one }) => one);
}

/** Of several outcomes the first. */
export function valueOf({ summary }: CandidateState, metric: string): MetricSummary | undefined {
  return summary[metric] ?? Object.entries(summary).find(([key]) => key.startsWith(`${metric}/`))?.[1];
}

function sameTrial(a: TrialStarted | TrialEnded, b: TrialStarted | TrialEnded): boolean {
  return a.config === b.config && a.fold === b.fold && a.epochs === b.epochs;
}

function changed(
  { candidates }: TuningState,
  config: string,
  change: (one: CandidateState) => CandidateState,
): readonly CandidateState[] {
  // A grid may have a hundred thousand candidates, and every event changes one.
  const at = candidates.findIndex((one) => one.config === config);
  const before = candidates[at];
  const after = before === undefined ? undefined : change(before);
  if (after === undefined || after === before) return candidates;
  const all = candidates.slice();
  all[at] = after;
  return all;
}

function judged(one: CandidateState, { folds }: TuningStarted): CandidateState {
  if (one.eliminated !== null) return { ...one, status: "eliminated" };
  if (
    one.trials.length > 0 &&
    one.trials.every(({ status }) => status === "failed") &&
    one.trials.length >= folds.length
  )
    return { ...one, status: "failed" };
  if (one.trials.length >= folds.length) return { ...one, status: "done" };
  return one.trials.length > 0 ? { ...one, status: "running" } : one;
}
