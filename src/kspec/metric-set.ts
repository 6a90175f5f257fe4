import type { MetricSetDescription, MetricTweakDescription } from "./description.ts";
import { advice, readOptions, type KnownOptions } from "./known-options.ts";
import { SpecError } from "./spec-error.ts";

interface Anything {
  /** Leaves out rows with something missing. Default true; with false the metric has no value on them. */
  readonly na_rm?: boolean;
}
interface OfClasses extends Anything {
  /** Several classes: the mean over classes (default), the same weighted by their rows, or all counts together. */
  readonly estimator?: "macro" | "macro_weighted" | "micro" | "binary";
  /** Which of two classes is the event. Default "first". */
  readonly event_level?: "first" | "second";
}
interface OfAreas extends Anything {
  readonly estimator?: "macro" | "macro_weighted" | "binary";
  readonly event_level?: "first" | "second";
}
interface OfRoc extends Anything {
  /** Several classes: default Hand and Till's mean over pairs of classes. */
  readonly estimator?: "hand_till" | "macro" | "macro_weighted" | "binary";
  readonly event_level?: "first" | "second";
}
interface WithPrevalence extends OfClasses {
  /** The share of events in the population. Default: their share in the rows. */
  readonly prevalence?: number;
}
interface WithBeta extends OfClasses {
  /** How many times as much recall counts as precision. Default 1. */
  readonly beta?: number;
}
interface OfKappa extends Anything {
  /** How a disagreement counts by the distance of the classes. Default "none": all alike. */
  readonly weighting?: "none" | "linear" | "quadratic";
}
interface OfBrier extends Anything {
  readonly event_level?: "first" | "second";
}
interface OfLogLoss extends OfBrier {
  /** The sum instead of the mean. Default false. */
  readonly sum?: boolean;
}
interface OfMase extends Anything {
  /** How many rows back the naive forecast looks. Default 1. */
  readonly m?: number;
  /** The naive forecast's mean absolute error in the training rows. Default: that in the rows themselves. */
  readonly mae_train?: number;
}
interface OfHuber extends Anything {
  /** From which error on the loss grows linearly, in the outcome's units. Default 1. */
  readonly delta?: number;
}
interface OfConcordance extends Anything {
  /** Divides variances by n instead of n − 1. Default false. */
  readonly bias?: boolean;
}

const anything: KnownOptions<Anything> = { na_rm: "optional" };
const ofClasses: KnownOptions<OfClasses> = { ...anything, estimator: "optional", event_level: "optional" };
const ofAreas: KnownOptions<OfAreas> = ofClasses;
const ofRoc: KnownOptions<OfRoc> = ofClasses;
const withPrevalence: KnownOptions<WithPrevalence> = { ...ofClasses, prevalence: "optional" };
const withBeta: KnownOptions<WithBeta> = { ...ofClasses, beta: "optional" };
const ofKappa: KnownOptions<OfKappa> = { ...anything, weighting: "optional" };
const ofBrier: KnownOptions<OfBrier> = { ...anything, event_level: "optional" };
const ofLogLoss: KnownOptions<OfLogLoss> = { ...ofBrier, sum: "optional" };
const ofMase: KnownOptions<OfMase> = { ...anything, m: "optional", mae_train: "optional" };
const ofHuber: KnownOptions<OfHuber> = { ...anything, delta: "optional" };
const ofConcordance: KnownOptions<OfConcordance> = { ...anything, bias: "optional" };

/** Every metric with the options that it takes; the room `metrics` computes them, and a test compares the two. */
const METRICS = {
  accuracy: anything,
  bal_accuracy: ofClasses,
  kap: ofKappa,
  mcc: anything,
  sens: ofClasses,
  sensitivity: ofClasses,
  recall: ofClasses,
  spec: ofClasses,
  specificity: ofClasses,
  precision: ofClasses,
  ppv: withPrevalence,
  npv: withPrevalence,
  f_meas: withBeta,
  j_index: ofClasses,
  detection_prevalence: ofClasses,
  roc_auc: ofRoc,
  pr_auc: ofAreas,
  average_precision: ofAreas,
  gain_capture: ofAreas,
  mn_log_loss: ofLogLoss,
  brier_class: ofBrier,
  rmse: anything,
  rsq: anything,
  rsq_trad: anything,
  mae: anything,
  mape: anything,
  smape: anything,
  mase: ofMase,
  mpe: anything,
  msd: anything,
  ccc: ofConcordance,
  huber_loss: ofHuber,
  iic: anything,
  rpd: anything,
  rpiq: anything,
  poisson_log_loss: anything,
} as const;

/** A metric by yardstick's name. */
export type MetricName = keyof typeof METRICS;

/** The options of a metric. */
export type MetricOptionsOf<Name extends MetricName> =
  (typeof METRICS)[Name] extends KnownOptions<infer Options> ? Options : never;

const names = Object.keys(METRICS) as MetricName[];

/** A metric with options of one's own: what `metric_tweak` makes. */
export interface MetricTweak extends MetricTweakDescription {
  readonly metric: MetricName;
}

/** What a fitted model is measured by. */
export interface MetricSet extends MetricSetDescription {
  readonly kind: "metric_set";
}

/**
 * Metrics by yardstick's names, in the order they are reported; of a tuning the first one decides.
 *
 * ```ts
 * metric_set("accuracy", "roc_auc", metric_tweak("f2_meas", "f_meas", { beta: 2 }))
 * ```
 */
export function metric_set(
  ...metrics: [MetricName | MetricTweak, ...(MetricName | MetricTweak)[]]
): MetricSet {
  if (metrics.length === 0)
    throw new SpecError("no-metric", `metric_set() needs at least one metric: metric_set("accuracy").`);
  const listed = new Map<string, MetricTweak | undefined>();
  for (const metric of metrics) {
    const tweak = isTweak(metric) ? metric : undefined;
    const name = tweak?.name ?? (metric as MetricName);
    if (tweak === undefined) checkName(name);
    if (listed.has(name) && listed.get(name) !== tweak)
      throw new SpecError(
        "metric-twice",
        `Two metrics of metric_set() are named "${name}". Give metric_tweak() another name.`,
      );
    listed.set(name, tweak);
  }
  const tweaks = [...listed].filter(([, tweak]) => tweak !== undefined);
  return Object.freeze({
    kind: "metric_set",
    metrics: Object.freeze([...listed.keys()]),
    ...(tweaks.length === 0 ? {} : { tweaks: Object.freeze(Object.fromEntries(tweaks)) }),
  }) as MetricSet;
}

/**
 * A metric with other options, under a name of its own (yardstick's `metric_tweak`).
 *
 * ```ts
 * metric_tweak("f2_meas", "f_meas", { beta: 2 })
 * metric_tweak("roc_auc_macro", "roc_auc", { estimator: "macro" })
 * ```
 *
 * @param name What it is reported by: letters, digits, `_`, `.` and `-`.
 */
export function metric_tweak<Name extends MetricName>(
  name: string,
  metric: Name,
  options: MetricOptionsOf<Name>,
): MetricTweak {
  if (typeof name !== "string" || !/^[\w.-]+$/u.test(name))
    throw new SpecError(
      "metric-tweak-name",
      `metric_tweak() takes first the name that the metric is reported by, of letters, digits, "_", "." and "-": metric_tweak("f2_meas", "f_meas", { beta: 2 }).`,
    );
  checkName(metric);
  const given = readOptions(metric, METRICS[metric], options);
  return Object.freeze({ kind: "metric_tweak", name, metric, options: given });
}

function checkName(metric: unknown): asserts metric is MetricName {
  if (!names.includes(metric as MetricName))
    throw new SpecError(
      "unknown-metric",
      `No metric is named "${String(metric)}". ${advice(String(metric), names)}`,
    );
}

function isTweak(metric: unknown): metric is MetricTweak {
  return (metric as Partial<MetricTweak> | null)?.kind === "metric_tweak";
}
