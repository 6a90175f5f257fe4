import type {
  Candidate,
  Fold,
  ParameterValues,
  RunEvent,
  TrialEnded,
  TrialNote,
  TunedMetric,
  TunedParameter,
} from "../../src/protocol/index.ts";
import { random, started, type FixtureRun } from "./run-fixtures.ts";

/**
 * Tunings as lists of events, for the tests of the panel and for its preview pages. What a trial reaches is a smooth function of its
 * values with a little noise by fold, so that the plots have something to show; the same fixture is the same everywhere.
 */
const RUN = "2026-11-24-143012-digits_tune-k4";
const START = Date.parse("2026-11-24T14:30:12.000Z");

type WithoutStamp<E> = E extends RunEvent ? Omit<E, "run" | "time"> : never;

function said(at: number, event: WithoutStamp<RunEvent>): RunEvent {
  return { run: RUN, time: new Date(START + at * 1000).toISOString(), ...event } as RunEvent;
}

const argument = (id: string): TunedParameter["target"] => ({ kind: "argument", argument: id });

export const DENSE_UNITS: TunedParameter = {
  id: "dense_units",
  target: argument("dense_units"),
  type: "hidden_units",
  label: "Hidden units",
  scale: "integer",
  range: [8, 128],
};
export const DROPOUT: TunedParameter = {
  id: "dropout_rate",
  target: argument("dropout_rate"),
  type: "dropout",
  label: "Dropout rate",
  scale: "double",
  range: [0, 0.6],
};
export const LEARN_RATE: TunedParameter = {
  id: "learn_rate",
  target: argument("learn_rate"),
  type: "learn_rate",
  label: "Learning rate",
  scale: "double",
  range: [-4, -1],
  transform: "log10",
};
const ACTIVATION: TunedParameter = {
  id: "dense_activation",
  target: argument("dense_activation"),
  type: "activation",
  label: "Activation",
  scale: "nominal",
  values: ["relu", "tanh", "sigmoid", "gelu"],
};
const LOSS: TunedParameter = {
  id: "compile_loss",
  target: argument("compile_loss"),
  type: "loss",
  label: "Loss",
  scale: "nominal",
  values: ["mse", { kind: "loss", class_name: "Huber", config: { delta: 2 } }],
};
const COMPONENTS: TunedParameter = {
  id: "num_comp",
  target: { kind: "step", step: 2, option: "num_comp" },
  type: "num_comp",
  label: "Components",
  scale: "integer",
  range: [1, 8],
};

const ACCURACY: TunedMetric = { name: "accuracy", direction: "maximize" };
const LOG_LOSS: TunedMetric = { name: "mn_log_loss", direction: "minimize" };
const RMSE: TunedMetric = { name: "rmse", direction: "minimize" };
const RSQ: TunedMetric = { name: "rsq", direction: "maximize" };

export const folds = (v: number, rows = 1200): Fold[] =>
  Array.from({ length: v }, (_, i) => ({
    id: `Fold${i + 1}`,
    analysis: rows - Math.round(rows / v),
    assessment: Math.round(rows / v),
  }));

/** So many candidates spread over the ranges. */
export function candidates(parameters: readonly TunedParameter[], n: number, seed = 5): Candidate[] {
  const draw = random(seed);
  return Array.from({ length: n }, (_, i) => ({
    config: `pre0_mod${String(i + 1).padStart(String(n).length, "0")}_post0`,
    values: Object.fromEntries(
      parameters.map((one) => {
        if (one.values !== undefined)
          return [one.id, one.values[Math.floor(draw() * one.values.length)] ?? null];
        const [low, high] = one.range ?? [0, 1];
        const at = low + draw() * (high - low);
        const value = one.transform === "log10" ? 10 ** at : at;
        return [one.id, one.scale === "integer" ? Math.round(value) : value];
      }),
    ),
  }));
}

/** How good values are, between 0 and 1: a hill with its top inside the ranges. */
function goodness(values: ParameterValues): number {
  let loss = 0;
  for (const [id, value] of Object.entries(values)) {
    if (id === "learn_rate") loss += 0.09 * (Math.log10(Number(value)) + 2.2) ** 2;
    else if (id === "dense_units") loss += 0.05 * (Math.log2(Number(value)) - 6) ** 2;
    else if (id === "dropout_rate") loss += 0.5 * (Number(value) - 0.2) ** 2;
    else if (id === "num_comp") loss += 0.01 * (Number(value) - 5) ** 2;
    else if (value === "sigmoid") loss += 0.08;
    else if (value === "tanh") loss += 0.03;
  }
  return Math.exp(-loss);
}

interface TrialOptions {
  readonly metrics?: readonly TunedMetric[];
  readonly epochs?: number;
  readonly failed?: string;
  readonly notes?: readonly TrialNote[];
  /** Metrics that are not defined on this fold. */
  readonly undefined?: readonly string[];
  readonly upTo?: number;
}

export function trial(
  at: number,
  { config, values }: Candidate,
  fold: string,
  seed: number,
  options: TrialOptions = {},
): TrialEnded {
  const { metrics = [ACCURACY, LOG_LOSS], epochs = 12, failed, notes = [], upTo } = options;
  const draw = random(seed * 7919 + Number(fold.replace(/\D/g, "")) * 104729);
  const good = goodness(values) * (1 - 0.4 / (epochs + 1)) + 0.03 * (draw() - 0.5);
  const estimates: Record<string, number> = {
    accuracy: Math.min(0.995, 0.2 + 0.72 * good),
    mn_log_loss: 1.9 - 1.6 * good,
    rmse: 7.5 - 4.8 * good,
    rsq: 0.1 + 0.78 * good,
  };
  const regression = metrics.some(({ name }) => name === "rmse");
  return said(at, {
    type: "trial_ended",
    config,
    fold,
    ...(upTo === undefined ? {} : { epochs: upTo }),
    status: failed === undefined ? "done" : "failed",
    metrics:
      failed === undefined
        ? metrics.map(({ name }) => ({
            ".metric": name,
            ".estimator": regression ? "standard" : "multiclass",
            ".estimate": options.undefined?.includes(name) ? null : (estimates[name] ?? null),
          }))
        : [],
    notes: failed === undefined ? notes : [{ type: "error", message: failed }, ...notes],
    seconds: 0.4 + 0.6 * draw(),
    history:
      failed === undefined
        ? Array.from({ length: epochs }, (_, i) => {
            const far = 1 - Math.exp((-3 * (i + 1)) / epochs);
            const loss = 1.9 - 1.75 * good * far + 0.05 * draw();
            const accuracy = Math.min(1, 0.2 + 0.78 * good * far + 0.02 * draw());
            const measured = regression ? {} : { accuracy, val_accuracy: accuracy - 0.03 + 0.02 * draw() };
            return { epoch: i + 1, logs: { loss, val_loss: loss + 0.05 + 0.12 * draw(), ...measured } };
          })
        : [],
  }) as TrialEnded;
}

interface TuningOptions {
  readonly method?: string;
  readonly parameters?: readonly TunedParameter[];
  readonly metrics?: readonly TunedMetric[];
  readonly candidates?: readonly Candidate[];
  readonly folds?: readonly Fold[];
  readonly resampling?: string;
  readonly workers?: number;
  /** Known beforehand: the number of trials and of candidates. Default: all that there are. */
  readonly planned?: number | null;
  readonly plannedCandidates?: number | null;
}

/** From the start of the run to the start of the tuning, and its candidates. */
export function opening(options: TuningOptions = {}): RunEvent[] {
  const { method = "tune_grid", parameters = [DENSE_UNITS, DROPOUT, LEARN_RATE], workers = 2 } = options;
  const all = options.candidates ?? candidates(parameters, 30);
  const over = options.folds ?? folds(5);
  const metrics = options.metrics ?? [ACCURACY, LOG_LOSS];
  const run = started({
    kind: "tuning",
    spec: { file: "/home/ada/digits/digits_tune.kspec.ts", workflow: "results", model: "digits_head" },
    mode: metrics.includes(RMSE) ? "regression" : "classification",
    backend: { name: "onnxruntime", reason: "ONNX Runtime trains this network." },
    epochs: 12,
  }) as Extract<RunEvent, { type: "run_started" }>;
  const { previous: _, ...first } = run;
  return [
    {
      ...first,
      run: RUN,
      time: new Date(START).toISOString(),
      folder: `/home/ada/digits/.kspec/runs/${RUN}`,
    },
    said(0.1, { type: "phase_started", phase: "load" }),
    said(0.3, { type: "progress", phase: "load", done: 1500, total: 1500, unit: "images", eta_s: 0 }),
    said(0.4, { type: "phase_started", phase: "features" }),
    said(0.8, {
      type: "progress",
      phase: "features",
      done: 1500,
      total: 1500,
      unit: "images",
      eta_s: 0,
      cached: 1500,
    }),
    said(1, { type: "phase_started", phase: "tune" }),
    said(1, {
      type: "tuning_started",
      method,
      parameters,
      metrics,
      resampling: options.resampling ?? `${over.length}-fold cross-validation`,
      folds: over,
      candidates: options.plannedCandidates === undefined ? all.length : options.plannedCandidates,
      trials: options.planned === undefined ? all.length * over.length : options.planned,
      workers,
    }),
    ...(method === "tune_bayes" ? [] : [said(1, { type: "candidates_added", candidates: all })]),
  ];
}

const ended = (at: number, over: Partial<Extract<RunEvent, { type: "run_ended" }>> = {}): RunEvent =>
  said(at, { type: "run_ended", status: "done", folder: `.kspec/runs/${RUN}`, seconds: at, ...over });

const trialStarted = (at: number, config: string, fold: string): RunEvent =>
  said(at, { type: "trial_started", config, fold });

/** Candidate by candidate, fold by fold, two at once: so many trials are over, and then two run. */
function grid(
  until: number,
  running: boolean,
  options: (i: number, fold: string) => TrialOptions = () => ({}),
) {
  const all = candidates([DENSE_UNITS, DROPOUT, LEARN_RATE], 30);
  const over = folds(5);
  const order = all.flatMap((one, i) => over.map(({ id }) => ({ one, i, fold: id })));
  const events = order
    .slice(0, until)
    .flatMap(({ one, i, fold }, at) => [
      trialStarted(1 + at * 0.4, one.config, fold),
      trial(1.8 + at * 0.4, one, fold, i, options(i, fold)),
    ]);
  const next = running ? order.slice(until, until + 2) : [];
  return [...events, ...next.map(({ one, fold }) => trialStarted(1 + until * 0.4, one.config, fold))];
}

/** A race: after three folds, and after each one that follows, the worse half of the rest is dropped. */
function race(): RunEvent[] {
  const all = candidates([DENSE_UNITS, DROPOUT, LEARN_RATE], 30);
  const over = folds(5);
  const events: RunEvent[] = [];
  let left = all.map((one, i) => ({ one, i }));
  let at = 1;
  for (const [k, { id }] of over.entries()) {
    for (const { one, i } of left) events.push(trial((at += 0.4), one, id, i));
    if (k < 2 || k === 4) continue;
    const order = left.toSorted((a, b) => goodness(b.one.values) - goodness(a.one.values));
    const keep = order.slice(0, Math.max(3, Math.ceil(left.length / 3)));
    const gone = left.filter((one) => !keep.includes(one));
    left = left.filter((one) => keep.includes(one));
    if (gone.length > 0)
      events.push(
        said(at, {
          type: "candidates_eliminated",
          configs: gone.map(({ one }) => one.config),
          after: k + 1,
          by: "folds",
          spared: gone.length * (4 - k),
        }),
      );
  }
  return [...opening({ method: "tune_race_anova", candidates: all }), ...events, ended(at + 0.2)];
}

const LARGE_RATE = "The loss became infinite in epoch 2. A smaller learn_rate may help.";

/** Large learning rates diverge, one fold has no value of a metric, and some trials have something to note. */
function failures(): RunEvent[] {
  const all = candidates([DENSE_UNITS, DROPOUT, LEARN_RATE], 30);
  return [
    ...opening(),
    ...grid(150, false, (i, fold) => {
      const rate = Number(all[i]?.values["learn_rate"]);
      if (rate > 0.04) return { failed: LARGE_RATE };
      if (rate > 0.025 && fold === "Fold2") return { failed: LARGE_RATE };
      if (i === 3 && fold === "Fold4")
        return {
          undefined: ["mn_log_loss"],
          notes: [{ type: "warning", message: "mn_log_loss is not defined on Fold4: no row of class 7." }],
        };
      return {};
    }),
    ended(62),
  ];
}

function allFailed(): RunEvent[] {
  const message = "Block `output`: Dense needs units of at least 1, it got 0.";
  return [
    ...opening(),
    ...grid(150, false, () => ({ failed: message })),
    ended(61, {
      status: "failed",
      error: { message: `Every candidate failed. The first one said: ${message}` },
    }),
  ];
}

/** A Bayesian search in regression with categories: ten to start from, then one at a time. */
function bayes(): RunEvent[] {
  const parameters = [DENSE_UNITS, ACTIVATION, LOSS, LEARN_RATE, DROPOUT, COMPONENTS];
  const metrics = [RMSE, RSQ];
  const over = folds(10, 32);
  const all = candidates(parameters, 35, 9).map((one, i) => ({
    ...one,
    config: i < 10 ? `initial_pre${i}_mod${i}` : `iter${i - 9}`,
    iteration: Math.max(0, i - 9),
  }));
  let at = 1;
  const trials = (some: readonly Candidate[]) =>
    some.flatMap((one) =>
      over.map(({ id }) =>
        trial(
          (at += 0.2),
          one,
          id,
          all.findIndex(({ config }) => config === one.config),
          { metrics },
        ),
      ),
    );
  const added = (some: readonly Candidate[]) => said(at, { type: "candidates_added", candidates: some });
  return [
    ...opening({
      method: "tune_bayes",
      parameters,
      metrics,
      candidates: all,
      folds: over,
      planned: null,
      plannedCandidates: 35,
    }),
    added(all.slice(0, 10)),
    ...trials(all.slice(0, 10)),
    ...all.slice(10).flatMap((one) => [added([one]), ...trials([one])]),
    ended(at + 0.1),
  ];
}

/** Successive halving: 27 candidates for 3 epochs, 9 for 9, 3 for 27. */
function halving(): RunEvent[] {
  const all = candidates([DENSE_UNITS, LEARN_RATE], 27);
  const over = folds(3);
  const events: RunEvent[] = [];
  let left = all.map((one, i) => ({ one, i }));
  let at = 1;
  for (const epochs of [3, 9, 27]) {
    for (const { one, i } of left)
      for (const { id } of over) events.push(trial((at += 0.2), one, id, i, { epochs, upTo: epochs }));
    if (epochs === 27) break;
    const keep = left
      .toSorted((a, b) => goodness(b.one.values) - goodness(a.one.values))
      .slice(0, Math.ceil(left.length / 3));
    const gone = left.filter((one) => !keep.includes(one));
    left = left.filter((one) => keep.includes(one));
    events.push(
      said(at, {
        type: "candidates_eliminated",
        configs: gone.map(({ one }) => one.config),
        after: epochs,
        by: "epochs",
        spared: 0,
      }),
    );
  }
  return [
    ...opening({
      method: "tune_successive_halving",
      parameters: [DENSE_UNITS, LEARN_RATE],
      candidates: all,
      folds: over,
      planned: 3 * (27 + 9 + 3),
    }),
    ...events,
    ended(at),
  ];
}

function resampled(): RunEvent[] {
  const [one] = candidates([], 1) as [Candidate];
  const over = folds(5);
  return [
    ...opening({ method: "fit_resamples", parameters: [], candidates: [one], folds: over }),
    ...over.map(({ id }, i) => trial(2 + i, { ...one, values: {} }, id, 2)),
    ended(7),
  ];
}

/** Thousands of candidates, three folds each. */
function thousands(): RunEvent[] {
  const parameters = [DENSE_UNITS, DROPOUT, LEARN_RATE];
  const all = candidates(parameters, 2000, 3);
  const over = folds(3);
  let at = 1;
  return [
    ...opening({ parameters, candidates: all, folds: over }),
    ...all.flatMap((one, i) => over.map(({ id }) => trial((at += 0.01), one, id, i, { epochs: 4 }))),
    ended(at),
  ];
}

const run = (name: string, events: readonly RunEvent[], lost = false): FixtureRun => ({
  name,
  run: RUN,
  events,
  lost,
});

const cancelledEvents = [...opening(), ...grid(58, true)];

export const TUNINGS = {
  tuningStarts: run("tuningStarts", opening().slice(0, 4)),
  tuning: run("tuning", [...cancelledEvents]),
  tuned: run("tuned", [
    ...opening(),
    ...grid(150, false),
    said(62.3, { type: "phase_started", phase: "save" }),
    ended(62.4),
  ]),
  raced: run("raced", race()),
  failures: run("failures", failures()),
  allFailed: run("allFailed", allFailed()),
  tuningCancelled: run("tuningCancelled", [...cancelledEvents, ended(25, { status: "cancelled" })]),
  tuningLost: run("tuningLost", cancelledEvents, true),
  bayes: run("bayes", bayes()),
  halving: run("halving", halving()),
  resampled: run("resampled", resampled()),
  thousands: run("thousands", thousands()),
} satisfies Record<string, FixtureRun>;
