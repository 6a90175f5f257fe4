import type { CallbackDescription, ModelDescription } from "../kspec/description.ts";
import type { Schedule } from "../kspec/schedules.ts";
import { UserError } from "../protocol/index.ts";
import { findEpochMetric, type EpochMetric } from "./epoch-metrics.ts";
import { findLoss, type Loss } from "./losses.ts";
import { sizeOf } from "./rows.ts";
import { isSchedule } from "./schedules.ts";
import type { OutputPlan } from "./targets.ts";

/** The training arguments of a model. */
export interface Settings {
  readonly epochs: number;
  readonly batchSize: number;
  readonly validationSplit: number;
  readonly shuffle: boolean;
  readonly callbacks: readonly CallbackDescription[];
  readonly classWeight: unknown;
  readonly learnRate: number | Schedule;
}

/** The model's training arguments with kerasnip's defaults: 1 epoch, batches of 32, learning rate 0.01. */
export function readSettings({ arguments: given }: Pick<ModelDescription, "arguments">): Settings {
  const whole = (name: string, fallback: number) => {
    const value = given[name] ?? fallback;
    if (typeof value !== "number" || !Number.isInteger(value) || value < 1)
      throw new UserError(
        "bad-argument",
        `${name} must be a whole number from 1, and it is ${shown(value)}.`,
      );
    return value;
  };
  const split = given["fit_validation_split"] ?? 0;
  if (typeof split !== "number" || !(split >= 0 && split < 1))
    throw new UserError(
      "bad-argument",
      `fit_validation_split must be a share from 0 up to, not with, 1, and it is ${shown(split)}.`,
    );
  const rate = given["learn_rate"] ?? 0.01;
  if (!isSchedule(rate) && !(typeof rate === "number" && rate > 0))
    throw new UserError(
      "bad-argument",
      `learn_rate must be a number above 0 or a schedule, and it is ${shown(rate)}.`,
    );
  const callbacks = given["fit_callbacks"] ?? [];
  return {
    epochs: whole("fit_epochs", 1),
    batchSize: whole("fit_batch_size", 32),
    validationSplit: split,
    shuffle: given["fit_shuffle"] !== false,
    callbacks: (Array.isArray(callbacks) ? callbacks : [callbacks]) as CallbackDescription[],
    classWeight: given["fit_class_weight"],
    learnRate: rate,
  };
}

function shown(value: unknown): string {
  return JSON.stringify(value) ?? String(value);
}

/** One output with what it learns. */
export interface TrainedOutput {
  /** Prefix of its keys in the log where there are several outputs. */
  readonly name: string;
  readonly loss: Loss;
  /** What the loss is multiplied with in the sum over outputs. */
  readonly weight: number;
  readonly metrics: readonly EpochMetric[];
}

/** Loss and metrics of each output, from the arguments or by what it learns (KERASNIP.md §2.7). */
export function trainedOutputs(
  { arguments: given }: Pick<ModelDescription, "arguments">,
  plans: readonly OutputPlan[],
): TrainedOutput[] {
  const weights = lossWeights(given["compile_loss_weights"], plans);
  return plans.map((plan) => {
    const loss = forOutput("compile_loss", given["compile_loss"], plan.name, plans) ?? defaultLoss(plan);
    const metrics = forOutput("compile_metrics", given["compile_metrics"], plan.name, plans) ?? [
      plan.mode === "classification" ? "accuracy" : "mean_absolute_error",
    ];
    return {
      name: plan.name,
      loss: findLoss(loss),
      weight: weights.get(plan.name) ?? 1,
      metrics: distinct(
        (Array.isArray(metrics) ? metrics : [metrics]).map((one) => findEpochMetric(one, sizeOf(plan.shape))),
      ),
    };
  });
}

/** Of two metrics with one name the second gets a number behind it, as in Keras: `precision`, `precision_1`. */
function distinct(metrics: readonly EpochMetric[]): EpochMetric[] {
  const seen = new Map<string, number>();
  return metrics.map((metric) => {
    const before = seen.get(metric.name) ?? 0;
    seen.set(metric.name, before + 1);
    return before === 0 ? metric : { ...metric, name: `${metric.name}_${before}` };
  });
}

/**
 * What each output's loss is multiplied with in their sum: output → number, or numbers in the order of the outputs; 1 where nothing is said.
 * Keras's `loss_weights`.
 */
function lossWeights(given: unknown, plans: readonly OutputPlan[]): ReadonlyMap<string, number> {
  if (given === undefined || given === null) return new Map();
  const names = plans.map(({ name }) => name).join(", ");
  if (typeof given !== "object")
    throw new UserError(
      "loss-weights",
      `compile_loss_weights is an object output → number, or a list of numbers, one for each output (${names}), and it is ${shown(given)}.`,
    );
  if (Array.isArray(given) && given.length !== plans.length)
    throw new UserError(
      "loss-weights",
      `compile_loss_weights has ${given.length} ${given.length === 1 ? "number" : "numbers"}, and there are ${plans.length} outputs (${names}): give one for each.`,
    );
  return new Map(
    plans.map((plan, i) => {
      const weight: unknown = Array.isArray(given)
        ? given[i]
        : (forOutput("compile_loss_weights", given, plan.name, plans) ?? 1);
      if (typeof weight !== "number" || !Number.isFinite(weight) || weight < 0)
        throw new UserError(
          "loss-weights",
          `compile_loss_weights of the output "${plan.name}" must be a number from 0, and it is ${shown(weight)}.`,
        );
      return [plan.name, weight];
    }),
  );
}

function defaultLoss({ mode, classes }: OutputPlan): string {
  if (mode === "regression") return "mean_squared_error";
  return classes === 2 ? "binary_crossentropy" : "categorical_crossentropy";
}

/** An argument that is the same for all outputs, or an object output → value. */
function forOutput(name: string, value: unknown, output: string, plans: readonly OutputPlan[]): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value) || "kind" in value)
    return value ?? undefined;
  const unknown = Object.keys(value).find((key) => !plans.some((plan) => plan.name === key));
  if (unknown !== undefined)
    throw new UserError(
      "unknown-output",
      `${name} names the output "${unknown}". The outputs are: ${plans.map((plan) => plan.name).join(", ")}.`,
    );
  return (value as Record<string, unknown>)[output];
}
