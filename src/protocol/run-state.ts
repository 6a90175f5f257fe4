import type {
  Backend,
  BuiltLayer,
  Evaluation,
  MetricRow,
  Phase,
  ProblemFound,
  Progress,
  Resumed,
  RunEnded,
  RunEvent,
  RunStarted,
} from "./run-event.ts";
import type { TuningEvent } from "./tuning-event.ts";
import { reduceTuning, type TuningState } from "./tuning-state.ts";

/** All that the panel shows of a run: the same events always give the same state (invariant 5). */
export interface RunState {
  readonly status: "waiting" | "running" | "done" | "failed" | "cancelled" | "lost";
  readonly started: RunStarted | null;
  /** The last time it went on after a stop; null: it never did. */
  readonly resumed: Resumed | null;
  readonly phases: readonly PhaseState[];
  readonly layers: readonly BuiltLayer[];
  readonly parameters: { readonly total: number; readonly trainable: number } | null;
  /** What trains; null until it is known. */
  readonly trainer: Backend | null;
  readonly epochs: readonly EpochLogs[];
  readonly metrics: readonly (MetricRow & { readonly n: number })[];
  readonly evaluations: readonly Evaluation[];
  readonly problems: readonly ProblemFound[];
  /** null: it is a fit. */
  readonly tuning: TuningState | null;
  readonly ended: RunEnded | null;
  /** Time of the last event, ISO 8601; null before the first. */
  readonly updated: string | null;
}

export interface PhaseState {
  readonly phase: Phase;
  readonly started: string;
  readonly ended: string | null;
  readonly done: number;
  readonly total: number | null;
  readonly unit: string | null;
  readonly eta_s: number | null;
  /** How many of `done` came from the feature cache; null where none was asked. */
  readonly cached: number | null;
  /** Units computed a second, while the phase runs and it can be told. */
  readonly per_s: number | null;
}

export interface EpochLogs {
  readonly epoch: number;
  readonly logs: Readonly<Record<string, number>>;
}

export const NO_RUN: RunState = {
  status: "waiting",
  started: null,
  resumed: null,
  phases: [],
  layers: [],
  parameters: null,
  trainer: null,
  epochs: [],
  metrics: [],
  evaluations: [],
  problems: [],
  tuning: null,
  ended: null,
  updated: null,
};

/** Folds events into a state. Events of an unknown type (a newer KSpec's) are passed over. */
export function reduceAll(events: Iterable<RunEvent>, state: RunState = NO_RUN): RunState {
  for (const event of events) state = reduce(state, event);
  return state;
}

export function reduce(state: RunState, event: RunEvent): RunState {
  const next = step(state, event);
  return next === state ? state : { ...next, updated: event.time };
}

function step(state: RunState, event: RunEvent): RunState {
  switch (event.type) {
    case "run_started":
      return { ...NO_RUN, status: "running", started: event };
    case "resumed":
      return {
        ...state,
        status: "running",
        started: state.started && { ...state.started, epochs: event.epochs, backend: event.backend },
        resumed: event,
        phases: [],
        epochs: state.epochs.filter(({ epoch }) => epoch <= event.epoch),
        metrics: [],
        evaluations: [],
        ended: null,
      };
    case "phase_started": {
      const phase: PhaseState = {
        phase: event.phase,
        started: event.time,
        ended: null,
        done: 0,
        total: null,
        unit: null,
        eta_s: null,
        cached: null,
        per_s: null,
      };
      return { ...state, phases: [...closePhases(state.phases, event.time), phase] };
    }
    case "progress":
      return {
        ...state,
        phases: state.phases.map((phase) =>
          phase.phase === event.phase && phase.ended === null ? { ...phase, ...countsOf(event) } : phase,
        ),
      };
    case "model_built":
      return { ...state, layers: event.layers, parameters: event.parameters };
    case "trainer_chosen":
      return { ...state, trainer: event.trainer };
    case "epoch_end":
      return {
        ...state,
        epochs: earlier(state.epochs, event.epoch).concat({ epoch: event.epoch, logs: event.logs }),
      };
    case "metrics":
      return {
        ...state,
        metrics: [
          ...state.metrics.filter((row) => row.set !== event.set),
          ...event.metrics.map((row) => ({ ...row, n: event.n })),
        ],
      };
    case "evaluation":
      return {
        ...state,
        evaluations: [
          ...state.evaluations.filter((e) => e.set !== event.set || e.outcome !== event.outcome),
          event,
        ],
      };
    case "problem":
      return { ...state, problems: [...state.problems, event] };
    case "tuning_started":
    case "candidates_added":
    case "trial_started":
    case "trial_ended":
    case "candidates_eliminated":
      return withTuning(state, event);
    case "run_ended":
      return {
        ...state,
        status: event.status,
        ended: event,
        phases: closePhases(state.phases, event.time),
        tuning: state.tuning && { ...state.tuning, running: [] },
      };
    default:
      return state;
  }
}

function withTuning(state: RunState, event: TuningEvent): RunState {
  const tuning = reduceTuning(state.tuning, event);
  return tuning === state.tuning ? state : { ...state, tuning };
}

/** A run whose process is gone without a `run_ended`: what the host says when nobody else can. */
export function lost(state: RunState): RunState {
  return state.status === "running" || state.status === "waiting" ? { ...state, status: "lost" } : state;
}

function countsOf({ done, total, unit, eta_s, cached, per_s }: Progress) {
  return { done, total, unit, eta_s, cached: cached ?? null, per_s: per_s ?? null };
}

/** The epochs before this one: nearly always all of them, and then not looked through, for a run can have thousands. */
function earlier(epochs: readonly EpochLogs[], epoch: number): readonly EpochLogs[] {
  return (epochs.at(-1)?.epoch ?? 0) < epoch ? epochs : epochs.filter((one) => one.epoch < epoch);
}

function closePhases(phases: readonly PhaseState[], time: string): PhaseState[] {
  return phases.map((phase) =>
    phase.ended === null ? { ...phase, ended: time, eta_s: null, per_s: null } : phase,
  );
}
