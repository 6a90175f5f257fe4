import type {
  Candidate,
  Fold,
  ParameterValues,
  TunedMetric,
  TunedParameter,
} from "../../../src/protocol/index.ts";
import type { Search, SearchContext, SearchStep, Trial, TrialResult } from "../../../src/tuning/contract.ts";

/** The estimate of a candidate on a fold; null where the metric is not defined there, "failed" where the trial fails. */
export type Measure = (
  values: ParameterValues,
  fold: string,
  epochs: number | undefined,
) => number | null | "failed";

/** All that a search did, with results that a function makes up. */
export interface Walk {
  readonly steps: readonly SearchStep[];
  readonly candidates: readonly Candidate[];
  readonly trials: readonly Trial[];
  /** In the order of their elimination. */
  readonly eliminated: readonly { readonly config: string; readonly after: number }[];
  readonly spared: number;
  readonly notes: readonly string[];
}

export function walk(search: Search, context: SearchContext, measure: Measure): Walk {
  const steps: SearchStep[] = [];
  const generator = search(context);
  for (let step = generator.next(); step.done !== true;) {
    steps.push(step.value);
    const results = (step.value.trials ?? []).map((trial) => resultOf(trial, measure, context.metrics[0]!));
    step = generator.next(results);
  }
  return {
    steps,
    candidates: steps.flatMap(({ candidates = [] }) => candidates),
    trials: steps.flatMap(({ trials = [] }) => trials),
    eliminated: steps.flatMap(({ eliminated = [] }) =>
      eliminated.flatMap(({ configs, after }) => configs.map((config) => ({ config, after }))),
    ),
    spared: steps.flatMap(({ eliminated = [] }) => eliminated).reduce((sum, { spared }) => sum + spared, 0),
    notes: steps.flatMap(({ notes = [] }) => notes),
  };
}

function resultOf(trial: Trial, measure: Measure, metric: TunedMetric): TrialResult {
  const estimate = measure(trial.values, trial.fold, trial.epochs);
  const { config, fold, epochs } = trial;
  return {
    config,
    fold,
    ...(epochs === undefined ? {} : { epochs }),
    status: estimate === "failed" ? "failed" : "done",
    metrics:
      estimate === "failed"
        ? []
        : [{ ".metric": metric.name, ".estimator": "standard", ".estimate": estimate }],
    notes: estimate === "failed" ? [{ type: "error", message: "The loss is no number." }] : [],
    seconds: 0,
    history: [],
  };
}

export function context(given: Partial<SearchContext> & { readonly v?: number }): SearchContext {
  const { v = 5, ...rest } = given;
  return {
    parameters: [dropout],
    folds: Array.from({ length: v }, (_, i): Fold => ({ id: `Fold${i + 1}`, analysis: 80, assessment: 20 })),
    metrics: [accuracy],
    candidates: [],
    options: {},
    seed: 1,
    ...rest,
  };
}

export const accuracy: TunedMetric = { name: "accuracy", direction: "maximize" };
export const rmse: TunedMetric = { name: "rmse", direction: "minimize" };

export const dropout: TunedParameter = {
  id: "dropout",
  target: { kind: "argument", argument: "head_dropout" },
  type: "dropout",
  label: "Dropout rate",
  scale: "double",
  range: [0, 1],
};
export const units: TunedParameter = {
  id: "units",
  target: { kind: "argument", argument: "head_units" },
  type: "hidden_units",
  label: "Hidden units",
  scale: "integer",
  range: [1, 64],
};
export const rate: TunedParameter = {
  id: "rate",
  target: { kind: "argument", argument: "learn_rate" },
  type: "learn_rate",
  label: "Learning rate",
  scale: "double",
  range: [-4, -1],
  transform: "log10",
};
export const activation: TunedParameter = {
  id: "activation",
  target: { kind: "argument", argument: "head_activation" },
  type: "activation",
  label: "Activation",
  scale: "nominal",
  values: ["relu", "tanh", "sigmoid"],
};

/** A number in −1 … 1 that looks random and depends on its arguments alone. */
export function wobble(...parts: readonly (string | number)[]): number {
  let hash = 2166136261;
  for (const character of parts.join("/")) hash = Math.imul(hash ^ character.charCodeAt(0), 16777619);
  hash = Math.imul(hash ^ (hash >>> 15), 2246822519);
  return ((hash >>> 0) / 2 ** 32) * 2 - 1;
}
