import type { KerasObjectDescription } from "../../kspec/description.ts";
import { registered } from "../../kspec/registered.ts";
import { UserError } from "../../protocol/index.ts";
import { findLoss, isLossName, LOSS_NAMES, snakeCased } from "../losses/find-loss.ts";
import { computed, type CustomFunction } from "../losses/loss.ts";
import { accuracyMetrics } from "./accuracy.ts";
import { byClassMetrics } from "./by-class.ts";
import { confusionMetrics } from "./confusion.ts";
import { meanOf, type EpochMetric, type MakeMetric, type MetricOptions } from "./epoch-metric.ts";
import { regressionMetrics } from "./regression.ts";
import { thresholdMetrics } from "./thresholds.ts";

/** Keras's metrics by class name; beside them each loss is the metric of its mean. */
const METRICS: Readonly<Record<string, MakeMetric>> = {
  ...accuracyMetrics,
  ...confusionMetrics,
  ...thresholdMetrics,
  ...byClassMetrics,
  ...regressionMetrics,
};

/** What Keras calls a metric in the log, where that is not its class in small letters. */
const NAMES_IN_LOG: Readonly<Record<string, string>> = {
  AUC: "auc",
  F1Score: "f1_score",
  FBetaScore: "fbeta_score",
  R2Score: "r2_score",
};

/** Names that compile_metrics takes → class: those in the log, and what else Keras takes. */
const CLASSES: ReadonlyMap<string, string> = new Map([
  ...Object.keys(METRICS).map((name) => [nameInLog(name), name] as const),
  ["acc", "Accuracy"],
  ["f_beta_score", "FBetaScore"],
]);

/** They need an option, so they cannot be given by name alone. */
const WITH_OPTIONS: Readonly<Record<string, keyof MetricOptions>> = {
  SensitivityAtSpecificity: "specificity",
  SpecificityAtSensitivity: "sensitivity",
  PrecisionAtRecall: "recall",
  RecallAtPrecision: "precision",
  OneHotIoU: "targetClassIds",
};

/**
 * The metric that a model's argument says: a name (registered ones first, then Keras's), a description with options, or a
 * function of truth and estimate whose mean over rows is taken.
 *
 * @param columns Of the output.
 * @throws UserError for a name that nobody knows, and for options that are out of their range.
 */
export function findEpochMetric(argument: unknown, columns: number): EpochMetric {
  if (typeof argument === "function")
    return customMetric(argument.name || "custom", argument as unknown as CustomFunction);
  if (typeof argument === "string") {
    const own = registered.metrics.get(argument);
    if (own !== undefined) return customMetric(argument, own as unknown as CustomFunction);
    const keras = CLASSES.get(argument);
    if (keras !== undefined) return kerasMetric(keras, {}, argument, columns);
    const loss = argument === "log_cosh_error" ? "log_cosh" : argument;
    if (isLossName(loss)) return meanOf(argument, findLoss(loss).perRow);
  }
  const { class_name = "", config = {} } = (
    typeof argument === "object" && argument !== null ? argument : {}
  ) as Partial<KerasObjectDescription>;
  if (!Object.hasOwn(METRICS, class_name))
    throw new UserError(
      "unknown-metric",
      `compile_metrics: ${JSON.stringify(argument) ?? String(argument)} is no metric of the epoch log. There are: ${[...new Set([...CLASSES.keys(), ...LOSS_NAMES])].join(", ")}; others are given as a function of truth and estimate.`,
    );
  const options = config as MetricOptions;
  return kerasMetric(class_name, options, options.name ?? nameInLog(class_name), columns);
}

function kerasMetric(class_name: string, options: MetricOptions, name: string, columns: number): EpochMetric {
  check(class_name, options, columns);
  return METRICS[class_name]!(options, name, columns);
}

function customMetric(name: string, custom: CustomFunction): EpochMetric {
  return meanOf(name, computed(custom), { custom });
}

function nameInLog(class_name: string): string {
  return NAMES_IN_LOG[class_name] ?? snakeCased(class_name);
}

function check(class_name: string, options: MetricOptions, columns: number): void {
  const needed = WITH_OPTIONS[class_name];
  if (needed !== undefined && options[needed] === undefined)
    throw new UserError(
      "bad-argument",
      `compile_metrics: ${nameInLog(class_name)} needs the option ${needed}: metrics.${class_name.replace(/^./, (first) => first.toLowerCase())}({ ${needed}: … }).`,
    );
  const refuse = (option: keyof MetricOptions, words: string) => {
    throw new UserError(
      "bad-argument",
      `compile_metrics: ${option} of ${nameInLog(class_name)} must be ${words}, and it is ${JSON.stringify(options[option]) ?? String(options[option])}.`,
    );
  };
  const whole = (value: unknown, least: number) => Number.isInteger(value) && (value as number) >= least;
  for (const option of ["k", "topK"] as const)
    if (options[option] !== undefined && !whole(options[option], 1)) refuse(option, "a whole number from 1");
  if (options.numThresholds !== undefined && !whole(options.numThresholds, 2))
    refuse("numThresholds", "a whole number from 2");
  for (const option of ["threshold", "precision", "recall", "sensitivity", "specificity"] as const) {
    const value: unknown = options[option];
    if (value !== undefined && value !== null && !(typeof value === "number" && value >= 0 && value <= 1))
      refuse(option, "a number from 0 to 1");
  }
  const beta: unknown = options.beta;
  if (beta !== undefined && !(typeof beta === "number" && beta > 0)) refuse("beta", "a number above 0");
  const isClass = (id: unknown) => whole(id, 0) && (id as number) < columns;
  if (options.classId !== undefined && !isClass(options.classId))
    refuse("classId", `the number of a column, from 0 to ${columns - 1}`);
  const classes = class_name === "BinaryIoU" ? 2 : columns;
  if (options.targetClassIds?.every((id) => whole(id, 0) && id < classes) === false)
    refuse("targetClassIds", `a list of classes, from 0 to ${classes - 1}`);
}
