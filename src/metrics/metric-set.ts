import type { ClassMetric, Estimator, Metric, NumericMetric, ProbabilityMetric } from "./metric.ts";
import { wrongOption, type MetricOptions } from "./options.ts";
import { DEFAULT_METRICS, METRICS } from "./registry.ts";

export type Mode = "classification" | "regression";

/** A metric that there is not, that does not go with the mode, or an option it does not take. The message is for people. */
export class MetricError extends Error {
  override readonly name = "MetricError";
  readonly code = "metric";
}

/** Another metric with options of one's own, under a name of one's own. */
export interface TweakedMetric {
  /** yardstick's name. */
  readonly metric: string;
  /** `metricSet` checks them. */
  readonly options: Readonly<Record<string, unknown>>;
}

/** What `metric_set` says: names in the order they are reported, and what those are that are no metrics' own. */
export interface MetricChoice {
  readonly metrics: readonly string[];
  readonly tweaks?: Readonly<Record<string, TweakedMetric>>;
}

/** Names alone; or with tweaks; undefined: those of the mode. */
export type MetricNames = readonly string[] | MetricChoice | undefined;

/** A metric that was asked for. `name` is the one it is reported by. */
export type ChosenMetric =
  | (ClassMetric & { readonly given: MetricOptions; readonly of: string })
  | (ProbabilityMetric & { readonly given: MetricOptions; readonly of: string })
  | (NumericMetric & { readonly given: MetricOptions; readonly of: string });

/**
 * The metrics that are asked for, in their order.
 *
 * @param names Absent: accuracy in classification; rmse, rsq and mae in regression.
 * @throws MetricError for a name that is not known, a metric of the other mode, or an option that is wrong.
 */
export function metricSet(names: MetricNames, mode: Mode): ChosenMetric[] {
  const { metrics, tweaks } = asChoice(names ?? DEFAULT_METRICS[mode]);
  return metrics.map((name): ChosenMetric => {
    const tweak = tweaks !== undefined && Object.hasOwn(tweaks, name) ? tweaks[name]! : undefined;
    const metric = findMetric(tweak?.metric ?? name, mode);
    const given: MetricOptions = tweak?.options ?? {};
    for (const [option, value] of Object.entries(given)) {
      const wrong = wrongOption(metric, option, value);
      if (wrong !== undefined) throw new MetricError(wrong);
    }
    if (metric.mode === "classification") checkEstimator(metric, given.estimator);
    return { ...metric, name, given, of: metric.name };
  });
}

/** Of the metrics that are asked for those that go with a mode; undefined where none does. */
export function ofMode(names: MetricNames, mode: Mode): MetricNames {
  if (names === undefined) return undefined;
  const { metrics, tweaks } = asChoice(names);
  const own = metrics.filter((name) => {
    const of = tweaks?.[name]?.metric ?? name;
    return METRICS.some((one) => one.name === of && one.mode === mode);
  });
  if (own.length === 0) return undefined;
  return { metrics: own, ...(tweaks === undefined ? {} : { tweaks }) };
}

function asChoice(names: readonly string[] | MetricChoice): MetricChoice {
  return "metrics" in names ? names : { metrics: names };
}

function findMetric(name: string, mode: Mode): Metric {
  const metric = METRICS.find((one) => one.name === name);
  const fitting = METRICS.filter((one) => one.mode === mode).map((one) => one.name);
  if (metric === undefined)
    throw new MetricError(`There is no metric "${name}". For ${mode} there are: ${fitting.join(", ")}.`);
  if (metric.mode !== mode)
    throw new MetricError(
      `The metric ${name} is for ${metric.mode}, and this is a ${mode}. There are: ${fitting.join(", ")}.`,
    );
  return metric;
}

function checkEstimator(metric: ClassMetric | ProbabilityMetric, estimator: string | undefined): void {
  if (estimator !== undefined && !metric.estimators.includes(estimator as Estimator))
    throw new MetricError(
      `The metric ${metric.name} has no estimator "${estimator}". It has: ${metric.estimators.join(", ")}.`,
    );
}
